import type { Random } from "../../random.ts";
import type { SeedProfile } from "./seed-profile.ts";

const FIRST = [
  "Ada",
  "Ben",
  "Clara",
  "David",
  "Ema",
  "Farid",
  "Greta",
  "Hugo",
  "Ines",
  "Jonas",
  "Kaya",
  "Liv",
];
const LAST = [
  "Almeida",
  "Berg",
  "Costa",
  "Dahl",
  "Eriksen",
  "Fischer",
  "Garcia",
  "Holm",
  "Ito",
  "Jensen",
  "Kowalski",
];
const CITIES = ["Copenhagen", "Berlin", "Lisbon", "Oslo", "Vienna", "Warsaw"];

/** Made-up people, numbered from `first`, for when only how many matters; the same seed gives the same ones. */
export function* people(
  random: Random,
  first: number,
  count: number,
  lists: readonly string[] = [],
): Iterable<SeedProfile> {
  for (let number = first; number < first + count; number += 1) {
    const [given, family] = [random.pick(FIRST), random.pick(LAST)];
    yield {
      email: `${given}.${family}.${number}@example.com`.toLowerCase(),
      first_name: given,
      last_name: family,
      location: { city: random.pick(CITIES) },
      properties: { plan: random.pick(["free", "pro", "team"]) },
      lists,
    };
  }
}
