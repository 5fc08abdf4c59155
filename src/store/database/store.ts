import type { Statements } from "./database.ts";
import { Prisma } from "../generated/client.ts";
import { inTransaction } from "./database.ts";

/** PostgreSQL opened for one connection: what is read and written through it are that connection's rows. */
export interface Store {
  readonly statements: Statements;
  readonly connectionId: number;
}

export function storeOf(statements: Statements, connectionId: number): Store {
  return { statements, connectionId };
}

/** Reads in one snapshot: what is committed meanwhile shows in none of it. */
export function inSnapshot<T>(
  { statements, connectionId }: Store,
  read: (store: Store) => Promise<T>,
): Promise<T> {
  return statements.$transaction((own) => read({ statements: own, connectionId }), {
    isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead,
  });
}

/**
 * Runs all or nothing, in the transaction that is under way or in one for this work alone. `work` is nothing but statements:
 * PostgreSQL may end it for another, and then it begins again.
 */
export function atomically<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  return inTransaction(store.statements, (statements) => work({ ...store, statements }));
}
