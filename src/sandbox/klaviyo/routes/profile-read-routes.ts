import type { Call, Reply, Route } from "../../route.ts";
import type { Profile } from "../state/profile.ts";
import type { ProfileOrder } from "../state/profile-table.ts";
import { PROFILE_ORDERS } from "../state/profile-table.ts";
import type { SortedIndex } from "../state/sorted-index.ts";
import { sortedIndex } from "../state/sorted-index.ts";
import type { KlaviyoState } from "../state/state.ts";
import { secondsOf } from "../state/vendor-time.ts";
import { selfLink } from "../wire/document.ts";
import type { Condition, FilterFields } from "../wire/filter.ts";
import { filterOf, FOUR_COMPARISONS, holds, rangeOf } from "../wire/filter.ts";
import { listResource, segmentResource } from "../wire/group-resource.ts";
import { operation } from "../wire/operation.ts";
import { pageOf } from "../wire/page.ts";
import { profileResource } from "../wire/profile-resource.ts";
import { noProfile } from "../wire/vendor-error.ts";
import { includesOf } from "../wire/requested-fields.ts";
import { sortOf } from "../wire/sort.ts";
import { withIncluded } from "./group-page.ts";

const MARKETING = "subscriptions.email.marketing";
const FILTERS: FilterFields = {
  id: { operators: ["any", "equals"], type: "text" },
  email: { operators: ["any", "equals"], type: "text" },
  phone_number: { operators: ["any", "equals"], type: "text" },
  external_id: { operators: ["any", "equals"], type: "text" },
  _kx: { operators: ["equals"], type: "text" },
  // Documented as strict comparisons only; `greater-or-equal` on `updated` is refused.
  created: { operators: ["greater-than", "less-than"], type: "seconds" },
  updated: { operators: ["greater-than", "less-than"], type: "seconds" },
  [`${MARKETING}.suppression.reason`]: { operators: ["equals"], type: "text" },
  [`${MARKETING}.suppression.timestamp`]: { operators: FOUR_COMPARISONS, type: "micros" },
  [`${MARKETING}.list_suppressions.reason`]: { operators: ["equals"], type: "text" },
  [`${MARKETING}.list_suppressions.list_id`]: { operators: ["equals"], type: "text" },
  [`${MARKETING}.list_suppressions.timestamp`]: { operators: FOUR_COMPARISONS, type: "micros" },
};
const IDENTIFIERS = ["id", "email", "phone_number", "external_id"];

export function profileReadRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("get_profiles", "GET", "/api/profiles", (call) => {
      const includes = includesOf(call, ["conversations", "push-tokens"]);
      const related = emptyRelated(includes);
      const conditions = filterOf(call, FILTERS);
      const { field, descending } = sortOf(call, PROFILE_ORDERS, "id");
      const { rows, links } = pageOf(call, {
        index: candidates(state, conditions, field),
        descending,
        sizes: { standard: 20, max: 100 },
        range: walkable(field, conditions),
        pick: ({ id }) => {
          const profile = state.profiles.get(id);
          if (profile === undefined) return undefined;
          if (!conditions.every((condition) => profileHolds(condition, profile))) return undefined;
          return profileResource(call, profile, { times: "read", conversations: true, related });
        },
      });
      return withIncluded({ status: 200, body: { data: rows, links } }, includes, []);
    }),
    operation("get_profile", "GET", "/api/profiles/:id", (call) => {
      const includes = includesOf(call, ["conversations", "lists", "push-tokens", "segments"]);
      const profile = profileOf(state, call.params["id"] ?? "");
      const lists = includes.has("lists") ? listsOf(state, profile) : [];
      const segments = includes.has("segments") ? segmentsOf(state, profile) : [];
      const related: Record<string, unknown> = emptyRelated(includes);
      if (includes.has("lists")) related["lists"] = lists.map(({ id }) => ({ type: "list", id }));
      if (includes.has("segments")) related["segments"] = segments.map(({ id }) => ({ type: "segment", id }));
      const data = profileResource(call, profile, { times: "read", conversations: true, related });
      const reply: Reply = { status: 200, body: { data, links: { self: selfLink(call) } } };
      const shape = { includes: new Set<string>() };
      return withIncluded(reply, includes, [
        ...lists.map((list) => listResource(call, list, shape)),
        ...segments.map((segment) => segmentResource(call, segment, shape)),
      ]);
    }),
    ...groupsOfProfile(state),
  ];
}

/** Not paged by the real one, and dear: three a second. */
function groupsOfProfile(state: KlaviyoState): readonly Route[] {
  const shape = { includes: new Set<string>() };
  const all = (call: Call, data: readonly object[]): Reply => ({
    status: 200,
    body: { data, links: { self: selfLink(call), next: null, prev: null } },
  });
  const profile = (call: Call): Profile => profileOf(state, call.params["id"] ?? "");
  const base = "/api/profiles/:id";
  return [
    operation("get_lists_for_profile", "GET", `${base}/lists`, (call) =>
      all(
        call,
        listsOf(state, profile(call)).map((list) => listResource(call, list, shape)),
      ),
    ),
    operation("get_list_ids_for_profile", "GET", `${base}/relationships/lists`, (call) =>
      all(
        call,
        listsOf(state, profile(call)).map(({ id }) => ({ type: "list", id })),
      ),
    ),
    operation("get_segments_for_profile", "GET", `${base}/segments`, (call) =>
      all(
        call,
        segmentsOf(state, profile(call)).map((segment) => segmentResource(call, segment, shape)),
      ),
    ),
    operation("get_segment_ids_for_profile", "GET", `${base}/relationships/segments`, (call) =>
      all(
        call,
        segmentsOf(state, profile(call)).map(({ id }) => ({ type: "segment", id })),
      ),
    ),
  ];
}

/** The profile of an id, or the 404 that says there is none. */
export function profileOf(state: KlaviyoState, id: string): Profile {
  const profile = state.profiles.get(id);
  if (profile === undefined) throw noProfile(id);
  return profile;
}

function listsOf(state: KlaviyoState, { id }: Profile) {
  return [...state.lists.values()].filter(({ members }) => members.has(id));
}

function segmentsOf(state: KlaviyoState, { id }: Profile) {
  return [...state.segments.values()].filter(
    ({ members, is_processing }) => !is_processing && members.has(id),
  );
}

/** Nobody here has conversations or push tokens; asked for, they are empty. */
function emptyRelated(includes: ReadonlySet<string>): Record<string, unknown> {
  const names = ["conversations", "push-tokens"].filter((name) => includes.has(name));
  return Object.fromEntries(names.map((name) => [name, []]));
}

/** A few profiles looked up, where the filter names them; else the order itself. */
function candidates(state: KlaviyoState, conditions: readonly Condition[], order: ProfileOrder): SortedIndex {
  const named = conditions.find(({ field }) => IDENTIFIERS.includes(field));
  if (named === undefined) return state.profiles.order(order);
  const { profiles } = state;
  const find: Readonly<Record<string, (value: string) => Profile | undefined>> = {
    id: (value) => profiles.get(value),
    email: (value) => profiles.byEmail(value),
    phone_number: (value) => profiles.byPhone(value),
    external_id: (value) => profiles.byExternalId(value),
  };
  const found = new Set(named.values.map((value) => find[named.field]?.(String(value))));
  const index = sortedIndex();
  for (const profile of found) {
    if (profile !== undefined) index.add(profiles.sortKey(profile, order), profile.id);
  }
  return index;
}

/**
 * What part of the order can hold matches. A person with several suppressions stands at the newest one, so an upper
 * bound cannot cut there; but anybody who has none stands at the very end and need not be walked.
 */
function walkable(order: ProfileOrder, conditions: readonly Condition[]): { min: number; max: number } {
  const range = rangeOf(conditions, order);
  if (order === "created" || order === "updated") return range;
  const wanted = conditions.some(({ field }) => field === order);
  return { min: range.min, max: wanted ? Number.MAX_SAFE_INTEGER - 1 : Number.POSITIVE_INFINITY };
}

function profileHolds(condition: Condition, profile: Profile): boolean {
  const { suppression, list_suppressions: lists } = profile.consent;
  switch (condition.field) {
    case "id":
      return holds(condition, profile.id);
    case "email":
      return holds(condition, profile.email, { foldCase: true });
    case "phone_number":
      return holds(condition, profile.phone_number);
    case "external_id":
      return holds(condition, profile.external_id);
    case "created":
      return holds(condition, secondsOf(profile.created));
    case "updated":
      return holds(condition, secondsOf(profile.updated));
    case `${MARKETING}.suppression.reason`:
      return holds(
        condition,
        suppression.map(({ reason }) => reason),
      );
    case `${MARKETING}.suppression.timestamp`:
      return holds(
        condition,
        suppression.map(({ timestamp }) => timestamp),
      );
    case `${MARKETING}.list_suppressions.reason`:
      return holds(
        condition,
        lists.map(({ reason }) => reason),
      );
    case `${MARKETING}.list_suppressions.timestamp`:
      return holds(
        condition,
        lists.map(({ timestamp }) => timestamp),
      );
    case `${MARKETING}.list_suppressions.list_id`:
      return holds(
        condition,
        lists.map(({ list_id }) => list_id),
      );
    default:
      return false;
  }
}
