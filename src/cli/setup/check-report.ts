import { isAbsolute, relative } from "node:path";
import pkg from "../../../package.json" with { type: "json" };
import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import { githubDiagnostics } from "../../mapping/diagnostics/diagnostics-github.ts";
import { countSeverities, toldDiagnostic } from "../../mapping/diagnostics/diagnostics-json.ts";
import { sarifDiagnostics } from "../../mapping/diagnostics/diagnostics-sarif.ts";
import { formatDiagnostics } from "../../mapping/diagnostics/format-diagnostics.ts";
import type { Mapping } from "../../model/mapping.ts";
import { counted } from "../../model/count-words.ts";
import type { App, CommonOptions } from "../app.ts";
import { json } from "../json.ts";
import { coloured } from "../load-mapping.ts";

export const CHECK_FORMATS = ["text", "json", "github", "sarif"] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

/** A mapping file and everything that is to be said of it. */
export interface CheckedFile {
  readonly path: string;
  readonly text: string;
  readonly mapping: Mapping | null;
  readonly diagnostics: readonly Diagnostic[];
}

interface ReportOptions extends CommonOptions {
  readonly format?: CheckFormat;
  readonly remote?: boolean;
  readonly schema?: string;
}

/** Writes what was found, in the asked-for format. */
export function reportCheck(app: App, options: ReportOptions, files: readonly CheckedFile[]): void {
  const all = files.flatMap(({ diagnostics }) => diagnostics);
  switch (options.format ?? (options.json === true ? "json" : "text")) {
    case "json":
      return app.out(
        json({
          files: files.map(({ path }) => path),
          ...countSeverities(all),
          diagnostics: all.map(toldDiagnostic),
        }),
      );
    case "github":
      return app.out(githubDiagnostics(all, fromHere));
    case "sarif":
      return app.out(json(sarifDiagnostics(all, { version: pkg.version, pathOf: fromHere })));
    case "text":
      return reportText(app, options, files);
  }
}

/** Services know a repository's files by their paths in it, which is where they start commands. */
function fromHere(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") || isAbsolute(path) ? file : path;
}

function reportText(app: App, options: ReportOptions, files: readonly CheckedFile[]): void {
  const color = coloured(app, options, app.outWatched);
  for (const { path, text, mapping, diagnostics } of files) {
    if (diagnostics.length > 0) app.raw.out(formatDiagnostics(diagnostics, text, { color }));
    else app.out(allRight(path, mapping, options));
  }
  if (files.length === 1) return;
  const { errors, warnings } = countSeverities(files.flatMap(({ diagnostics }) => diagnostics));
  app.out(`${counted(errors, "error")}, ${counted(warnings, "warning")} in ${files.length} files\n`);
}

function allRight(path: string, mapping: Mapping | null, { remote, schema }: ReportOptions): string {
  const rules = counted(mapping?.rules.length ?? 0, "rule");
  const fields = counted(mapping?.fields.length ?? 0, "field");
  const source =
    remote === true
      ? "both accounts have every name in it"
      : schema === undefined
        ? "--remote asks both accounts for its names"
        : `${schema} has every name in it`;
  return `${path} is right: ${rules}, ${fields}; ${source}\n`;
}
