import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database, Statements } from "../../src/store/database/database.ts";
import { transaction } from "../../src/store/database/database.ts";
import type { Store } from "../../src/store/database/store.ts";
import { storeOf } from "../../src/store/database/store.ts";
import { Prisma } from "../../src/store/generated/client.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { textFiles, withoutComments } from "../support/text-files.ts";
import type { Entries, Entry } from "./statements/entry.ts";
import { isNothing } from "./statements/entry.ts";
import type { Known } from "./statements/known.ts";
import { nothingKnown } from "./statements/known.ts";
import { ALERTS } from "./statements/of-alerts.ts";
import { CHAINS } from "./statements/of-chains.ts";
import { CONSENT } from "./statements/of-consent.ts";
import { DATABASE } from "./statements/of-database.ts";
import { FEEDS } from "./statements/of-feeds.ts";
import { LINKS } from "./statements/of-links.ts";
import { PAGES } from "./statements/of-pages.ts";
import { PEOPLE } from "./statements/of-people.ts";
import { RUNS } from "./statements/of-runs.ts";
import { SNAPSHOTS } from "./statements/of-snapshots.ts";
import { WRITES } from "./statements/of-writes.ts";
import { seedRich } from "./statements/rich.ts";

const ROOMS = [ALERTS, CHAINS, CONSENT, DATABASE, FEEDS, LINKS, PAGES, PEOPLE, RUNS, SNAPSHOTS, WRITES];
const ENTRIES: Entries = Object.assign({}, ...ROOMS);
const CASES = Object.entries(ENTRIES);

/** They run the statements that they are given. */
const PLUMBING = ["atomically", "inTransaction", "keysOf", "rowsOf", "storeOf", "transaction"];

/** What is between the parentheses that open at `from`. */
function parametersAt(text: string, from: number): string {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")") depth -= 1;
    if (depth === 0) return text.slice(from, at);
  }
  throw new Error("parentheses that do not close");
}

/** The exported functions of the store that are given a database to ask. */
function functionsOfStore(): readonly string[] {
  return textFiles("src")
    .filter(({ path }) => path.startsWith("store/"))
    .flatMap(({ text }) => {
      const code = withoutComments(text);
      return [
        ...code.matchAll(
          /^export (?:async )?function\*? ?(\w+)(?:<[^(]*>)?(?=\()|^export async function\* (\w+)/gm,
        ),
      ].flatMap(({ 0: whole, 1: name = "", index }) =>
        /: (?:Store|Statements|Database)\b/.test(parametersAt(code, index + whole.length)) ? name : [],
      );
    });
}

test("every exported function that asks the database has an entry here, once", () => {
  const found = functionsOfStore().filter((name) => !PLUMBING.includes(name));
  expect(found.length).toBeGreaterThan(150);
  expect(found.filter((name) => ENTRIES[name] === undefined)).toEqual([]);
  expect(CASES.map(([name]) => name).filter((name) => !found.includes(name))).toEqual([]);
  expect(CASES).toHaveLength(ROOMS.flatMap((room) => Object.keys(room)).length);
});

class RolledBack extends Error {}

/** Rows that this transaction has changed so far. */
async function changedRows(statements: Statements): Promise<bigint> {
  const [row] = await statements.$queryRaw<{ rows: bigint }[]>`
    SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint AS rows FROM pg_stat_xact_user_tables`;
  return row?.rows ?? 0n;
}

/** Runs an entry, and tells its answer; of one that changes rows, how many it changed before all was undone. */
async function outcomeOf(entry: Entry, store: Store, known: Known, database: Database): Promise<unknown> {
  if (!entry.changes) return entry.run(store, known);
  let changed = 0n;
  try {
    await transaction(database, async (statements) => {
      const before = await changedRows(statements);
      await entry.run({ ...store, statements }, known);
      changed = (await changedRows(statements)) - before;
      // What a commit would check: entries of a chain without a seal.
      await statements.$executeRaw`SET CONSTRAINTS ALL IMMEDIATE`;
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  return Number(changed);
}

describe("where nothing is yet", () => {
  let fresh: FreshDatabase;
  let store: Store;

  beforeAll(async () => {
    fresh = await freshDatabase();
    const { id } = await fresh.database.connection.create({ data: { name: "new" } });
    store = storeOf(fresh.database, id);
  });
  afterAll(() => fresh.drop());

  test.each(CASES)("%s answers with its shape", async (_name, entry) => {
    const outcome = outcomeOf(entry, store, nothingKnown(fresh.database), fresh.database);
    await expect(outcome.then(() => "answered")).resolves.toBe("answered");
  });
});

describe("where every kind of row is", () => {
  let fresh: FreshDatabase;
  let store: Store;
  let known: Known;

  beforeAll(async () => {
    fresh = await freshDatabase();
    ({ store, known } = await seedRich(fresh.database));
  });
  afterAll(() => fresh.drop());

  test.each(CASES)("%s answers with its shape, and something", async (_name, entry) => {
    const outcome = await outcomeOf(entry, store, known, fresh.database);
    expect(isNothing(outcome)).toBe(entry.nothing !== null);
  });

  test("each column that may be NULL is NULL in a row and filled in another", async () => {
    const columns = await fresh.database.$queryRaw<{ table: string; column: string; nullable: boolean }[]>`
      SELECT table_name AS table, column_name AS column, is_nullable = 'YES' AS nullable
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%'`;
    const lacking: string[] = [];
    for (const { table, column, nullable } of columns) {
      const [name, of] = [Prisma.raw(`"${column}"`), Prisma.raw(`"${table}"`)];
      const [row] = await fresh.database.$queryRaw<{ empty: boolean | null; filled: boolean | null }[]>`
        SELECT bool_or(${name} IS NULL) AS empty, bool_or(${name} IS NOT NULL) AS filled FROM ${of}`;
      if (row?.filled !== true) lacking.push(`${table}.${column} is never filled`);
      if (nullable && row?.empty !== true) lacking.push(`${table}.${column} is never NULL`);
    }
    expect(lacking).toEqual([]);
  });
});
