import type { Problem } from "../../model/problem.ts";
import type { Account } from "./contacts.ts";
import { chunks } from "./chunks.ts";
import { answeredStatus, CallFailed } from "./failure.ts";
import { manyLists, oneList } from "./parse.ts";
import type { ListRecord } from "./parse.ts";
import { problemOf } from "./problems.ts";

export interface ListSizes {
  /** Lists that exist and how many members HubSpot says they have; `null` where it does not. */
  readonly known: ReadonlyMap<string, number | null>;
  readonly gone: ReadonlyMap<string, Problem>;
  /** Lists whose members HubSpot is computing anew: of these, absence says nothing. */
  readonly computing: ReadonlySet<string>;
  /** The server's clock before anything else was read; `null` where no list was asked about. */
  readonly at: number | null;
}

/** What HubSpot says of a list that is not there, or of an id that is none. */
const NO_SUCH = [400, 404];

/** In one request for all of them, while all exist. */
export async function listSizes(
  account: Account,
  lists: readonly string[],
  signal: AbortSignal,
): Promise<ListSizes> {
  const known = new Map<string, number | null>();
  const gone = new Map<string, Problem>();
  const computing = new Set<string>();
  const keep = (list: ListRecord, id = list.listId): void => {
    known.set(id, sizeOf(list));
    if (list.processingStatus === "PROCESSING") computing.add(id);
  };
  let at: number | null = null;
  // What is no number is no id of a list; asking would have the whole request refused.
  const [askable, never] = [lists.filter((id) => /^\d+$/.test(id)), lists.filter((id) => !/^\d+$/.test(id))];
  for (const list of never) gone.set(list, goneList(list, null));

  const several = askable.length > 1 ? chunks(askable, 100) : [];
  for (const part of several) {
    try {
      const answer = await account.calls.read(account.endpoints.lists(part), manyLists, signal, NO_SUCH);
      at ??= answer.at;
      for (const list of answer.body.lists) keep(list);
    } catch (error) {
      if (answeredStatus(error) === null) throw error;
    }
  }
  // A list that was not among the many is asked for by itself: only its own 404 says that it is gone.
  for (const list of askable.filter((id) => !known.has(id))) {
    try {
      const answer = await account.calls.read(account.endpoints.list(list), oneList, signal, NO_SUCH);
      at ??= answer.at;
      keep(answer.body.list, list);
    } catch (error) {
      if (answeredStatus(error) === null) throw error;
      gone.set(list, goneList(list, error));
    }
  }
  // In the order of the scope, whatever order they came in.
  return {
    known: new Map(lists.flatMap((id) => (known.has(id) ? [[id, known.get(id) ?? null]] : []))),
    gone,
    computing,
    at,
  };
}

/** How many members HubSpot says a list has: a number of its own, or text among the additional properties. */
export function sizeOf({ size, additionalProperties }: ListRecord): number | null {
  const told = size ?? Number(additionalProperties?.["hs_list_size"] ?? Number.NaN);
  return Number.isInteger(told) ? told : null;
}

/** The problem of a list that no longer exists (404, or no error at all), or that may not be read. */
export function goneList(list: string, error: unknown): Problem {
  const failure = error instanceof CallFailed && error.failure.kind === "answered" ? error.failure : null;
  return problemOf({
    status: failure?.status ?? 404,
    error: failure?.error ?? { status: "error" },
    about: "list",
    property: null,
    subject: list,
    value: "",
    signInLost: false,
  });
}
