import { describe, expect, test } from "vitest";
import { differences } from "./differences.ts";
import { expectedOn, makePeople } from "./people.ts";

const people = makePeople(20);
const equal = (filledFrom: "hubspot" | "klaviyo") => ({
  hubspot: [...people.values()].map((who) => expectedOn("hubspot", filledFrom, who)),
  klaviyo: [...people.values()].map((who) => expectedOn("klaviyo", filledFrom, who)),
});

describe("what both sides should hold after a bench", () => {
  test.each(["hubspot", "klaviyo"] as const)("does not differ when all was filled from %s", (filledFrom) => {
    expect(people.size).toBe(20);
    expect(differences(people, filledFrom, equal(filledFrom))).toEqual([]);
  });

  test("tells a field, a person who is missing, one who is there twice and one who should not be", () => {
    const { hubspot, klaviyo } = equal("hubspot");
    const [first, second, ...others] = klaviyo;
    if (first === undefined || second === undefined) throw new Error("nobody");
    const told = differences(people, "hubspot", {
      hubspot,
      klaviyo: [
        { ...first, city: "Elsewhere" },
        ...others,
        ...others.slice(0, 1),
        { ...first, email: "new@x" },
      ],
    });
    expect(told).toEqual([
      `klaviyo has "Elsewhere", not "${first["city"]}", as city of ${first["email"]}`,
      `klaviyo has ${others[0]?.["email"]} twice`,
      "klaviyo has new@x, who should not be there",
      `klaviyo lacks ${second["email"]}`,
    ]);
  });

  test("tells no more than a few, and how many there are", () => {
    const { hubspot } = equal("hubspot");
    const told = differences(people, "hubspot", { hubspot, klaviyo: [] });
    expect(told).toHaveLength(6);
    expect(told.at(-1)).toBe("15 more differences");
  });

  test("expects the fields that flow one way not to flow back", () => {
    const { klaviyo } = equal("klaviyo");
    const flowedBack = [...people.values()].map((who) => expectedOn("hubspot", "hubspot", who));
    expect(differences(people, "klaviyo", { hubspot: flowedBack, klaviyo })).not.toEqual([]);
  });
});
