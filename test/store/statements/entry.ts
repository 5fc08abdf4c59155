import type { Store } from "../../../src/store/database/store.ts";
import type { Known } from "./known.ts";

/** One function of the store, called as the engine calls it. */
export interface Entry {
  /** Does it change rows? It then runs in a transaction that is rolled back. */
  readonly changes: boolean;
  /** What is `known` of the database that it runs on: of an empty one, nothing. */
  readonly run: (store: Store, known: Known) => Promise<unknown>;
  /** Why it answers nothing, or changes nothing, even where every kind of row is; `null` where it must. */
  readonly nothing: string | null;
}

/** By the name of the function. */
export type Entries = Readonly<Record<string, Entry>>;

export function reads(run: Entry["run"], nothing: string | null = null): Entry {
  return { changes: false, run, nothing };
}

export function writes(run: Entry["run"], nothing: string | null = null): Entry {
  return { changes: true, run, nothing };
}

/** Does an answer tell nothing? An object is as empty as all that it holds. */
export function isNothing(answer: unknown): boolean {
  if (answer === undefined || answer === null || answer === false || answer === 0 || answer === "")
    return true;
  if (typeof answer === "bigint" || answer instanceof Date) return false;
  if (answer instanceof Map || answer instanceof Set) return answer.size === 0;
  if (Array.isArray(answer)) return answer.length === 0;
  return typeof answer === "object" && Object.values(answer).every(isNothing);
}
