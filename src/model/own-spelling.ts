import type { FieldRule, OptionTable } from "./mapping.ts";
import { commonSide } from "./mapping.ts";
import type { Value } from "./value.ts";
import { canonicalList } from "./value.ts";

/**
 * Options match whatever their letter case: a value that differs from one only in it is that option. Of two options that
 * differ in nothing else, each is only itself.
 */

/** The word that is written so, or the only one that differs from it just in letter case; `undefined` where none is. */
export function ownSpelling(words: readonly string[], written: string): string | undefined {
  if (words.includes(written)) return written;
  const small = written.toLowerCase();
  const [only, ...others] = words.filter((word) => word.toLowerCase() === small);
  return others.every((word) => word === only) ? only : undefined;
}

/** A value with every word of it in its own spelling; what is no word stays as it is. */
export function spelled(words: readonly string[], value: Value): Value {
  if (typeof value === "string") return ownSpelling(words, value) ?? value;
  return typeof value === "object" && value !== null
    ? canonicalList(value.map((item) => ownSpelling(words, item) ?? item))
    : value;
}

/** The words of an option table as fields have them: Klaviyo's, and HubSpot's of the options without a pair. */
export function tableWords({ pairs }: OptionTable, hubspotOptions: readonly string[]): readonly string[] {
  const paired = new Set(pairs.map(([hubspot]) => hubspot));
  return [...pairs.map(([, klaviyo]) => klaviyo), ...hubspotOptions.filter((option) => !paired.has(option))];
}

/** HubSpot's words of an option table: those that it names, and the options that there are. */
export function hubspotWords({ pairs }: OptionTable, hubspotOptions: readonly string[]): readonly string[] {
  return [...new Set([...pairs.map(([hubspot]) => hubspot), ...hubspotOptions])];
}

type Worded = Pick<FieldRule, "options" | "hubspotOptions" | "direction" | "transforms">;

/** The words that a field's values match in any letter case, or `null` where every spelling is its own value. */
export function fieldWords({
  options,
  hubspotOptions,
  direction,
  transforms,
}: Worded): readonly string[] | null {
  if (options !== null) return tableWords(options, hubspotOptions ?? []);
  // What a transform made of an option for Klaviyo is no option of HubSpot's any more.
  const turned =
    commonSide(direction) === "klaviyo" && transforms.hubspot.length + transforms.klaviyo.length > 0;
  return turned ? null : (hubspotOptions ?? null);
}
