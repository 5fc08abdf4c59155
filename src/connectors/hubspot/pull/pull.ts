import type { Cursor, PullPage, PullScope } from "../../connector.ts";
import { EndlessPages } from "../../http/page-guard.ts";
import type { ContactReading } from "../../../model/contact.ts";
import { changedContacts } from "./changes.ts";
import { companiesFrom, followCompanies, followsCompanies } from "../companies/company-changes.ts";
import type { Account } from "../contacts.ts";
import { FROM_START, readCursor, writeCursor } from "./cursor.ts";
import type { PullState } from "./cursor.ts";
import { answeredStatus } from "../problems/failure.ts";
import { endlessList, listProblem } from "../problems/list-problems.ts";
import { listSizes } from "../lists/list-sizes.ts";
import type { ListSizes } from "../lists/list-sizes.ts";
import { followList, readList } from "../lists/lists.ts";
import { accountDetails } from "../wire/parse.ts";

/**
 * Without a cursor that can be read, or with that of a first pull that was stopped: every member of the lists. Otherwise what changed or
 * joined since, and the roster of every list that lost somebody. An idle pull of one list is three requests, and
 * one more where properties of companies are mapped.
 */
export async function* pullContacts(
  account: Account,
  scope: PullScope,
  cursor: Cursor | null,
  signal: AbortSignal,
): AsyncIterable<PullPage> {
  signal.throwIfAborted();
  const before = cursor === null ? null : readCursor(cursor);
  const sizes = await listSizes(account, scope.collections, signal);
  // Taken before the first page: what changes while it is read is seen by the next pull.
  const now = sizes.at ?? (await serverNow(account, signal));
  const lists = Object.fromEntries(
    cursor === null ? [] : scope.collections.map((list) => [list, FROM_START]),
  );
  const start = { version: 1, first: true, since: now, settled: now, search: null, lists } as const;
  const companies = followsCompanies(scope) ? companiesFrom(now) : null;
  let state = keepListed(before ?? { ...start, companies }, scope, sizes);

  for (const [list, problem] of sizes.gone) {
    yield { kind: "collection_gone", collection: list, problem, cursor: writeCursor(state) };
  }
  for (const changed of state.first ? [] : [followCompanies, changedContacts]) {
    for await (const [page, next] of changed(account, scope, state, now, signal)) {
      state = next;
      if (page.contacts.length + page.unreadable.length > 0) yield contactsPage(page, writeCursor(state));
    }
  }
  for (const [list, counts] of sizes.known) {
    signal.throwIfAborted();
    const context = { account, scope, list, ...counts, computing: sizes.computing.has(list), now, signal };
    const known = state.lists[list];
    const steps =
      known === undefined || "reading" in known ? readList(context, state) : followList(context, state);
    try {
      for await (const step of steps) {
        state = step.state;
        if (step.page !== null) yield step.page;
      }
    } catch (error) {
      // Deleted meanwhile, HubSpot will not show it, or its pages do not end: nobody left, and somebody must look.
      const endless = error instanceof EndlessPages ? error : null;
      if (answeredStatus(error) === null && endless === null) throw error;
      account.log("a list could not be followed", { system: "hubspot", list, status: answeredStatus(error) });
      state = { ...state, lists: { ...state.lists, [list]: FROM_START } };
      yield {
        kind: "collection_gone",
        collection: list,
        problem: endless === null ? listProblem(list, error) : endlessList(list, endless),
        cursor: writeCursor(state),
      };
    }
  }
  const problem = account.companies.problem();
  const end = writeCursor({ ...state, first: false, companies: problem === null ? state.companies : null });
  if (problem === null) yield contactsPage({ contacts: [], unreadable: [] }, end);
  else yield { kind: "properties_gone", problem: problem, cursor: end };
}

function contactsPage(reading: ContactReading, cursor: Cursor): PullPage {
  return { kind: "contacts", ...reading, members: new Map(), cursor };
}

/** Forgets lists that are no longer followed; one that no longer exists is read again if it comes back. */
function keepListed(state: PullState, scope: PullScope, sizes: ListSizes): PullState {
  const followed = Object.entries(state.lists).filter(([list]) => scope.collections.includes(list));
  const lists = followed.map(([list, known]) => [list, sizes.gone.has(list) ? FROM_START : known]);
  return { ...state, lists: Object.fromEntries(lists) as PullState["lists"] };
}

async function serverNow({ endpoints, calls }: Account, signal: AbortSignal): Promise<number> {
  return (await calls.read(endpoints.account(), accountDetails, signal)).at;
}
