import type { Connector } from "../../connectors/connector.ts";
import type { Deps } from "../../lanes/deps.ts";
import { guardAccount } from "../../lanes/guard-account.ts";
import { checkAgainst } from "../../mapping/accounts/check-against.ts";
import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import { formatDiagnostics } from "../../mapping/diagnostics/format-diagnostics.ts";
import type { Mapping } from "../../model/mapping.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import type { PerSide } from "../../model/side.ts";
import { openStore, readConnection } from "../../store/runs/connections.ts";
import type { App, CommonOptions } from "../app.ts";
import { askBoth } from "../setup/check-remote.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import type { LoadedMapping } from "../load-mapping.ts";
import { coloured, mappingFile } from "../load-mapping.ts";

/**
 * Refuses a mapping that both accounts contradict before a run uses it for the first time: what `check --remote` calls
 * an error of a name, a type, an option or a target. A mapping that has run before is not refused again. What changes in
 * an account later switches off only what it is about, and the run says so: opt-outs must keep traveling.
 *
 * @throws CommandFailure 78 with every problem at its place
 */
export async function refuseUnfitMapping(
  app: App,
  options: CommonOptions,
  deps: Deps,
  { mapping, text }: LoadedMapping,
): Promise<void> {
  const file = mappingFile(app, options);
  const diagnostics = await unfit(deps, deps.connectors, mapping, { file, text });
  if (diagnostics.length === 0) return;
  const message = formatDiagnostics(diagnostics, text);
  const painted = formatDiagnostics(diagnostics, text, { color: coloured(app, options, app.watched) });
  throw new CommandFailure(EXIT.config, message, { diagnostics }, painted);
}

/** The errors of a mapping that has not run yet, by what both accounts have; none while a side does not answer. */
export async function unfit(
  { database, signal }: Pick<Deps, "database" | "signal">,
  connectors: PerSide<Connector>,
  mapping: Mapping,
  origin: { readonly file: string; readonly text: string },
): Promise<readonly Diagnostic[]> {
  const connection = await readConnection(await openStore(database, mapping.name));
  if (connection.mappingHash === mapping.hash) return [];
  try {
    const accounts = await askBoth(connectors, (each) => each.account(signal));
    guardAccount("hubspot", accounts.hubspot, mapping.hubspot.portalId ?? connection.hubspotAccount);
    guardAccount("klaviyo", accounts.klaviyo, mapping.klaviyo.accountId ?? connection.klaviyoAccount);
    const schemas = await askBoth(connectors, (each) => each.outline(signal));
    return checkAgainst(mapping, schemas, origin).filter(({ severity }) => severity === "error");
  } catch (error) {
    // A side that is out, or another account than expected, is told by the run, with all that belongs to it.
    if (error instanceof SystemUnavailable) return [];
    throw error;
  }
}
