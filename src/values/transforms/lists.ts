import { z } from "zod";
import { canonicalList, canonicalText, sameValue } from "../../model/value.ts";
import { wrong } from "../wrong.ts";
import { failed, row } from "./row.ts";

const separator = z
  .string()
  .min(1, { error: wrong("must not be empty", 'for example `", "`, in quotes') })
  .max(10, { error: wrong("is longer than 10 characters", 'for example `", "`, in quotes') });

/** The parts of a text. They are trimmed in a list, so that `a,b` and `a, b` are the same. */
function splitAt(between: string, text: string): readonly string[] {
  return text.split(trimmed(between));
}

/** What is between two items without the white space around it; white space itself where there is nothing else. */
function trimmed(between: string): string {
  return between.trim() === "" ? between : between.trim();
}

export const join = row<"join", typeof separator>({
  schema: separator,
  help: 'A list as one text with this between its items, e.g. ", ". The way back is `split`.',
  read: (written, exact) => ({ kind: "join", separator: written, exact }),
  takes: () => ["list"],
  gives: () => "text",
  fixesType: true,
  back: (step) => ({ kind: "split", separator: step.separator }),
  apply(value, step) {
    const items = typeof value === "object" ? value : [String(value)];
    const text = canonicalText(items.join(step.separator)) ?? "";
    if (!step.exact || sameValue(canonicalList(splitAt(step.separator, text)), canonicalList(items)))
      return text;
    return failed(
      `has an item with \`${trimmed(step.separator)}\` in it, which would be two on the way back`,
    );
  },
  examples: [{ kind: "join", separator: ", ", exact: true }],
});

export const split = row<"split", typeof separator>({
  schema: separator,
  help: "A text cut into a list at this; items are trimmed. The way back is `join`.",
  read: (written) => ({ kind: "split", separator: written }),
  takes: () => ["text"],
  gives: () => "list",
  fixesType: true,
  back: (step) => ({ kind: "join", separator: step.separator, exact: true }),
  apply(value, step) {
    const items = canonicalList(splitAt(step.separator, String(value)));
    return items ?? failed(`has nothing between its \`${step.separator}\``);
  },
  examples: [{ kind: "split", separator: ", " }],
});
