import type { Diagnostic } from "./diagnostic.ts";

/** A diagnostic as scripts read it. The keys are stable; lines and columns count from 1, `endColumn` is behind the last. */
export interface ToldDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly code: Diagnostic["code"];
  readonly severity: Diagnostic["severity"];
  readonly message: string;
  readonly help: string | null;
}

export function toldDiagnostic(each: Diagnostic): ToldDiagnostic {
  const { file, line, column, length, code, severity, message, help } = each;
  return { file, line, column, endLine: line, endColumn: column + length, code, severity, message, help };
}

/** How many of each severity; every document ends with it. */
export function countSeverities(diagnostics: readonly Diagnostic[]): {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
} {
  const count = (severity: Diagnostic["severity"]): number =>
    diagnostics.filter((each) => each.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), notes: count("info") };
}
