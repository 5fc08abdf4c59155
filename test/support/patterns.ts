import { parseAst } from "vitest/node";
import { textFiles } from "./text-files.ts";
import type { Pattern } from "./worst-inputs.ts";

/** A regular expression of the product, with the file that it is in. */
export interface KnownPattern extends Pattern {
  readonly path: string;
}

/** Every regular expression literal of `src/`, each once a file, and every place that makes one out of a string. */
export function patternsOfSource(): {
  readonly literals: readonly KnownPattern[];
  readonly made: readonly string[];
} {
  const literals = new Map<string, KnownPattern>();
  const made: string[] = [];
  for (const { path, text } of textFiles("src")) {
    for (const node of nodesOf(parseAst(text, { lang: "ts" }))) {
      const { regex } = node;
      if (isPattern(regex)) {
        const { pattern: source, flags } = regex;
        literals.set(`${path} /${source}/${flags}`, { path, source, flags });
      }
      if (isNode(node["callee"]) && node["callee"]["name"] === "RegExp") made.push(path);
    }
  }
  return { literals: [...literals.values()], made };
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

function isPattern(value: unknown): value is { readonly pattern: string; readonly flags: string } {
  return isNode(value) && typeof value["pattern"] === "string" && typeof value["flags"] === "string";
}

function* nodesOf(tree: unknown): Generator<Node> {
  if (!isNode(tree)) return;
  if (!Array.isArray(tree)) yield tree;
  for (const part of Object.values(tree)) yield* nodesOf(part);
}
