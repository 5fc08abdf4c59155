import { WHERE_TO_MAKE } from "../../mapping/key-scopes.ts";
import { readSecret } from "../../mapping/read-secret.ts";
import type { SecretRef } from "../../model/keys/secret-ref.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import type { App } from "../app.ts";
import type { Ask } from "../ask.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";

/**
 * The two keys, from where the mapping will name them; on a terminal a variable that is not set is asked for, and used
 * this once.
 *
 * @throws CommandFailure 77 with what is missing, where to make it and how to give it
 */
export async function initKeys(
  app: App,
  refs: PerSide<SecretRef>,
  ask: Ask | null,
): Promise<PerSide<string>> {
  const hubspot = await keyOf(app, "hubspot", refs.hubspot, ask);
  return { hubspot, klaviyo: await keyOf(app, "klaviyo", refs.klaviyo, ask) };
}

async function keyOf(app: App, side: Side, ref: SecretRef, ask: Ask | null): Promise<string> {
  const read = readSecret(ref, app.env);
  if ("secret" in read) return read.secret;
  const name = SIDE_NAMES[side];
  if (ask !== null && "env" in ref) {
    app.talk(`${name} key: ${read.wrong}.\n  ${WHERE_TO_MAKE[side]}\n`);
    const given = await ask(`Paste it here; it is used now and written nowhere: `, { secret: true });
    const checked = readSecret({ env: "GIVEN" }, { GIVEN: given });
    if ("secret" in checked) return checked.secret;
  }
  const other = `--${side}-token-env NAME or --${side}-token-file PATH names another place`;
  throw new CommandFailure(
    EXIT.credentials,
    `No ${name} key: ${read.wrong}.\n  fix: ${read.fix} ${other}.\n  Where it is made: ${WHERE_TO_MAKE[side]}`,
  );
}
