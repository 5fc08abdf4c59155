import type { OptionTable } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";

/** `undefined`: the table has no answer and says that this is an error. `null`: the table says to drop it. */
export type Translated = string | null | undefined;

/** An option of one side as the field's value, which is Klaviyo's. Case counts: options of both systems differ by it. */
export function fromOption(table: OptionTable, side: Side, option: string): Translated {
  if (side === "hubspot") {
    const pair = table.pairs.find(([hubspot]) => hubspot === option);
    return pair === undefined ? other(table, option) : pair[1];
  }
  return table.pairs.some(([, klaviyo]) => klaviyo === option) ? option : other(table, option);
}

/** A field's value as an option of one side. Of several HubSpot options with one Klaviyo value, the first is meant. */
export function toOption(table: OptionTable, side: Side, value: string): Translated {
  const pair = table.pairs.find(([, klaviyo]) => klaviyo === value);
  if (side === "klaviyo") return pair === undefined ? other(table, value) : value;
  if (pair !== undefined) return pair[0];
  // Kept as it is, it would come back as the Klaviyo value of the HubSpot option that is called the same.
  return table.pairs.some(([hubspot]) => hubspot === value) ? undefined : other(table, value);
}

function other(table: OptionTable, value: string): Translated {
  if (table.others === "keep") return value;
  return table.others === "drop" ? null : undefined;
}
