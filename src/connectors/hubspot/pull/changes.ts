import type { ContactReading } from "../../../model/contact.ts";
import type { PullScope } from "../../connector.ts";
import type { SearchFilter } from "../wire/client.ts";
import { contactsOf, namesOf } from "../contacts.ts";
import type { Account } from "../contacts.ts";
import type { PullState, SearchState } from "./cursor.ts";
import { readShown } from "./every-contact.ts";
import { idsOf, searchPage } from "./records.ts";

const MINUTE = 60_000;
/** Search shows a change a few moments late; 15 minutes back is repeated every time (CONTRACT.md, Late changes). */
export const OVERLAP = 15 * MINUTE;
/**
 * Now and then it is up to an hour late. So every span of time is looked at once more when it is an hour old, and a
 * little: a long look back every time would read a large import over and over.
 */
export const LATEST = 62 * MINUTE;
/** Spans of at least this, so that an idle pull is seldom one request more. */
const LATE_EVERY = 10 * MINUTE;
export const HITS_PER_PAGE = 200;
/** HubSpot takes 3,000 characters; beyond this the names of the properties are left out and the hits read directly. */
const LONGEST_SEARCH = 2_500;

/** Contacts that changed since the last look, and those of older spans that are due for their second one. */
export async function* changedContacts(
  account: Account,
  scope: PullScope,
  begun: PullState,
  now: number,
  signal: AbortSignal,
): AsyncGenerator<readonly [ContactReading, PullState]> {
  let state = begun;
  let searched = false;
  for (;;) {
    // What was not read to its end comes first: its place is known and its span may be long.
    const search: SearchState | null =
      state.search ?? (searched ? lateSearch(state, now) : newSearch(state, now));
    if (search === null) return;
    searched ||= search.kind === "new";
    for await (const [contacts, next] of hits(account, scope, search, signal)) {
      state = next === null ? ended(state, search) : { ...state, search: next };
      yield [contacts, state];
    }
  }
}

function newSearch({ since }: PullState, now: number): SearchState {
  return { kind: "new", from: since - OVERLAP, to: now, after: "0" };
}

/** The second look, where one is due. */
function lateSearch({ settled }: PullState, now: number): SearchState | null {
  const to = lateUntil(settled, now);
  return to === null ? null : { kind: "late", from: settled, to, after: "0" };
}

/** Until when older changes are due for their second look, `settled` being where the last one ended. */
export function lateUntil(settled: number, now: number): number | null {
  const to = now - LATEST;
  return to - settled >= LATE_EVERY ? to : null;
}

/** What was modified from a moment on, and before another unless that is null, behind an id. */
export function modified(
  property: string,
  from: number,
  to: number | null,
  after: string,
): readonly SearchFilter[] {
  return [
    { propertyName: property, operator: "GTE", value: String(from) },
    ...(to === null ? [] : [{ propertyName: property, operator: "LT", value: String(to) } as const]),
    { propertyName: "hs_object_id", operator: "GT", value: after },
  ];
}

function ended(state: PullState, { kind, to }: SearchState): PullState {
  return kind === "new" ? { ...state, search: null, since: to } : { ...state, search: null, settled: to };
}

/**
 * The hits of a search by ascending id: each page begins behind the last one's highest id. So no offset grows towards
 * the 10,000 hits that a search shows, contacts that change meanwhile do not move others to a page already read, and it
 * ends however many share one timestamp.
 */
async function* hits(
  account: Account,
  scope: PullScope,
  begun: SearchState,
  signal: AbortSignal,
): AsyncGenerator<readonly [ContactReading, SearchState | null]> {
  const names = namesOf(account, scope.properties);
  const tooLong = JSON.stringify(names).length > LONGEST_SEARCH;
  for (let search: SearchState | null = begun; search !== null;) {
    const { kind, from, to, after }: SearchState = search;
    const call = account.endpoints.search({
      // A new change may carry a later time than the server's clock showed when the pull began.
      groups: [modified("lastmodifieddate", from, kind === "late" ? to : null, after)],
      sort: "hs_object_id",
      properties: tooLong ? ["email"] : names,
      limit: HITS_PER_PAGE,
    });
    const { body } = await account.calls.read(call, searchPage, signal);
    const ids = idsOf(body);
    const highest = highestId([after, ...ids]);
    // An index that lags may count what it does not show; without progress there is nothing more to be had now.
    search =
      highest === after || body.results.length + body.broken.length >= body.total
        ? null
        : { kind, from, to, after: highest };
    const contacts = tooLong
      ? await readShown(account, body, scope.properties, signal)
      : await contactsOf(account, body, scope.properties, signal);
    yield [contacts, search];
  }
}

export function highestId(ids: readonly string[]): string {
  return ids.reduce((highest, id) => (BigInt(id) > BigInt(highest) ? id : highest));
}
