import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import type { InstallationKeys } from "../../model/keys/installation-keys.ts";
import { Prisma, PrismaClient } from "../generated/client.ts";
import type { DatabasePatience } from "./timed-client.ts";
import { DATABASE_PATIENCE, sessionTimes, timedClient } from "./timed-client.ts";

/** Tandem's memory. Inside `transaction` the same statements run on the one connection of the transaction. */
export type Database = PrismaClient;
export type Statements = PrismaClient | Prisma.TransactionClient;

/** A page of a thousand rows settles in well under a second; a minute leaves room for a database that is busy. */
const LONGEST_TRANSACTION_MS = 60_000;

/** Probes of an idle connection begin after so long; the kernel then takes seconds to give it up. */
const KEEPALIVE_MS = 10_000;
/** A server that moved, or a failover, is found by new connections. */
const LONGEST_LIFE_S = 1_800;

/** What a database is opened with beside its address. */
export interface DatabaseOptions {
  /** This installation's keys, asked for when something is sealed; without them nothing can be. */
  readonly keys?: () => InstallationKeys;
  readonly patience?: DatabasePatience;
}

/** The keys that seal what is written through a database or one of its transactions. They never go into a statement. */
const KEYS = new WeakMap<Statements, () => InstallationKeys>();
const TRANSACTIONS = new WeakSet<Statements>();

/** @throws where the database was opened without keys: what is sealed can only be written with them */
export function keysOf(statements: Statements): () => InstallationKeys {
  const keys = KEYS.get(statements);
  if (keys === undefined) throw new Error("the database was opened without this installation's keys");
  return keys;
}

/**
 * Opens the pool. Every statement on it has an end, and a connection that nobody answers on is noticed. A statement outside
 * a transaction begins again where PostgreSQL ended it for another, as a transaction does.
 */
export function openDatabase(
  url: string,
  { keys, patience = DATABASE_PATIENCE }: DatabaseOptions = {},
): Database {
  const pool = new Pool({
    connectionString: url,
    application_name: "tandem",
    Client: timedClient(patience),
    connectionTimeoutMillis: patience.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    maxLifetimeSeconds: LONGEST_LIFE_S,
    // Its type returns nothing, but pg-pool awaits it.
    onConnect: (client) => client.query(sessionTimes(patience)) as unknown as void,
  });
  const plain = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) });
  // The type of an extended client names each extension, and lacks only events, which nobody listens to.
  const database = plain.$extends({ query: { $allOperations: repeatedAlone } }) as unknown as Database;
  if (keys !== undefined) KEYS.set(database, keys);
  return database;
}

/** How often work is begun before what ended it is somebody's to see. */
const MOST_BEGINNINGS = 5;

/** Begins again what PostgreSQL ended because two waited for each other. All of it was undone. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let beginning = 1; ; beginning += 1) {
    try {
      return await work();
    } catch (error) {
      if (beginning === MOST_BEGINNINGS || !endedForAnother(error)) throw error;
    }
  }
}

/** One of Prisma's operations, as an extension is told of it. */
interface Operation {
  readonly args: unknown;
  readonly query: (args: unknown) => Promise<unknown>;
}

/** An operation by itself is one transaction. One of a transaction is over with it, and only begins with it. */
function repeatedAlone(operation: Operation): Promise<unknown> {
  const { args, query } = operation;
  return isOfTransaction(operation) ? query(args) : repeated(() => query(args));
}

/** Prisma tells it beside what its types say; `test/store/deadlocks.test.ts` notices if it no longer does. */
function isOfTransaction(operation: Operation): boolean {
  const told: unknown = Reflect.get(operation, "__internalParams");
  return typeof told === "object" && told !== null && "transaction" in told && told.transaction !== undefined;
}

/**
 * Runs all or nothing. Both sides are stored at the same time and may wait for each other's links: PostgreSQL then ends
 * one of the two, and it begins again. So `work` is nothing but statements; no call to another system belongs in here.
 */
export async function transaction<T>(
  database: Database,
  work: (statements: Statements) => Promise<T>,
): Promise<T> {
  return repeated(() =>
    database.$transaction((statements) => work(begun(database, statements)), {
      timeout: LONGEST_TRANSACTION_MS,
      maxWait: LONGEST_TRANSACTION_MS,
    }),
  );
}

function begun(database: Database, statements: Prisma.TransactionClient): Statements {
  TRANSACTIONS.add(statements);
  const keys = KEYS.get(database);
  if (keys !== undefined) KEYS.set(statements, keys);
  return statements;
}

/** The transaction that these statements are in already, or else one for this work alone. */
export async function inTransaction<T>(
  statements: Statements,
  work: (statements: Statements) => Promise<T>,
): Promise<T> {
  if (TRANSACTIONS.has(statements)) return work(statements);
  if ("$connect" in statements) return transaction(statements, work);
  throw new Error("a transaction that was not begun by transaction()");
}

/** A deadlock, or a serialisation failure: Prisma gives it its own code, except where it ends a raw statement. */
function endedForAnother(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  if (error.code === "P2034") return true;
  const adapter = error.meta?.["driverAdapterError"];
  const cause = adapter instanceof Error ? adapter.cause : null;
  return (
    typeof cause === "object" &&
    cause !== null &&
    "kind" in cause &&
    cause.kind === "TransactionWriteConflict"
  );
}
