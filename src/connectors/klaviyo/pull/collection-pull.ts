import type { Cursor, PropertyRequest, PullPage } from "../../connector.ts";
import type { ConnectorLog } from "../../http/connector-log.ts";
import type { Calls } from "../wire/calls.ts";
import type { Endpoints } from "../wire/client.ts";
import type { GroupKind } from "../wire/put-together.ts";
import { contactsOf } from "../contacts.ts";
import type { KnownCollection, Place } from "./cursor.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { asksForPredictions } from "../fields.ts";
import { filterTime } from "../wire/filter.ts";
import type { Page } from "../wire/pages.ts";
import { pages } from "../wire/pages.ts";
import { unreadMembersProblem } from "../problems/own-problems.ts";
import type { ProfileResource, ProfileRows } from "../wire/wire.ts";
import { groupAnswer, idPage, profilePage } from "../wire/wire.ts";

export interface PullSettings {
  readonly calls: Calls;
  readonly client: Endpoints;
  readonly log: ConnectorLog;
}

const SECOND = 1_000;
/** Joins are shown at once, give or take; what comes later still is found by the count. */
const JOINS_OVERLAP = 2 * 60 * SECOND;

/** The count, and with it what kind of collection it is and whether it is there at all: 404 comes as a failure. */
export async function readCollection(
  { calls, client }: PullSettings,
  collection: string,
  known: KnownCollection | undefined,
  signal: AbortSignal,
): Promise<Place> {
  const count = (kind: GroupKind) =>
    calls.read(client.count(kind, collection), groupAnswer, signal, [400, 403, 404]);
  let kind: GroupKind = known?.kind ?? "list";
  const answer = await count(kind).catch((error: unknown) => {
    // An id does not say what it is of.
    if (known !== undefined || !(error instanceof KlaviyoFailure) || error.status !== 404) throw error;
    kind = "segment";
    return count(kind);
  });
  const { profile_count, is_active, is_processing } = answer.data.data.attributes;
  const settled = is_processing !== true && is_active !== false;
  return {
    collection,
    kind,
    step: known === undefined ? "members" : "joins",
    page: null,
    // Of a segment that is being computed, or no longer is, absence says nothing.
    count: settled ? (profile_count ?? null) : null,
    at: answer.at,
    joined: { certain: 0, possible: 0 },
  };
}

/** One collection: all of it, or who joined and, where the count does not add up, its roster. */
export async function* visit(
  settings: PullSettings,
  properties: readonly PropertyRequest[],
  from: Place,
  known: Map<string, KnownCollection>,
  done: Set<string>,
  at: (place: Place | null) => Cursor,
  signal: AbortSignal,
): AsyncGenerator<PullPage> {
  const { collection, kind, count } = from;
  const before = known.get(collection);
  let place = from;
  /** Members without a readable id. */
  let unread = 0;

  if (place.step === "members" || place.step === "joins") {
    const since = place.step === "joins" && before !== undefined ? before.since : null;
    const filter =
      since === null ? null : `greater-or-equal(joined_group_at,${filterTime(since - JOINS_OVERLAP)})`;
    const steps = memberPages(settings, place, properties, filter, signal);
    for await (const page of steps) {
      const members = membersOf(settings, collection, page, properties);
      unread += members.unreadable.filter(({ id }) => id === null).length;
      if (since !== null) place = { ...place, joined: withJoins(place, since, page.data.data) };
      place = { ...place, page: page.next };
      if (page.next === null) {
        const next = conclusion(place, before);
        // Who could not be told is looked for by the next roster.
        known.set(collection, { ...next.known, confirm: next.known.confirm || unread > 0 });
        if (next.step === null) done.add(collection);
        else place = { ...place, step: next.step };
      }
      yield { ...members, cursor: at(done.has(collection) ? null : place) };
    }
    if (unread > 0)
      yield unreadMembers(settings, collection, unread, at(done.has(collection) ? null : place));
    if (done.has(collection)) return;
  }

  const scan = `${collection}@${place.at}`;
  const confirm = known.get(collection)?.confirm ?? false;
  const everybody = place.step === "everybody";
  unread = 0;
  const steps = everybody
    ? memberPages(settings, place, properties, null, signal)
    : idPages(settings, place, signal);
  for await (const page of steps) {
    const members =
      "broken" in page.data ? membersOf(settings, collection, page as ProfilesPage, properties) : null;
    const rows = members?.members.get(collection) ?? page.data.data.flatMap((row) => row?.id ?? []);
    unread +=
      members?.unreadable.filter(({ id }) => id === null).length ??
      page.data.data.filter((row) => row === null).length;
    if (members !== null) yield { ...members, cursor: at(place) };
    place = { ...place, page: page.next };
    // Somebody who is on the page but cannot be told would count as having left: such a scan proves nothing.
    const last = page.next === null && unread === 0;
    if (last) known.set(collection, { kind, since: place.at, count, confirm });
    if (page.next === null) {
      if (unread > 0 && before !== undefined) known.set(collection, { ...before, confirm: true });
      done.add(collection);
    }
    const cursor = at(page.next === null ? null : place);
    yield { kind: "roster", collection, scan, ids: rows, last, cursor };
  }
  if (unread > 0) yield unreadMembers(settings, collection, unread, at(null));
}

/** Not all members could be told: nobody left, and somebody should know. */
function unreadMembers({ log }: PullSettings, collection: string, unread: number, cursor: Cursor): PullPage {
  log("members of a list or segment could not be read", { system: "klaviyo", collection, members: unread });
  return { kind: "collection_gone", collection, problem: unreadMembersProblem(collection, unread), cursor };
}

/** What follows when the last member or join was read: what is now known, and whether the roster must be read. */
function conclusion(
  { kind, at: since, count, joined }: Place,
  before: KnownCollection | undefined,
): { readonly known: KnownCollection; readonly step: "roster" | "everybody" | null } {
  if (before === undefined) return { known: { kind, since, count, confirm: count === null }, step: null };
  // While it is being computed, the next count is still compared with the last good one.
  if (count === null) return { known: before, step: null };
  const least = (before.count ?? -1) + joined.certain;
  const most = (before.count ?? -1) + joined.possible;
  const fits = before.count !== null && count >= least && count <= most;
  if (fits && !before.confirm) return { known: { kind, since, count, confirm: false }, step: null };
  // More members than joins account for: some were never shown as joined, so the roster must come with its people.
  const unseen = before.count !== null && count > most;
  return { known: { ...before, confirm: !fits }, step: unseen ? "everybody" : "roster" };
}

type ProfilesPage = Page<ProfileRows>;

function memberPages(
  { calls, client }: PullSettings,
  { kind, collection, page, count }: Place,
  properties: readonly PropertyRequest[],
  filter: string | null,
  signal: AbortSignal,
) {
  const filtered = filter === null ? {} : { filter };
  const predictions = asksForPredictions(properties);
  const call = (cursor: string | null) =>
    client.members(kind, collection, { ...filtered, cursor, predictions });
  const options = { refusable: true, forbiddable: true, members: count, what: `${kind} ${collection}` };
  return pages(calls, client.origin, profilePage, call, page, signal, options);
}

function idPages(
  { calls, client }: PullSettings,
  { kind, collection, page, count }: Place,
  signal: AbortSignal,
) {
  const call = (cursor: string | null) => client.memberIds(kind, collection, { cursor });
  const options = { refusable: true, forbiddable: true, members: count, what: `${kind} ${collection}` };
  return pages(calls, client.origin, idPage, call, page, signal, options);
}

type MembersPage = Omit<Extract<PullPage, { kind: "contacts" }>, "cursor">;

function membersOf(
  { log }: PullSettings,
  collection: string,
  page: ProfilesPage,
  properties: readonly PropertyRequest[],
): MembersPage {
  const read = contactsOf(page.data, properties, log);
  const ids = [...read.contacts, ...read.unreadable].flatMap(({ id }) => id ?? []);
  return { kind: "contacts", ...read, members: new Map([[collection, ids]]) };
}

/** Counts the joins of a page. Klaviyo's times are whole seconds, so one in the second of a count may be in it or not. */
function withJoins({ joined, at }: Place, since: number, rows: readonly ProfileResource[]): Place["joined"] {
  const second = (time: number): number => Math.floor(time / SECOND);
  let { certain, possible } = joined;
  for (const row of rows) {
    const time = Date.parse(String(row.attributes["joined_group_at"]));
    if (second(time) >= second(since) && second(time) <= second(at)) possible += 1;
    if (second(time) > second(since) && second(time) < second(at)) certain += 1;
  }
  return { certain, possible };
}
