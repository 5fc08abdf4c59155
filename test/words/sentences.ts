import { parseSync } from "oxc-parser";

/** A sentence or part of one that a file of `src/` holds, with `…` where a value goes. */
export interface Sentence {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** The strings and templates of a file that have a space in them: names and codes have none. */
export function sentencesOf(path: string, source: string): readonly Sentence[] {
  const { program } = parseSync(path, source);
  const found: Sentence[] = [];
  const add = (start: number, text: string): void => {
    const line = source.slice(0, start).split("\n").length;
    const plain = text.replaceAll(/<[^>]*>/g, "\n").replaceAll(/[ \t]+/g, " ");
    for (const part of plain.split(/\n\s*\n|(?<=>)\n/)) {
      const words = part.replaceAll(/\s+/g, " ").trim();
      if (words.includes(" ")) found.push({ path, line, text: words });
    }
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (node === null || typeof node !== "object" || !("type" in node)) return;
    const one = node as Node;
    if (one.type === "ImportDeclaration" || one.type.startsWith("TS")) return;
    if (one.type === "Literal" && typeof one["value"] === "string") add(one.start, one["value"]);
    if (one.type === "TemplateLiteral") {
      const quasis = one["quasis"] as readonly { readonly value: { readonly cooked: string } }[];
      add(one.start, quasis.map(({ value }) => value.cooked).join("…"));
    }
    for (const [key, child] of Object.entries(one)) if (key !== "type") walk(child);
  };
  walk(program);
  return found;
}
