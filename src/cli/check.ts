import type { Command } from "commander";
import { guardAccount } from "../daemon/guard-account.ts";
import { checkAgainst } from "../mapping/check-against.ts";
import type { Diagnostic } from "../mapping/diagnostic.ts";
import { formatDiagnostics } from "../mapping/format-diagnostics.ts";
import { readMapping } from "../mapping/read-mapping.ts";
import type { Mapping } from "../model/mapping.ts";
import { counted } from "../status/count-words.ts";
import type { App, CommonOptions } from "./app.ts";
import type { ExitCode } from "./exit-code.ts";
import { EXIT } from "./exit-code.ts";
import { json } from "./json.ts";
import { coloured, loadSecrets, mappingPath } from "./load-mapping.ts";

interface CheckOptions extends CommonOptions {
  readonly remote?: boolean;
  readonly denyWarnings?: boolean;
}

export function checkCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("check [file]")
    .description("is the mapping right? every problem at once; --remote asks both accounts too")
    .option("--remote", "check every name against both accounts")
    .option("--deny-warnings", "warnings count as errors")
    .action(async (file: string | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<CheckOptions>();
      const path = file ?? mappingPath(app, options);
      const { mapping, diagnostics, text } = readMapping(path);
      const remote =
        options.remote === true && mapping !== null ? await checkRemote(app, mapping, path, text) : [];
      const all = [...diagnostics, ...remote].sort((a, b) => a.line - b.line || a.column - b.column);
      if (options.json) app.out(json({ file: path, diagnostics: all }));
      else if (all.length > 0) {
        app.raw.out(formatDiagnostics(all, text, { color: coloured(app, options, app.outWatched) }));
      } else app.out(allRight(path, mapping, options.remote === true));
      const wrong = all.some(
        ({ severity }) => severity === "error" || (options.denyWarnings === true && severity === "warning"),
      );
      exit(wrong ? EXIT.config : EXIT.done);
    });
}

async function checkRemote(
  app: App,
  mapping: Mapping,
  file: string,
  text: string,
): Promise<readonly Diagnostic[]> {
  const connectors = await app.connect(mapping, loadSecrets(app, mapping));
  const [portal, account] = await Promise.all([
    connectors.hubspot.account(app.signal),
    connectors.klaviyo.account(app.signal),
  ]);
  guardAccount("hubspot", portal, mapping.hubspot.portalId);
  guardAccount("klaviyo", account, mapping.klaviyo.accountId);
  const [hubspot, klaviyo] = await Promise.all([
    connectors.hubspot.discover(app.signal),
    connectors.klaviyo.discover(app.signal),
  ]);
  return checkAgainst(mapping, { hubspot, klaviyo }, { file, text });
}

function allRight(path: string, mapping: Mapping | null, remote: boolean): string {
  const rules = counted(mapping?.rules.length ?? 0, "rule");
  const fields = counted(mapping?.fields.length ?? 0, "field");
  const asked = remote ? "both accounts have every name in it" : "--remote asks both accounts for its names";
  return `${path} is right: ${rules}, ${fields}; ${asked}\n`;
}
