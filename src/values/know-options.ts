import type { Schema } from "../connectors/connector.ts";
import type { FieldRule, OptionTable } from "../model/mapping.ts";
import { ownSpelling } from "../model/own-spelling.ts";
import type { PerSide } from "../model/side.ts";

/**
 * The fields, each with the options that HubSpot has for it now, and its option table in HubSpot's own spelling. Only the
 * comparing and the writing use them: what was read is kept as it was shown, so an option that HubSpot loses or gains
 * makes nobody's value look edited.
 */
export function knowOptions(
  fields: readonly FieldRule[],
  { hubspot }: Pick<PerSide<Schema>, "hubspot">,
): readonly FieldRule[] {
  const known = new Map(hubspot.fields.map(({ property, options }) => [property, options]));
  return fields.map((rule) => {
    const hubspotOptions = known.get(rule.property.hubspot) ?? null;
    if (hubspotOptions === null) return rule;
    const options = rule.options === null ? null : inOwnSpelling(rule.options, hubspotOptions);
    return { ...rule, hubspotOptions, options };
  });
}

function inOwnSpelling({ pairs, others }: OptionTable, hubspotOptions: readonly string[]): OptionTable {
  const written = new Set(pairs.map(([hubspot]) => hubspot));
  const own = (option: string): string => {
    const word = ownSpelling(hubspotOptions, option) ?? option;
    return written.has(word) ? option : word;
  };
  return { pairs: pairs.map(([hubspot, klaviyo]) => [own(hubspot), klaviyo]), others };
}
