import type { Diagnostic, Finding, Path, Place } from "./diagnostic.ts";
import { diagnostic } from "./diagnostic.ts";
import { yamlSource } from "../yaml/yaml-source.ts";

/** The text that a mapping came from; with it diagnostics point at the word, without it at the entry's line. */
export interface MappingText {
  readonly file: string;
  readonly text: string;
}

/** Says something of a place in the mapping; `near` is where it is told where the text is not known. */
export type Tell = (
  path: Path,
  part: "key" | "value",
  near: { readonly line: number; readonly column?: number },
  finding: Finding,
) => void;

/** Collects what is told; `found` gives it in the order of the file. */
export function tellAt({ file, text }: MappingText): {
  readonly tell: Tell;
  readonly found: () => readonly Diagnostic[];
} {
  const source = text === "" ? null : yamlSource(text, file);
  const told: Diagnostic[] = [];
  return {
    tell(path, part, near, finding) {
      const place: Place =
        source !== null && "place" in source ? source.place(path, part) : { length: 1, column: 1, ...near };
      told.push(diagnostic(file, path, place, finding));
    },
    found: () => told.toSorted((a, b) => a.line - b.line || a.column - b.column),
  };
}
