import type { Command } from "commander";
import { Option } from "commander";
import { checkAgainst } from "../../mapping/accounts/check-against.ts";
import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import type { MappingOnDisk } from "../../mapping/read-mapping.ts";
import { readMapping } from "../../mapping/read-mapping.ts";
import { sameNames } from "../../mapping/accounts/same-names.ts";
import type { SavedSchema } from "../../mapping/accounts/schema-file.ts";
import { foreignSchema } from "../../mapping/accounts/schema-file.ts";
import type { App, CommonOptions } from "../app.ts";
import type { CheckedFile, CheckFormat } from "./check-report.ts";
import { CHECK_FORMATS, reportCheck } from "./check-report.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { mappingPath } from "../load-mapping.ts";
import { mappingFiles } from "../mapping-files.ts";
import { checkSchemaPlace, loadSavedSchema, saveSchema, unusable } from "./saved-schema.ts";

interface CheckOptions extends CommonOptions {
  readonly remote?: boolean;
  readonly schema?: string;
  readonly saveSchema?: string;
  readonly denyWarnings?: boolean;
  readonly format?: CheckFormat;
}

export function checkCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("check [file]")
    .description("Check the mapping. With --remote, also against both accounts.")
    .option("--remote", "check every name in both accounts, and read some contacts")
    .addOption(
      new Option("--save-schema <file>", "keep what both accounts have, for --schema").implies({
        remote: true,
      }),
    )
    .addOption(
      new Option(
        "--schema <file>",
        "check every name against what --save-schema kept; needs no keys",
      ).conflicts(["remote", "saveSchema"]),
    )
    .option("--deny-warnings", "warnings count as errors")
    .addOption(new Option("--format <format>", "how problems are written").choices(CHECK_FORMATS))
    .action(async (file: string | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<CheckOptions>();
      const paths = mappingFiles(file ?? mappingPath(app, options));
      if (options.saveSchema !== undefined && paths.length > 1) {
        const message = `--save-schema keeps one connection, and there are ${paths.length} files.\n  fix: name one of them: tandem check ${paths[0]} --save-schema FILE`;
        throw new CommandFailure(EXIT.usage, message);
      }
      if (options.saveSchema !== undefined) checkSchemaPlace(options.saveSchema);
      const saved = options.schema === undefined ? null : loadSavedSchema(options.schema);
      const files: CheckedFile[] = [];
      for (const path of paths) files.push(await checkFile(app, options, path, saved));
      const all = withSameNames(files);
      reportCheck(app, options, all);
      exit(verdict(all, options.denyWarnings === true));
    });
}

async function checkFile(
  app: App,
  options: CheckOptions,
  path: string,
  saved: SavedSchema | null,
): Promise<CheckedFile> {
  const read = readMapping(path);
  const { mapping, text } = read;
  const origin = { file: path, text };
  const checked = (more: readonly Diagnostic[]): CheckedFile => ({
    path,
    text,
    mapping,
    diagnostics: [...read.diagnostics, ...more].sort((a, b) => a.line - b.line || a.column - b.column),
  });
  if (mapping === null || isRefused(read)) return checked([]);
  if (saved !== null) {
    const foreign = foreignSchema(mapping, saved);
    if (foreign !== null) {
      throw unusable(
        options.schema ?? "",
        foreign,
        `save it with the keys of ${path}, or name the right one`,
      );
    }
    return checked(checkAgainst(mapping, saved.schemas, origin));
  }
  if (options.remote !== true) return checked([]);
  if (app.watched && options.quiet !== true) app.talk(`Asking HubSpot and Klaviyo about ${path}\n`);
  const { checkRemote } = await import("./check-remote.ts");
  const remote = await checkRemote(app, mapping, origin);
  if (options.saveSchema !== undefined && remote.saved !== null) saveSchema(options.saveSchema, remote.saved);
  return checked(remote.diagnostics);
}

function isRefused({ diagnostics }: MappingOnDisk): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

/** A connection is known by its name, so two files with one name would be one connection. */
function withSameNames(files: readonly CheckedFile[]): readonly CheckedFile[] {
  const found = sameNames(files);
  return files.map((file) => ({
    ...file,
    diagnostics: [...file.diagnostics, ...found.filter((each) => each.file === file.path)].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    ),
  }));
}

/** 77 where a key lacks scopes: no editing of the file would help. */
function verdict(files: readonly CheckedFile[], denyWarnings: boolean): ExitCode {
  const all = files.flatMap(({ diagnostics }) => diagnostics);
  if (all.some(({ code }) => code === "M318" || code === "M320")) return EXIT.credentials;
  const wrong = all.some(({ severity }) => severity === "error" || (denyWarnings && severity === "warning"));
  return wrong ? EXIT.config : EXIT.done;
}
