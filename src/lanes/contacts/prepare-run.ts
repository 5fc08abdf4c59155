import type { Account, Schema } from "../../connectors/connector.ts";
import { findOptOutType, optOutTypeKey, resolveConsent } from "../../mapping/accounts/resolve-consent.ts";
import type { RepointedRef } from "../../mapping/accounts/resolve-scope.ts";
import {
  EVERYTHING_ACCEPTED,
  listGone,
  listRenamed,
  referenceKey,
  resolveScope,
} from "../../mapping/accounts/resolve-scope.ts";
import { accountShape, snapshotShape } from "../../values/snapshot-shape.ts";
import type { Mapping, ScopeRule } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { ResolvedConsent, ResolvedRule } from "../../model/scope.ts";
import type { PerSide } from "../../model/side.ts";
import { SIDES, perSide } from "../../model/side.ts";
import { saveConnection } from "../../store/runs/connections.ts";
import { forgetCursors, readCursor, readCursors, saveCursor } from "../../store/snapshots/cursors.ts";
import { markAllDirty } from "../../store/links/links.ts";
import { approvals } from "../plans/approvals.ts";
import { clashingTypes } from "./clashing-types.ts";
import { guardAccount } from "../guard-account.ts";
import { missingProperties } from "./missing-properties.ts";
import { isMadeAgain, repointing } from "./repointed-names.ts";
import { lockedProperties } from "./unwritable-properties.ts";
import type { Opened } from "../deps.ts";
import type { Store } from "../../store/database/store.ts";

/** A connection that may run: its accounts are the right ones and its rules name lists that exist. */
export interface ReadyConnection {
  readonly accounts: PerSide<Account>;
  readonly schemas: PerSide<Schema>;
  readonly scope: readonly ResolvedRule[];
  readonly consent: ResolvedConsent;
  readonly shapes: PerSide<string>;
  /** Names that stand for another list or segment than the one in use, until a person approves. */
  readonly repointed: readonly RepointedRef[];
  readonly scopeIfApproved: readonly ResolvedRule[];
  /** The lists and segments that they stand for now. */
  readonly candidates: PerSide<readonly string[]>;
  /** What the mapping names and the accounts do not have; the rest of the mapping works. */
  readonly problems: readonly Problem[];
}

/** Cursor streams that remember under which id a list or segment was found. */
export const FOUND = "found ";
/** And which shape each side's snapshots had at the last run. */
export const SHAPE = "shape ";
/** And with which ids its rules were planned. */
const SCOPE = "scope";

/**
 * Checks, before anything is read or written, whose accounts these are and what the rules name. Another account than
 * the mapping's, or than last time's, stops everything (SK-ACCOUNT). After a change of the mapping all streams start over.
 *
 * @throws SystemUnavailable with SK-ACCOUNT, or when a side does not answer
 */
export async function prepareRun(
  { connection, store, connectors, now, signal }: Opened,
  mapping: Mapping,
): Promise<ReadyConnection> {
  const [hubspot, klaviyo] = await Promise.all(SIDES.map((side) => connectors[side].account(signal)));
  if (hubspot === undefined || klaviyo === undefined) throw new Error("an account is missing");
  const accounts = { hubspot, klaviyo };
  guardAccount("hubspot", accounts.hubspot, mapping.hubspot.portalId ?? connection.hubspotAccount);
  guardAccount("klaviyo", accounts.klaviyo, mapping.klaviyo.accountId ?? connection.klaviyoAccount);
  const schemas = {
    hubspot: await connectors.hubspot.outline(signal),
    klaviyo: await connectors.klaviyo.outline(signal),
  };
  const resolved = await resolve(store, mapping, schemas, now);
  const shapes = perSide((side) => snapshotShape(mapping, side, accountShape(mapping.fields, schemas, side)));
  const changed = connection.mappingHash !== mapping.hash;
  if (changed) await forgetCursors(store, FOUND);
  const earlier = await readCursors(store, FOUND + SHAPE);
  // Contacts in scope by other lists than before are all planned in this run, so that the limits count all of them.
  const scope = JSON.stringify(resolved.scope);
  const sameScope = (await readCursor(store, FOUND + SCOPE)) === scope;
  if (changed || !sameScope || SIDES.some((side) => earlier.get(side) !== shapes[side]))
    await markAllDirty(store, now());
  await saveCursor(store, FOUND + SCOPE, scope, now());
  for (const side of SIDES) await saveCursor(store, FOUND + SHAPE + side, shapes[side], now());
  await saveConnection(store, { hubspot: hubspot.id, klaviyo: klaviyo.id }, mapping.hash);
  return { accounts, schemas, shapes, ...resolved };
}

const ONLY_FROM = "engagement.only_from";

/** All that names lists and segments: the rules, and whose engagement counts. */
function namingRules({ rules, engagement }: Mapping): readonly ScopeRule[] {
  const collections = engagement?.onlyFrom.collections ?? [];
  if (collections.length === 0) return rules;
  const counting: ScopeRule = {
    id: ONLY_FROM,
    from: "klaviyo",
    collections,
    onEnter: "link_only",
    addToLists: [],
    subscribe: false,
    onLeave: "stop",
    line: 0,
  };
  return [...rules, counting];
}

type Resolved = Pick<
  ReadyConnection,
  "scope" | "consent" | "problems" | "repointed" | "scopeIfApproved" | "candidates"
>;

async function resolve(
  store: Store,
  mapping: Mapping,
  schemas: PerSide<Schema>,
  now: () => Date,
): Promise<Resolved> {
  const earlier = await readCursors(store, FOUND);
  const rules = namingRules(mapping);
  const ofRules = <T extends { readonly id?: string; readonly rule?: string }>(all: readonly T[]) =>
    all.filter(({ id, rule }) => id !== ONLY_FROM && rule !== ONLY_FROM);
  const found = resolveScope(rules, schemas, earlier);
  const isApproved = await approvals(store, now());
  const accepted = new Set<string>();
  for (const one of found.repointed) {
    if (isApproved(repointing(one)) || (await isMadeAgain(store, schemas, one)))
      accepted.add(referenceKey(one.side, one.ref));
  }
  const accepts = ({ side, ref }: RepointedRef): boolean => accepted.has(referenceKey(side, ref));
  const { optOutTypes = [] } = schemas.hubspot;
  const ids = new Map(found.ids(accepts));
  for (const ref of mapping.consent.unsubscribeFrom) {
    const type = findOptOutType(optOutTypes, ref.nameOrId, earlier);
    if (type !== null) ids.set(optOutTypeKey(ref), type.id);
  }
  for (const [key, id] of ids) await saveCursor(store, FOUND + key, id, now());
  const optOuts = resolveConsent(mapping.consent, optOutTypes, earlier);
  const repointed = found.repointed.filter((one) => !accepts(one));
  return {
    scope: ofRules(found.rules(accepts)),
    consent: optOuts.consent,
    problems: [
      ...ofRules(found.unresolved).map(listGone),
      ...found.renamed.map(listRenamed),
      ...optOuts.problems,
      ...missingProperties(mapping.fields, schemas),
      ...lockedProperties(mapping.fields, schemas),
      ...clashingTypes(mapping.fields, schemas),
    ],
    repointed,
    scopeIfApproved: ofRules(found.rules(EVERYTHING_ACCEPTED)),
    // The contact lane does not keep the members of the collections that only engagement names.
    candidates: perSide((side) =>
      repointed
        .filter((one) => one.side === side)
        .flatMap(({ rule, from, to }) => (rule === ONLY_FROM ? [from, to] : [to])),
    ),
  };
}
