import type { Call, Reply, Route } from "../../route.ts";
import type { List, Segment } from "../state/group.ts";
import { addToList, removeFromList } from "../state/list-membership.ts";
import type { Profile } from "../state/profile.ts";
import type { SortedIndex } from "../state/sorted-index.ts";
import { sortedIndex } from "../state/sorted-index.ts";
import type { KlaviyoState } from "../state/state.ts";
import { secondsOf } from "../state/vendor-time.ts";
import { listed, typed } from "../wire/body-reader.ts";
import { objectOf } from "../wire/object-of.ts";
import type { Condition, FilterFields } from "../wire/filter.ts";
import { filterOf, FOUR_COMPARISONS, holds, rangeOf } from "../wire/filter.ts";
import { operation } from "../wire/operation.ts";
import { pageOf } from "../wire/page.ts";
import { profileResource } from "../wire/profile-resource.ts";
import { invalid, noProfile } from "../wire/vendor-error.ts";
import { sortOf } from "../wire/sort.ts";
import { listOf } from "./list-routes.ts";
import { segmentOf } from "./segment-routes.ts";

const LIST_FILTERS: FilterFields = {
  email: { operators: ["any", "equals"], type: "text" },
  phone_number: { operators: ["any", "equals"], type: "text" },
  push_token: { operators: ["any", "equals"], type: "text" },
  _kx: { operators: ["equals"], type: "text" },
  joined_group_at: { operators: FOUR_COMPARISONS, type: "seconds" },
};
const SEGMENT_FILTERS: FilterFields = {
  ...LIST_FILTERS,
  profile_id: { operators: ["any", "equals"], type: "text" },
};
const HUNDRED = { standard: 20, max: 100 };
const MEMBERS_PER_CALL = 1_000;

export function memberRoutes(state: KlaviyoState): readonly Route[] {
  const whole = (call: Call) => (profile: Profile, joinedAt: number) =>
    profileResource(call, profile, { times: "read", joinedAt });
  const idOnly = () => (profile: Profile) => ({ type: "profile", id: profile.id });
  const id = (call: Call): string => call.params["id"] ?? "";
  const ofList = (render: typeof whole) => (call: Call) =>
    membersPage(call, state, listOf(state, id(call)), LIST_FILTERS, render(call));
  const ofSegment = (render: typeof whole) => (call: Call) =>
    membersPage(call, state, segmentOf(state, id(call)), SEGMENT_FILTERS, render(call));
  const membership = "/api/lists/:id/relationships/profiles";
  return [
    operation("get_profiles_for_list", "GET", "/api/lists/:id/profiles", ofList(whole)),
    operation("get_profile_ids_for_list", "GET", membership, ofList(idOnly)),
    operation("get_profiles_for_segment", "GET", "/api/segments/:id/profiles", ofSegment(whole)),
    operation(
      "get_profile_ids_for_segment",
      "GET",
      "/api/segments/:id/relationships/profiles",
      ofSegment(idOnly),
    ),
    operation("add_profiles_to_list", "POST", membership, (call) => {
      const list = listOf(state, id(call));
      for (const profile of namedProfiles(call, state)) addToList(state, list, profile.id, "api");
      return { status: 204 };
    }),
    operation("remove_profiles_from_list", "DELETE", membership, (call) => {
      const list = listOf(state, id(call));
      for (const profile of namedProfiles(call, state)) removeFromList(state, list, profile.id, "api");
      return { status: 204 };
    }),
  ];
}

function membersPage(
  call: Call,
  state: KlaviyoState,
  group: List | Segment,
  fields: FilterFields,
  render: (profile: Profile, joinedAt: number) => object,
): Reply {
  const conditions = filterOf(call, fields);
  const { descending } = sortOf(call, ["joined_group_at"], "joined_group_at");
  const { rows, links } = pageOf(call, {
    index: candidates(state, group, conditions),
    descending,
    sizes: HUNDRED,
    range: rangeOf(conditions, "joined_group_at"),
    pick: ({ id }) => {
      const profile = state.profiles.get(id);
      const joinedAt = group.members.joinedAt(id);
      if (profile === undefined || joinedAt === undefined) return undefined;
      const kept = conditions.every((condition) => memberHolds(condition, profile, joinedAt));
      return kept ? render(profile, joinedAt) : undefined;
    },
  });
  return { status: 200, body: { data: rows, links } };
}

/** A few members looked up, where the filter names them; nobody while a segment is being computed; else everybody. */
function candidates(
  state: KlaviyoState,
  group: List | Segment,
  conditions: readonly Condition[],
): SortedIndex {
  if (group.kind === "segment" && group.is_processing) return sortedIndex();
  const named = conditions.find(({ field }) => ["email", "phone_number", "profile_id"].includes(field));
  if (named === undefined) return group.members.order;
  const index = sortedIndex();
  const { profiles } = state;
  for (const value of new Set(named.values.map(String))) {
    const profile =
      named.field === "email"
        ? profiles.byEmail(value)
        : named.field === "phone_number"
          ? profiles.byPhone(value)
          : profiles.get(value);
    const joinedAt = profile === undefined ? undefined : group.members.joinedAt(profile.id);
    if (profile !== undefined && joinedAt !== undefined) index.add(secondsOf(joinedAt), profile.id);
  }
  return index;
}

function memberHolds(condition: Condition, profile: Profile, joinedAt: number): boolean {
  switch (condition.field) {
    case "joined_group_at":
      return holds(condition, secondsOf(joinedAt));
    case "email":
      return holds(condition, profile.email, { foldCase: true });
    case "phone_number":
      return holds(condition, profile.phone_number);
    case "profile_id":
      return holds(condition, profile.id);
    default:
      // Nobody here has a push token or a tracking cookie.
      return false;
  }
}

/** The profiles a membership call names; refused as a whole when one of them does not exist. */
function namedProfiles(call: Call, state: KlaviyoState): readonly Profile[] {
  const items = listed(objectOf(call.body) ?? {}, "data", "", MEMBERS_PER_CALL);
  return items.map((item, at) => {
    typed(item, "profile", `/data/${at}`);
    if (typeof item["id"] !== "string") throw invalid("'id' is a required field.", `/data/${at}/id`);
    const profile = state.profiles.get(item["id"]);
    if (profile === undefined) throw noProfile(item["id"]);
    return profile;
  });
}
