import type { ContactReading } from "../../../model/contact.ts";
import type { PullScope } from "../../connector.ts";
import { pageGuard } from "../../http/page-guard.ts";
import { highestId, HITS_PER_PAGE, LATEST, lateUntil, modified, OVERLAP } from "../pull/changes.ts";
import { chunks } from "../../../model/chunks.ts";
import { companyProperty } from "./companies.ts";
import type { Account } from "../contacts.ts";
import type { CompaniesState, PullState } from "../pull/cursor.ts";
import { answeredStatus } from "../problems/failure.ts";
import { associationPage, companyHistories } from "../wire/parse.ts";
import { readContacts } from "../pull/read-contacts.ts";
import { idsOf, searchPage } from "../pull/records.ts";

const NOBODY: ContactReading = { contacts: [], unreadable: [] };
/** HubSpot's cap where histories are read too. */
const HISTORIES = 50;
/** Contacts shown at once. */
const PAGE = 500;
/** "Contact with primary company", among HubSpot's own types. */
const PRIMARY = 2;

/** Is anything of companies asked for? */
export function followsCompanies({ properties }: PullScope): boolean {
  return properties.some(({ property }) => companyProperty(property) !== null);
}

/** Companies are followed from a moment on; the server's clock. */
export function companiesFrom(now: number): CompaniesState {
  return { since: now, settled: now, search: null };
}

/**
 * The contacts whose primary company changed since the last look, with its new values: an edited company leaves its
 * contacts' `lastmodifieddate` as it is, so nothing else would show them. Where companies may not be read, the reader of
 * `account` is told and they are not followed; once they may be again, all lists are read again, since their members
 * were shown without companies meanwhile.
 */
export async function* followCompanies(
  account: Account,
  scope: PullScope,
  begun: PullState,
  now: number,
  signal: AbortSignal,
): AsyncGenerator<readonly [ContactReading, PullState]> {
  if (!followsCompanies(scope)) {
    yield [NOBODY, { ...begun, companies: null }];
    return;
  }
  const known = begun.companies;
  try {
    for await (const [contacts, companies] of changes(
      account,
      scope,
      known ?? companiesFrom(now),
      now,
      signal,
    )) {
      yield [contacts, { ...begun, companies: known === null ? null : companies }];
    }
  } catch (error) {
    if (answeredStatus(error) !== 403) throw error;
    account.companies.refuse(error);
    yield [NOBODY, { ...begun, companies: null }];
    return;
  }
  if (known === null) yield [NOBODY, { ...begun, companies: companiesFrom(now), lists: {} }];
}

/** Both looks, at what is new and at what the index may have shown late, are one search: an idle pull is one request. */
async function* changes(
  account: Account,
  scope: PullScope,
  begun: CompaniesState,
  now: number,
  signal: AbortSignal,
): AsyncGenerator<readonly [ContactReading, CompaniesState]> {
  const { since, settled } = begun;
  const names = scope.properties.flatMap(({ property }) => companyProperty(property) ?? []);
  let search = begun.search ?? { to: now, late: lateUntil(settled, now), after: "0" };
  for (;;) {
    const { to, late, after }: typeof search = search;
    const from = since - OVERLAP;
    const spans = [
      modified(BY, from, null, after),
      ...(late === null ? [] : [modified(BY, settled, late, after)]),
    ];
    const call = account.endpoints.searchCompanies({
      groups: spans,
      sort: "hs_object_id",
      properties: ["hs_object_id"],
      limit: HITS_PER_PAGE,
    });
    const { body } = await account.calls.read(call, searchPage, signal, [403]);
    const ids = idsOf(body);
    const edited = await editedOf(account, ids, names, Math.min(from, settled) - LATEST, signal);
    for await (const contacts of contactsOf(account, edited, signal)) {
      // The search moves on only once everybody of its page was shown.
      yield [await readContacts(account, contacts, scope.properties, signal), { since, settled, search }];
    }
    const highest = highestId([after, ...ids]);
    if (highest === after || body.results.length + body.broken.length >= body.total) {
      yield [NOBODY, { since: to, settled: late ?? settled, search: null }];
      return;
    }
    search = { to, late, after: highest };
    yield [NOBODY, { since, settled, search }];
  }
}

const BY = "hs_lastmodifieddate";

/**
 * Those of which a mapped property changed. HubSpot moves a company's time for anything it computes too, a page view of
 * a contact's included, and none of its contacts need be read again for that.
 */
async function editedOf(
  { endpoints, calls }: Account,
  ids: readonly string[],
  names: readonly string[],
  since: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const parts = chunks(ids, HISTORIES).map(async (part) => {
    const call = endpoints.companies(part, ["hs_object_id"], names);
    const { body } = await calls.read(call, companyHistories, signal, [403]);
    const histories = new Map(body.results.map((one) => [one.id, one.propertiesWithHistory]));
    return part.filter((id) =>
      names.some((name) => {
        const versions = histories.get(id)?.[name];
        // Without a history that can be read nothing says that it did not change.
        return versions === undefined || versions.some(({ timestamp }) => Date.parse(timestamp) >= since);
      }),
    );
  });
  return (await Promise.all(parts)).flat();
}

/** The ids of the contacts whose primary company is one of these, some hundreds at a time. */
async function* contactsOf(
  { endpoints, calls, log }: Account,
  companies: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const follow = pageGuard({ side: "hubspot", what: "the contacts of companies", log });
  let inputs: readonly { readonly id: string; readonly after?: string }[] = companies.map((id) => ({ id }));
  while (inputs.length > 0) {
    const { body } = await calls.read(endpoints.companyContacts(inputs), associationPage, signal, [403]);
    const ids = body.results.flatMap(({ to }) =>
      to
        .filter(({ associationTypes }) => associationTypes.some(isPrimary))
        .map(({ toObjectId }) => toObjectId),
    );
    yield* chunks([...new Set(ids)], PAGE);
    inputs = body.results.flatMap(({ from, paging }) => {
      const after = paging?.next?.after;
      return after === undefined ? [] : [{ id: from.id, after }];
    });
    follow(inputs.length === 0 ? null : JSON.stringify(inputs));
  }
}

function isPrimary({ category, typeId }: { readonly category: string; readonly typeId: number }): boolean {
  return category === "HUBSPOT_DEFINED" && typeId === PRIMARY;
}
