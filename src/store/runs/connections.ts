import type { Statements } from "../database/database.ts";
import type { Store } from "../database/store.ts";
import { storeOf } from "../database/store.ts";

/** A connection as remembered: which accounts it joined first, and which mapping it last ran with. */
export interface StoredConnection {
  readonly hubspotAccount: string | null;
  readonly klaviyoAccount: string | null;
  readonly mappingHash: string | null;
  readonly mappingVersion: number;
  /** When a whole run first finished; until then the first sync continues. */
  readonly filledAt: Date | null;
}

/** The store of the connection of this name, which is made where it is new. */
export async function openStore(statements: Statements, name: string): Promise<Store> {
  const { id } = await statements.connection.upsert({ where: { name }, create: { name }, update: {} });
  return storeOf(statements, id);
}

export async function readConnection({ statements, connectionId }: Store): Promise<StoredConnection> {
  return statements.connection.findUniqueOrThrow({ where: { id: connectionId } });
}

/** From now on the connection belongs to these two accounts and runs with this mapping. */
export async function saveConnection(
  { statements, connectionId }: Store,
  accounts: { readonly hubspot: string; readonly klaviyo: string },
  mappingHash: string,
): Promise<void> {
  await statements.connection.updateMany({
    where: { id: connectionId, OR: [{ mappingHash: null }, { mappingHash: { not: mappingHash } }] },
    data: { mappingHash },
  });
  await statements.connection.update({
    where: { id: connectionId },
    data: { hubspotAccount: accounts.hubspot, klaviyoAccount: accounts.klaviyo },
  });
}

/** A whole run has finished: the first sync is over. */
export async function markFilled({ statements, connectionId }: Store, now: Date): Promise<void> {
  await statements.connection.updateMany({
    where: { id: connectionId, filledAt: null },
    data: { filledAt: now },
  });
}
