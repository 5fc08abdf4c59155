import type { Database } from "../../../src/store/database/database.ts";

/** What the entries know of the database that they run on. */
export interface Known {
  readonly database: Database;
  /** A run that has ended, and one that is under way. */
  readonly run: bigint;
  readonly running: bigint;
  /** Links by who they are of; none where nobody is there. */
  readonly links: Readonly<Partial<Record<Person, bigint>>>;
  /** A value that lost, and that nobody wants back yet. */
  readonly conflict: bigint;
  readonly hold: bigint;
}

/** The people of the rich database, each in another situation; `rich-people.ts` says in which. */
export type Person =
  | "jo"
  | "fay"
  | "ida"
  | "ivo"
  | "del"
  | "mia"
  | "max"
  | "pat"
  | "hal"
  | "kim"
  | "exa"
  | "ann"
  | "bob"
  | "tom"
  | "una"
  | "ray";

/** Of an empty database. */
export function nothingKnown(database: Database): Known {
  return { database, run: 0n, running: 0n, links: {}, conflict: 0n, hold: 0n };
}

/** When all of it is asked. */
export const NOW = new Date("2026-11-30T12:00:00Z");

export function ago(hours: number): Date {
  return new Date(NOW.getTime() - hours * 3_600_000);
}

/** No link has this number. */
const NOBODY = 0n;

export function linkOf({ links }: Known, person: Person): bigint {
  return links[person] ?? NOBODY;
}

/** One where the person is there, none where not: what is written of somebody needs their link. */
export function ofLink<T>(known: Known, person: Person, one: (id: bigint) => T): readonly T[] {
  const id = known.links[person];
  return id === undefined ? [] : [one(id)];
}
