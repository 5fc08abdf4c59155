import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { People, Shown } from "./people.ts";
import { expectedOn } from "./people.ts";

/** More than this tells nobody more. */
const MOST_TOLD = 5;

/** How what both sides truly hold differs from what they should: nobody missing, nobody twice, every field right. */
export function differences(
  people: People,
  filledFrom: Side,
  shown: Readonly<Record<Side, readonly Shown[]>>,
): readonly string[] {
  const found = SIDES.flatMap((side) => differencesOn(side, people, filledFrom, shown[side]));
  const more = found.length - MOST_TOLD;
  return more > 0 ? [...found.slice(0, MOST_TOLD), `${more} more differences`] : found;
}

function differencesOn(
  side: Side,
  people: People,
  filledFrom: Side,
  shown: readonly Shown[],
): readonly string[] {
  const found: string[] = [];
  const met = new Set<string>();
  for (const one of shown) {
    const email = one["email"] ?? "";
    const who = people.get(email);
    if (who === undefined) found.push(`${side} has ${email}, who should not be there`);
    else if (met.has(email)) found.push(`${side} has ${email} twice`);
    else found.push(...fieldDifferences(side, one, expectedOn(side, filledFrom, who)));
    met.add(email);
  }
  for (const email of people.keys()) if (!met.has(email)) found.push(`${side} lacks ${email}`);
  return found;
}

function fieldDifferences(side: Side, shown: Shown, expected: Shown): readonly string[] {
  return Object.keys(expected)
    .filter((field) => shown[field] !== expected[field])
    .map(
      (field) =>
        `${side} has "${shown[field]}", not "${expected[field]}", as ${field} of ${expected["email"]}`,
    );
}
