import type { Schema } from "../../connectors/connector.ts";
import { guardAccount } from "../../lanes/guard-account.ts";
import type { Side } from "../../model/side.ts";
import type { App, CommonOptions } from "../app.ts";
import { loadMapping, loadSecrets } from "../load-mapping.ts";
import { loadSavedSchema } from "./saved-schema.ts";

export interface SchemaOptions extends CommonOptions {
  /** A file of `check --save-schema`, instead of asking. */
  readonly schema?: string;
}

/** What the mapping's accounts have, of the sides that are asked for: saved, or asked for now. */
export async function accountSchemas(
  app: App,
  options: SchemaOptions,
  sides: readonly Side[],
): Promise<readonly (Schema & { readonly side: Side })[]> {
  if (options.schema !== undefined) {
    const { schemas } = loadSavedSchema(options.schema);
    return sides.map((side) => ({ side, ...schemas[side] }));
  }
  const { mapping } = loadMapping(app, options);
  const connectors = await app.connect(mapping, loadSecrets(app, mapping), null);
  const expected = { hubspot: mapping.hubspot.portalId, klaviyo: mapping.klaviyo.accountId };
  const ask = async (side: Side) => {
    guardAccount(side, await connectors[side].account(app.signal), expected[side]);
    return { side, ...(await connectors[side].discover(app.signal)) };
  };
  return Promise.all(sides.map(ask));
}
