import type { Schema } from "../../connectors/connector.ts";
import type { FirstMapping } from "../../mapping/first/first-mapping.ts";
import type { FirstRule } from "../../mapping/first/first-rule.ts";
import { obviousRule, sensibleLists } from "../../mapping/first/first-rule.ts";
import type { GuessedCountry } from "../../mapping/first/guess-country.ts";
import { guessCountry, isCountry } from "../../mapping/first/guess-country.ts";
import type { PerSide } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import type { App } from "../app.ts";
import type { Ask } from "../ask.ts";

/** What the accounts tell of a first mapping, before anybody decides anything. */
export type Looked = Omit<FirstMapping, "rule" | "country">;

/** What the data suggests; on a terminal the person has the last word. */
export async function askAboutMapping(
  app: App,
  given: Looked,
  ask: Ask | null,
): Promise<Pick<FirstMapping, "rule" | "country">> {
  const guess = guessCountry(phones(given));
  const obvious = obviousRule(given.schemas);
  if (ask === null) return { rule: obvious, country: guess };
  return {
    rule: await askRule(app, given.schemas, obvious, ask),
    country: await askCountry(app, guess, ask),
  };
}

function phones({ samples, fields }: Looked): readonly string[] {
  const field = fields.find(({ klaviyo }) => klaviyo === "phone_number");
  if (field === undefined) return [];
  return SIDES.flatMap((side) =>
    samples[side].contacts.flatMap(({ values, unreadable }) => {
      const value = unreadable[field[side]] ?? values[field[side]];
      return typeof value === "string" ? [value] : [];
    }),
  );
}

async function askRule(
  app: App,
  schemas: PerSide<Schema>,
  obvious: FirstRule | null,
  ask: Ask,
): Promise<FirstRule | null> {
  const lists = sensibleLists(schemas).slice(0, 9);
  if (lists.length === 0) return obvious;
  const rows = lists.map(
    ({ name, size }, at) => `  ${at + 1}  ${name} (${size?.toLocaleString("en") ?? "?"})`,
  );
  app.talk(`Whom to keep in step? HubSpot's largest lists:\n${rows.join("\n")}\n`);
  for (;;) {
    const answer = await ask(`A number, or Enter for ${obvious === null ? "deciding later" : "1"}: `);
    if (answer === "") return obvious;
    const collection = /^\d$/.test(answer) ? lists[Number(answer) - 1] : undefined;
    if (collection !== undefined) return { from: "hubspot", collection };
    app.talk(`There is no ${answer} among them.\n`);
  }
}

async function askCountry(app: App, guess: GuessedCountry | null, ask: Ask): Promise<GuessedCountry | null> {
  const otherwise = guess === null ? "none" : guess.country;
  for (;;) {
    const answer = await ask(`Country of phone numbers without a country code, or Enter for ${otherwise}: `);
    if (answer === "") return guess;
    if (isCountry(answer.toUpperCase())) return { country: answer.toUpperCase(), numbers: 0, of: 0 };
    app.talk("Two letters are needed, for example EE or US.\n");
  }
}
