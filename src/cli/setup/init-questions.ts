import type { Schema } from "../../connectors/connector.ts";
import type { FirstMapping } from "../../mapping/first/first-mapping.ts";
import type { FirstRule } from "../../mapping/first/first-rule.ts";
import { obviousRule, sensibleLists } from "../../mapping/first/first-rule.ts";
import type { GuessedCountry } from "../../mapping/first/guess-country.ts";
import { guessCountry, isCountry } from "../../mapping/first/guess-country.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import type { App } from "../app.ts";
import type { Ask } from "../ask.ts";

/** What the accounts tell of a first mapping, before anybody decides anything. */
export type ReadAccounts = Omit<FirstMapping, "rule" | "bothWays" | "returning" | "country">;

/** What the data suggests; on a terminal the person has the last word. */
export async function askAboutMapping(
  app: App,
  given: ReadAccounts,
  ask: Ask | null,
  oneWay = false,
): Promise<Omit<FirstMapping, keyof ReadAccounts>> {
  const guess = guessCountry(phones(given));
  const obvious = obviousRule(given.schemas, "hubspot");
  const back = obviousRule(given.schemas, "klaviyo");
  if (ask === null)
    return { rule: obvious, bothWays: !oneWay, returning: oneWay ? null : back, country: guess };
  const rule = await askRule(app, given.schemas, "hubspot", obvious, ask);
  const bothWays = !oneWay && (await askBothWays(app, ask));
  return {
    rule,
    bothWays,
    returning: bothWays ? await askRule(app, given.schemas, "klaviyo", back, ask) : null,
    country: await askCountry(app, guess, ask),
  };
}

async function askBothWays(app: App, ask: Ask): Promise<boolean> {
  for (;;) {
    const answer = await ask(
      "Sync both ways, or one way from HubSpot to Klaviyo? (both, one; Enter for both): ",
    );
    if (answer === "" || answer === "both") return true;
    if (answer === "one") return false;
    app.talk("Type both or one.\n");
  }
}

function phones({ samples, fields }: ReadAccounts): readonly string[] {
  const field = fields.find(({ klaviyo }) => klaviyo === "phone_number");
  if (field === undefined) return [];
  return SIDES.flatMap((side) =>
    samples[side].contacts.flatMap(({ values, unreadable }) => {
      const value = unreadable[field[side]] ?? values[field[side]];
      return typeof value === "string" ? [value] : [];
    }),
  );
}

const WHOM: PerSide<string> = {
  hubspot: "Which contacts should sync?",
  klaviyo: "For whom should edits in Klaviyo sync to HubSpot?",
};

async function askRule(
  app: App,
  schemas: PerSide<Schema>,
  side: Side,
  obvious: FirstRule | null,
  ask: Ask,
): Promise<FirstRule | null> {
  const lists = sensibleLists(schemas, side).slice(0, 9);
  if (lists.length === 0) return obvious;
  const rows = lists.map(
    ({ name, size }, at) => `  ${at + 1}  ${name} (${size?.toLocaleString("en") ?? "?"})`,
  );
  app.talk(`${WHOM[side]} ${SIDE_NAMES[side]}'s largest lists:\n${rows.join("\n")}\n`);
  for (;;) {
    const answer = await ask(`A number, or Enter ${obvious === null ? "to decide later" : "for 1"}: `);
    if (answer === "") return obvious;
    const collection = /^\d$/.test(answer) ? lists[Number(answer) - 1] : undefined;
    if (collection !== undefined) return { from: side, collection };
    app.talk(`There is no ${answer} in this list.\n`);
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
