import type { Schema } from "../../connectors/connector.ts";
import type { Mapping } from "../../model/mapping.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import type { Side } from "../../model/side.ts";
import { otherSide } from "../../model/side.ts";
import { pullSide } from "../../pull/pull-side.ts";
import type { Opened } from "../deps.ts";
import { guardAccount } from "../guard-account.ts";
import { resolveRemembered } from "./remembered-scope.ts";
import { runContext } from "./run-context.ts";
const NOT_KNOWN: Schema = { fields: [], collections: [] };

/**
 * Reads the side that is not out, with the ids under which the mapping's lists were last found: a day of
 * one system's quota that is used up does not make the other's changes wait until tomorrow. Writes to neither side. A
 * mapping that has changed since, or that never ran, waits for both sides.
 *
 * @param out the side that is out
 */
export async function readOtherSide(opened: Opened, mapping: Mapping, out: Side): Promise<void> {
  const side = otherSide(out);
  const { connection, store, connectors, signal } = opened;
  if (connection.mappingHash !== mapping.hash) return;
  const accounts = { hubspot: connection.hubspotAccount, klaviyo: connection.klaviyoAccount };
  const wanted = { hubspot: mapping.hubspot.portalId, klaviyo: mapping.klaviyo.accountId };
  try {
    guardAccount(side, await connectors[side].account(signal), wanted[side] ?? accounts[side]);
    const schema = await connectors[side].outline(signal);
    const schemas = { hubspot: NOT_KNOWN, klaviyo: NOT_KNOWN, [side]: schema };
    const remembered = await resolveRemembered(store, mapping);
    const candidates = { hubspot: [], klaviyo: [] };
    await pullSide(runContext(opened, mapping, { schemas, candidates, ...remembered }), side);
  } catch (error) {
    // Both are out: the run tells of the first.
    if (!(error instanceof SystemUnavailable)) throw error;
  }
}
