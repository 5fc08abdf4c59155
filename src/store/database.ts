import { PrismaPg } from "@prisma/adapter-pg";
import type { Prisma } from "./generated/client.ts";
import { PrismaClient } from "./generated/client.ts";

/** Tandem's memory. Inside `transaction` the same statements run on the one connection of the transaction. */
export type Database = PrismaClient;
export type Statements = PrismaClient | Prisma.TransactionClient;

/** A page of a thousand rows settles in well under a second; a minute leaves room for a database that is busy. */
const LONGEST_TRANSACTION_MS = 60_000;

export function openDatabase(url: string): Database {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
}

/** Runs all or nothing. No call to another system belongs in here (contract F17). */
export function transaction<T>(database: Database, work: (statements: Statements) => Promise<T>): Promise<T> {
  return database.$transaction(work, { timeout: LONGEST_TRANSACTION_MS, maxWait: LONGEST_TRANSACTION_MS });
}
