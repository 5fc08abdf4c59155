import type { ExternalId } from "../../../model/contact.ts";
import type { PullPage, PullScope } from "../../connector.ts";
import { pageGuard, plausiblePages } from "../../http/page-guard.ts";
import type { PageGuard } from "../../http/page-guard.ts";
import type { Call } from "../wire/put-together.ts";
import { chunks } from "../../../model/chunks.ts";
import { BATCH } from "../contacts.ts";
import type { Account } from "../contacts.ts";
import { FROM_START, writeCursor } from "../pull/cursor.ts";
import type { ListState, PullState, ReadingState } from "../pull/cursor.ts";
import { answeredStatus } from "../problems/failure.ts";
import { aboutOneList, unreadList } from "../problems/list-problems.ts";
import { memberPage } from "../wire/parse.ts";
import { readContacts } from "../pull/read-contacts.ts";

/** One list within a pull. */
export interface Following {
  readonly account: Account;
  readonly scope: PullScope;
  readonly list: string;
  /** How many members HubSpot says it has. */
  readonly size: number | null;
  /** When somebody last left, where HubSpot tells; milliseconds since 1970. */
  readonly removedAt: number | null;
  /** HubSpot is working out who belongs to it, and may show nobody until it has. */
  readonly computing: boolean;
  /** The server's clock. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A page, if there is one to show, and where to continue behind it. */
export interface Step {
  readonly page: PullPage | null;
  readonly state: PullState;
}

const HOUR = 3_600_000;
/** Anybody who left is told by the count; this is for what a count cannot tell. */
const ROSTER_EVERY = 24 * HOUR;
/** Where HubSpot gives neither a count nor the time of the last leave. */
const ROSTER_EVERY_UNCOUNTED = 2 * HOUR;
const MEMBERS_PER_PAGE = 250;
/** Two pages of 250 members fill five batches of 100 to the brim. */
const PAGES_AT_ONCE = 2;

/** Everybody on the list, in the order of joining, so that its end is where the next pull continues. */
export async function* readList(following: Following, begun: PullState): AsyncGenerator<Step> {
  const { list, size, now } = following;
  let state = begun;
  const known = state.lists[list];
  let reading: ReadingState =
    known !== undefined && "reading" in known ? known : { ...FROM_START, again: false };
  let end: MemberPage | null = null;
  let unread = 0;
  const follow = guardOf(following, reading.after);
  for (;;) {
    const ids: ExternalId[] = [];
    let next: string | null = reading.after;
    for (let pages = 0; pages < PAGES_AT_ONCE && (pages === 0 || next !== null); pages += 1) {
      const page: MemberPage = await joinPageOf(following, next);
      ids.push(...page.ids);
      unread += page.unread;
      if (end === null || page.ids.length > 0) end = page;
      next = page.next;
      follow(next);
    }
    const count = reading.count + ids.length;
    const before = state;
    if (next === null && end !== null) {
      const drift = size === null ? 0 : count - size;
      // Who left while nobody followed it comes out at the next pull, and who could not be read is looked for then.
      const confirm = reading.again || unread > 0;
      const { removedAt } = following;
      const read = { size, drift, above: false, confirm, scanned: now, removedAt, ...position(end) };
      state = withList(state, list, read);
      yield* members(following, ids, before, state);
      if (unread > 0) yield unreadMembers(following, state, unread);
      return;
    }
    reading = { ...reading, after: next, count };
    state = withList(state, list, reading);
    yield* members(following, ids, before, state);
  }
}

/**
 * Who joined since, and everybody if somebody left. Whether somebody did follows from the count: what it was, plus who
 * joined, less what it is.
 */
export async function* followList(following: Following, begun: PullState): AsyncGenerator<Step> {
  const { list } = following;
  let state = begun;
  try {
    for await (const step of joined(following, state)) {
      state = step.state;
      yield step;
    }
  } catch (error) {
    if (answeredStatus(error) !== 400) throw error;
    // The saved place in the join order is not taken any more: the list is read again.
    yield* readList(following, withList(state, list, FROM_START));
    return;
  }
  // What it counts is compared with the last good count when it is done.
  if (following.computing) {
    yield { page: null, state };
    return;
  }
  const known = state.lists[list] as ListState;
  const { due, seen } = judge(known, following);
  if (!due) {
    yield { page: null, state: withList(state, list, seen) };
    return;
  }
  yield* roster(following, state, seen);
}

/**
 * Is the whole membership to be read? `size` of a list's state already holds who joined, so `missing` is who left, or
 * by how much HubSpot's count lags behind its own join order.
 */
function judge(known: ListState, { size, removedAt, now }: Following): { due: boolean; seen: ListState } {
  const age = now - known.scanned;
  const left = removedAt !== null && removedAt > (known.removedAt ?? -Infinity);
  // The first time that HubSpot tells it there is nothing to compare with.
  const confirm = known.confirm || (left && known.removedAt !== null);
  if (size === null || known.size === null) {
    const every = removedAt === null ? ROSTER_EVERY_UNCOUNTED : ROSTER_EVERY;
    return { due: confirm || age >= every, seen: { ...known, size, removedAt } };
  }
  const due = confirm || age >= ROSTER_EVERY;
  const missing = known.size - size;
  if (missing === 0) return { due, seen: { ...known, above: false, removedAt } };
  // The count has caught up with what was already read.
  if (missing === -known.drift) return { due, seen: { ...known, size, drift: 0, above: false, removedAt } };
  // More than is known of: the join order will show them. Still so at the next look: somebody must count.
  if (missing < 0 && !known.above) return { due, seen: { ...known, above: true, removedAt } };
  return { due: true, seen: { ...known, removedAt } };
}

async function* roster(following: Following, state: PullState, known: ListState): AsyncGenerator<Step> {
  const { list, size, now } = following;
  const scan = `${list}/${now}`;
  let after: string | null = null;
  let [count, unread] = [0, 0];
  const follow = guardOf(following, null);
  do {
    const page: MemberPage = await memberPageOf(following, after);
    count += page.ids.length;
    unread += page.unread;
    after = page.next;
    follow(after);
    // Somebody who is on the list and cannot be told would count as having left: such a scan proves nothing.
    const last = after === null && unread === 0;
    const drift = size === null ? 0 : count - size;
    // Confirmed once more where somebody is missing, or where members and count disagree in a new way.
    const expected = (known.size ?? count) + known.drift;
    const confirm = count < expected || (drift !== 0 && drift !== known.drift);
    // A scan that is cut short is begun again: only its last part moves the list on.
    const next = last
      ? withList(state, list, { ...known, size, drift, confirm, above: false, scanned: now })
      : state;
    yield {
      page: { kind: "roster", collection: list, scan, ids: page.ids, last, cursor: writeCursor(next) },
      state: next,
    };
  } while (after !== null);
  if (unread > 0) {
    const again = withList(state, list, { ...known, confirm: true });
    yield unreadMembers(following, again, unread);
  }
}

/** New members since the saved place, which is read again: its page may have grown. */
async function* joined(following: Following, begun: PullState): AsyncGenerator<Step> {
  const { list } = following;
  let state = begun;
  let known = state.lists[list] as ListState;
  let next: string | null = known.after;
  let unread = 0;
  const follow = guardOf(following, next);
  do {
    const page: MemberPage = await joinPageOf(following, next);
    const tail = new Set(known.tail);
    const ids = page.ids.filter((id, index) => !tail.has(id) || (page.times[index] ?? "") > known.joined);
    const before = state;
    known = {
      ...known,
      // Together with the place: a pull that is cut short must not count them twice, or never.
      size: known.size === null ? null : known.size + ids.length,
      ...(page.ids.length > 0 ? position(page) : {}),
    };
    unread += page.unread;
    // Anybody who joined and could not be told is found by the roster, once they can be.
    if (unread > 0) known = { ...known, confirm: true };
    state = withList(state, list, known);
    yield* members(following, ids, before, state);
    next = page.next;
    follow(next);
  } while (next !== null);
  if (unread > 0) yield unreadMembers(following, state, unread);
}

function guardOf({ account, list, size }: Following, from: string | null): PageGuard {
  const most = plausiblePages(size, MEMBERS_PER_PAGE);
  return pageGuard({ side: "hubspot", what: `list ${list}`, log: account.log, from, most });
}

/** Not all members of the list could be told: nobody left it, and somebody should know. */
function unreadMembers({ account, list }: Following, state: PullState, unread: number): Step {
  account.log("members of a list could not be read", { system: "hubspot", list, members: unread });
  const page = { kind: "collection_gone", collection: list, problem: unreadList(list, unread) } as const;
  return { page: { ...page, cursor: writeCursor(state) }, state };
}

interface MemberPage {
  /** What led to this page. */
  readonly after: string | null;
  readonly ids: readonly ExternalId[];
  readonly times: readonly string[];
  readonly next: string | null;
  /** Members that could not be told. */
  readonly unread: number;
}

function joinPageOf(following: Following, after: string | null): Promise<MemberPage> {
  return read(following, after, following.account.endpoints.joins(following.list, after));
}

function memberPageOf(following: Following, after: string | null): Promise<MemberPage> {
  return read(following, after, following.account.endpoints.members(following.list, after));
}

/** Rejects with `CallFailed` where the list is gone (404) or not shown (403), or the cursor is not taken (400). */
async function read({ account, signal }: Following, after: string | null, call: Call): Promise<MemberPage> {
  const { body } = await account.calls.read(call, memberPage, signal, aboutOneList);
  return {
    after,
    ids: body.results.map(({ recordId }) => recordId),
    times: body.results.map(({ membershipTimestamp }) => membershipTimestamp),
    next: body.paging?.next?.after ?? null,
    unread: body.unread,
  };
}

function position({ after, ids, times }: MemberPage): Pick<ListState, "after" | "tail" | "joined"> {
  return { after, tail: [...ids], joined: times.at(-1) ?? "" };
}

/** Members with their contacts, 100 a page; only the last page moves on, so a cut repeats and never skips. */
async function* members(
  { account, scope, list, signal }: Following,
  ids: readonly ExternalId[],
  before: PullState,
  after: PullState,
): AsyncGenerator<Step> {
  const { contacts, unreadable } = await readContacts(account, ids, scope.properties, signal);
  const notRead = new Map(unreadable.map((one) => [one.id, one]));
  // A member merged away this moment is shown by its survivor.
  const byId = new Map(contacts.flatMap((contact) => contact.mergedIds.map((id) => [id, contact])));
  for (const contact of contacts) byId.set(contact.id, contact);
  const parts = chunks(ids, BATCH);
  for (const [index, part] of parts.entries()) {
    const state = index === parts.length - 1 ? after : before;
    const found = part.flatMap((id) => byId.get(id) ?? []);
    const page: PullPage = {
      kind: "contacts",
      contacts: found,
      unreadable: part.flatMap((id) => notRead.get(id) ?? []),
      members: new Map([[list, part]]),
      cursor: writeCursor(state),
    };
    yield { page, state };
  }
  if (parts.length === 0) yield { page: null, state: after };
}

function withList(state: PullState, list: string, known: ListState | ReadingState): PullState {
  return { ...state, lists: { ...state.lists, [list]: known } };
}
