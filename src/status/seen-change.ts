import type { Values } from "../model/value.ts";

/** A write as the journal has it. */
interface JournalledChange {
  readonly kind: string;
  readonly before: Values;
  readonly after: Values;
  readonly refusedFields: readonly string[];
}

/** A write with the values that pages show: what it changed, and not all else that its target showed. */
export function seenChange({ before, after, ...change }: JournalledChange): object {
  const { kind, refusedFields } = change;
  const keys = Object.keys(after).filter((key) => !refusedFields.includes(key));
  const pick = (values: Values) => Object.fromEntries(keys.map((key) => [key, values[key] ?? null]));
  const isChange = kind === "update" || kind === "stamp";
  return { ...change, ...(isChange ? { before: pick(before) } : {}), after: pick(after) };
}
