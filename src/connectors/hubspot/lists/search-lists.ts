import type { Account } from "../contacts.ts";
import { listSearchPage } from "../wire/parse.ts";
import type { ListRecord } from "../wire/parse.ts";
import { pageGuard } from "../../http/page-guard.ts";

/** The lists of the account, or those of some ids, as the search for lists tells of them. */
export async function searchedLists(
  { endpoints, calls, log }: Pick<Account, "endpoints" | "calls" | "log">,
  signal: AbortSignal,
  ids: readonly string[] = [],
): Promise<readonly ListRecord[]> {
  const follow = pageGuard({ side: "hubspot", what: "the lists", log, from: "0" });
  const found: ListRecord[] = [];
  for (let offset = 0; ;) {
    const { body } = await calls.read(endpoints.searchLists(offset, ids), listSearchPage, signal);
    found.push(...body.lists);
    if (!body.hasMore) return found;
    offset = body.offset;
    follow(String(offset));
  }
}
