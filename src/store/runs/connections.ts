import type { Statements } from "../database/database.ts";

/** A connection as remembered: which accounts it joined first, and which mapping it last ran with. */
export interface StoredConnection {
  readonly id: number;
  readonly hubspotAccount: string | null;
  readonly klaviyoAccount: string | null;
  readonly mappingHash: string | null;
  readonly mappingVersion: number;
  /** When a whole run first finished; until then the first sync continues. */
  readonly filledAt: Date | null;
}

/** The connection of this name, made where it is new. */
export async function openConnection(statements: Statements, name: string): Promise<StoredConnection> {
  return statements.connection.upsert({ where: { name }, create: { name }, update: {} });
}

/** From now on the connection belongs to these two accounts and runs with this mapping. */
export async function saveConnection(
  statements: Statements,
  id: number,
  accounts: { readonly hubspot: string; readonly klaviyo: string },
  mappingHash: string,
): Promise<void> {
  await statements.connection.updateMany({
    where: { id, OR: [{ mappingHash: null }, { mappingHash: { not: mappingHash } }] },
    data: { mappingHash },
  });
  await statements.connection.update({
    where: { id },
    data: { hubspotAccount: accounts.hubspot, klaviyoAccount: accounts.klaviyo },
  });
}

/** A whole run has finished: the first sync is over. */
export async function markFilled(statements: Statements, id: number, now: Date): Promise<void> {
  await statements.connection.updateMany({ where: { id, filledAt: null }, data: { filledAt: now } });
}
