import { maskSecrets } from "./mask-secrets.ts";
import { clip } from "../../model/clip.ts";

/** Where in the mapping's data: `["fields", 3, "hubspot"]`. */
export type Path = readonly (string | number)[];

/**
 * Codes: M00x the file, M01x YAML, M1xx structure, M190 known but not built yet, M2xx meaning, M3xx the two accounts.
 * They are stable: scripts and editors filter by them.
 */
export interface Diagnostic {
  readonly file: string;
  readonly code: `M${string}`;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  /** 1-based, as editors count: columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** How much of the line is meant; at least 1, never beyond its end. */
  readonly length: number;
  readonly help: string | null;
  readonly path: Path;
}

/** A stretch of one line. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** What a diagnostic says, without where. */
export interface Finding {
  readonly code: `M${string}`;
  readonly severity?: Diagnostic["severity"];
  readonly message: string;
  readonly help?: string;
}

/** The only way to make a diagnostic: whatever looks like a key is masked before anybody can print it. */
export function diagnostic(file: string, path: Path, place: Place, finding: Finding): Diagnostic {
  return {
    file,
    code: finding.code,
    severity: finding.severity ?? "error",
    message: oneLine(maskSecrets(finding.message)),
    line: place.line,
    column: place.column,
    length: Math.max(1, place.length),
    help: finding.help === undefined ? null : oneLine(maskSecrets(finding.help)),
    path: path.map((step) => (typeof step === "number" ? step : maskSecrets(step))),
  };
}

/** A message quotes what was written, which may be a whole page. One line each, so that no message breaks a log. */
function oneLine(text: string): string {
  return clip(text.replaceAll(/[\n\r\p{Cc}]+/gu, " "), LONGEST_MESSAGE);
}

const LONGEST_MESSAGE = 400;

/** `["rules", 0, "on_leave"]` as people write it: `rules[0].on_leave`. */
export function spell(path: Path): string {
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join("");
}
