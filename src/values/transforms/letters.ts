import type { Filled } from "../../model/transform.ts";
import { canonicalList, canonicalText } from "../../model/value.ts";
import type { StepOf, TransformRow } from "./row.ts";
import { on, row } from "./row.ts";

type Letters = "lower" | "upper" | "title" | "trim";

/** A text, or each item of a list, in another spelling. */
function spelling<K extends Letters>(
  kind: K,
  help: string,
  change: (text: string) => string,
): TransformRow<K> {
  const step = { kind } as unknown as StepOf<K>;
  return row<K, typeof on>({
    schema: on,
    help,
    read: () => step,
    takes: () => ["text", "option", "list"],
    gives: (_step, type) => type,
    fixesType: false,
    back: () => "as_is",
    apply: (value) => eachText(value, change),
    examples: [step],
  });
}

function eachText(value: Filled, change: (text: string) => string): Filled {
  const changed =
    typeof value === "object" ? canonicalList(value.map(change)) : canonicalText(change(String(value)));
  return changed ?? value;
}

/** The first letter of each word large, the others small. An apostrophe belongs to its word. */
function titleCase(text: string): string {
  return text.replaceAll(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*/gu, (word) => {
    const [first = ""] = word;
    // One letter may have two capitals (`ß`, `SS`): only the first of them begins the word.
    const capitals = first.toUpperCase();
    const [head = ""] = capitals;
    return head + (capitals.slice(head.length) + word.slice(first.length)).toLowerCase();
  });
}

export const lower = spelling(
  "lower",
  "All letters small; of a list, in each item. Needs no way back.",
  (text) => text.toLowerCase(),
);

export const upper = spelling(
  "upper",
  "All letters capital; of a list, in each item. Needs no way back.",
  (text) => text.toUpperCase(),
);

export const title = spelling(
  "title",
  "Each word with a capital first letter and small others. Needs no way back.",
  titleCase,
);

export const trim = spelling("trim", "White space at both ends cut off. Needs no way back.", (text) =>
  text.trim(),
);
