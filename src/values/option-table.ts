import type { OptionTable } from "../model/mapping.ts";
import { hubspotWords, ownSpelling, tableWords } from "../model/own-spelling.ts";
import type { Side } from "../model/side.ts";

/** `undefined`: the table has no answer and says that this is an error. `null`: the table says to drop it. */
export type Translated = string | null | undefined;

/** An option of one side as the field's value, which is Klaviyo's and, there, stays as it is spelled. */
export function fromOption(
  table: OptionTable,
  hubspotOptions: readonly string[],
  side: Side,
  option: string,
): Translated {
  if (side === "hubspot") return hubspotPair(table, hubspotOptions, option)?.[1] ?? other(table, option);
  return klaviyoPair(table, hubspotOptions, option) === undefined ? other(table, option) : option;
}

/** A field's value as an option of one side. Of several HubSpot options with one Klaviyo value, the first is meant. */
export function toOption(
  table: OptionTable,
  hubspotOptions: readonly string[],
  side: Side,
  value: string,
): Translated {
  const pair = klaviyoPair(table, hubspotOptions, value);
  if (side === "klaviyo") return pair === undefined ? other(table, value) : value;
  if (pair !== undefined) return pair[0];
  // Kept as it is, it would come back as the Klaviyo value of the HubSpot option that is called the same.
  return hubspotPair(table, hubspotOptions, value) === undefined ? other(table, value) : undefined;
}

type Pair = OptionTable["pairs"][number];

function hubspotPair(
  table: OptionTable,
  hubspotOptions: readonly string[],
  option: string,
): Pair | undefined {
  const word = ownSpelling(hubspotWords(table, hubspotOptions), option);
  return table.pairs.find(([hubspot]) => hubspot === word);
}

function klaviyoPair(table: OptionTable, hubspotOptions: readonly string[], value: string): Pair | undefined {
  const word = ownSpelling(tableWords(table, hubspotOptions), value);
  return table.pairs.find(([, klaviyo]) => klaviyo === word);
}

function other(table: OptionTable, value: string): Translated {
  if (table.others === "keep") return value;
  return table.others === "drop" ? null : undefined;
}
