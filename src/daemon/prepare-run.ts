import type { Account, Connector, Schema } from "../connectors/connector.ts";
import { findCollections } from "../mapping/find-collection.ts";
import { findOptOutType, optOutTypeKey, resolveConsent } from "../mapping/resolve-consent.ts";
import { listGone, referenceKey, resolveScope } from "../mapping/resolve-scope.ts";
import { accountShape, snapshotShape } from "../mapping/snapshot-shape.ts";
import type { Mapping } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { ResolvedConsent, ResolvedRule } from "../model/scope.ts";
import type { PerSide } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import type { StoredConnection } from "../store/connections.ts";
import { openConnection, saveConnection } from "../store/connections.ts";
import { forgetCursors, readCursors, saveCursor } from "../store/cursors.ts";
import type { Database } from "../store/database.ts";
import { markAllDirty } from "../store/links.ts";
import { clashingTypes } from "./clashing-types.ts";
import { guardAccount } from "./guard-account.ts";
import { missingProperties } from "./missing-properties.ts";
import { lockedProperties } from "./unwritable-properties.ts";

/** A connection that may run: its accounts are the right ones and its rules name lists that exist. */
export interface ReadyConnection {
  readonly connection: StoredConnection;
  readonly accounts: PerSide<Account>;
  readonly schemas: PerSide<Schema>;
  readonly scope: readonly ResolvedRule[];
  readonly consent: ResolvedConsent;
  readonly shapes: PerSide<string>;
  /** What the mapping names and the accounts do not have; the rest of the mapping works. */
  readonly problems: readonly Problem[];
}

/** Cursor streams that remember under which id a list or segment was found. */
export const FOUND = "found ";
/** And which shape each side's snapshots had at the last run. */
export const SHAPE = "shape ";

/**
 * Looks before anything is read or written: whose accounts are these, and what do the rules name? Another account than
 * the mapping's, or than last time's, stops everything (SK-ACCOUNT). A changed mapping starts all streams anew.
 *
 * @throws SystemUnavailable with SK-ACCOUNT, or when a side does not answer
 */
export async function prepareRun(
  database: Database,
  mapping: Mapping,
  connectors: PerSide<Connector>,
  now: () => Date,
  signal: AbortSignal,
): Promise<ReadyConnection> {
  const connection = await openConnection(database, mapping.name);
  const [hubspot, klaviyo] = await Promise.all(SIDES.map((side) => connectors[side].account(signal)));
  if (hubspot === undefined || klaviyo === undefined) throw new Error("an account is missing");
  const accounts = { hubspot, klaviyo };
  guardAccount("hubspot", accounts.hubspot, mapping.hubspot.portalId ?? connection.hubspotAccount);
  guardAccount("klaviyo", accounts.klaviyo, mapping.klaviyo.accountId ?? connection.klaviyoAccount);
  const schemas = {
    hubspot: await connectors.hubspot.outline(signal),
    klaviyo: await connectors.klaviyo.outline(signal),
  };
  const resolved = await resolve(database, connection.id, mapping, schemas, now);
  const shapes = perSide((side) => snapshotShape(mapping, side, accountShape(mapping.fields, schemas, side)));
  const changed = connection.mappingHash !== mapping.hash;
  if (changed) await forgetCursors(database, connection.id, FOUND);
  const earlier = await readCursors(database, connection.id, FOUND + SHAPE);
  if (changed || SIDES.some((side) => earlier.get(side) !== shapes[side]))
    await markAllDirty(database, connection.id, now());
  for (const side of SIDES)
    await saveCursor(database, connection.id, FOUND + SHAPE + side, shapes[side], now());
  await saveConnection(database, connection.id, { hubspot: hubspot.id, klaviyo: klaviyo.id }, mapping.hash);
  return { connection, accounts, schemas, shapes, ...resolved };
}

async function resolve(
  database: Database,
  connectionId: number,
  mapping: Mapping,
  schemas: PerSide<Schema>,
  now: () => Date,
): Promise<Pick<ReadyConnection, "scope" | "consent" | "problems">> {
  const earlier = await readCursors(database, connectionId, FOUND);
  const { rules, unresolved } = resolveScope(mapping.rules, schemas, earlier);
  await rememberFound(database, connectionId, mapping, schemas, now);
  const { optOutTypes = [] } = schemas.hubspot;
  const refusals = resolveConsent(mapping.consent, optOutTypes, earlier);
  const problems = [
    ...unresolved.map(listGone),
    ...refusals.problems,
    ...missingProperties(mapping.fields, schemas),
    ...lockedProperties(mapping.fields, schemas),
    ...clashingTypes(mapping.fields, schemas),
  ];
  return { scope: rules, consent: refusals.consent, problems };
}

async function rememberFound(
  database: Database,
  connectionId: number,
  mapping: Mapping,
  schemas: PerSide<Schema>,
  now: () => Date,
): Promise<void> {
  for (const ref of mapping.consent.unsubscribeFrom) {
    const type = findOptOutType(schemas.hubspot.optOutTypes ?? [], ref.nameOrId);
    if (type !== null) await saveCursor(database, connectionId, FOUND + optOutTypeKey(ref), type.id, now());
  }
  for (const rule of mapping.rules) {
    const refs = [
      ...rule.collections.map((ref) => ({ side: rule.from, ref })),
      ...rule.addToLists.map((ref) => ({ side: "klaviyo" as const, ref })),
    ];
    for (const { side, ref } of refs) {
      const [found, ...others] = findCollections(schemas[side].collections, side, ref);
      if (found && others.length === 0)
        await saveCursor(database, connectionId, FOUND + referenceKey(side, ref), found.id, now());
    }
  }
}
