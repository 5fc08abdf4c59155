import type { Problem } from "../../../model/problem.ts";
import type { Account } from "../contacts.ts";
import { chunks } from "../../../model/chunks.ts";
import { answeredStatus } from "../problems/failure.ts";
import { aboutOneList, listProblem } from "../problems/list-problems.ts";
import { manyLists, oneList } from "../wire/parse.ts";
import type { ListRecord } from "../wire/parse.ts";
import { searchedLists } from "./search-lists.ts";

export interface ListSizes {
  /** Lists that exist. */
  readonly known: ReadonlyMap<string, ListCounts>;
  readonly gone: ReadonlyMap<string, Problem>;
  /** Lists whose members HubSpot is computing again, or has stopped computing: of these, absence says nothing. */
  readonly computing: ReadonlySet<string>;
  /** The server's clock before anything else was read; `null` where no list was asked about. */
  readonly at: number | null;
}

/** What HubSpot tells of a list's members without showing them; `null` where it does not. */
export interface ListCounts {
  readonly size: number | null;
  /** When somebody last left; milliseconds since 1970. */
  readonly removedAt: number | null;
}

/** `PAUSED` is a processing status too: HubSpot's guide for segments of 2026-09. */
const UNSETTLED: ReadonlySet<string> = new Set(["PROCESSING", "PAUSED"]);

/** In one request for all of them, while all exist. */
export async function listSizes(
  account: Account,
  lists: readonly string[],
  signal: AbortSignal,
): Promise<ListSizes> {
  const known = new Map<string, ListCounts>();
  const gone = new Map<string, Problem>();
  const computing = new Set<string>();
  const keep = (list: ListRecord, id = list.listId): void => {
    known.set(id, countsOf(list));
    if (UNSETTLED.has(list.processingStatus ?? "")) computing.add(id);
  };
  let at: number | null = null;
  // What is no number is no id of a list; asking would have the whole request refused.
  const [askable, never] = [lists.filter((id) => /^\d+$/.test(id)), lists.filter((id) => !/^\d+$/.test(id))];
  for (const list of never) gone.set(list, listProblem(list, null));

  const several = askable.length > 1 ? chunks(askable, 100) : [];
  for (const part of several) {
    try {
      const answer = await account.calls.read(account.endpoints.lists(part), manyLists, signal, aboutOneList);
      at ??= answer.at;
      for (const list of answer.body.lists) keep(list);
    } catch (error) {
      if (answeredStatus(error) === null) throw error;
    }
  }
  // A list that was not among the many is asked for by itself: only its own 404 says that it is gone.
  for (const list of askable.filter((id) => !known.has(id))) {
    try {
      const answer = await account.calls.read(account.endpoints.list(list), oneList, signal, aboutOneList);
      at ??= answer.at;
      keep(answer.body.list, list);
    } catch (error) {
      if (answeredStatus(error) === null) throw error;
      gone.set(list, listProblem(list, error));
    }
  }
  await countBySearch(account, known, signal);
  // In the order of the scope, whatever order they came in.
  return {
    known: new Map(lists.flatMap((id) => [...known].filter(([each]) => each === id))),
    gone,
    computing,
    at,
  };
}

/**
 * A list may come without `size`: its specification calls it optional. The search for lists tells the count, and when
 * somebody last left, among the additional properties (guide of 2026-09). One request more for all of them, without which
 * a leave would only be seen when the whole list is read again.
 */
async function countBySearch(
  account: Account,
  known: Map<string, ListCounts>,
  signal: AbortSignal,
): Promise<void> {
  const uncounted = [...known].filter(([, { size }]) => size === null).map(([id]) => id);
  if (uncounted.length === 0) return;
  account.log("lists came without a size and are counted by a search", {
    system: "hubspot",
    lists: uncounted.length,
  });
  for (const list of await searchedLists(account, signal, uncounted)) {
    if (known.get(list.listId)?.size === null) known.set(list.listId, countsOf(list));
  }
}

/** Its own count, or text among the additional properties. */
function countsOf({ size, additionalProperties }: ListRecord): ListCounts {
  const number = (name: string): number | null => {
    const told = additionalProperties?.[name];
    const value = typeof told === "string" && told.trim() !== "" ? Number(told) : told;
    return typeof value === "number" && Number.isInteger(value) ? value : null;
  };
  return { size: size ?? number("hs_list_size"), removedAt: number("hs_last_record_removed_at") };
}

/** How many members HubSpot says a list has. */
export function sizeOf(list: ListRecord): number | null {
  return countsOf(list).size;
}
