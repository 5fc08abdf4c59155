import { expect, test } from "vitest";
import { personLines } from "../../src/cli/plan-person.ts";
import type { ContactPlan } from "../../src/plan/plan-contact.ts";
import { known, sighting } from "../support/known-link.ts";
import { fieldRule } from "../support/rule.ts";

const code = fieldRule("code", "properties.code", {
  key: "code",
  transforms: {
    klaviyo: [{ kind: "prefix", text: "HS-" }],
    hubspot: [{ kind: "remove_prefix", text: "HS-" }],
  },
});

function planOf(side: "hubspot" | "klaviyo", before: string, after: string | null): ContactPlan {
  const link = known({ hubspot: sighting("hubspot"), klaviyo: sighting("klaviyo") });
  const id = side === "hubspot" ? "h1" : "k1";
  return {
    known: link,
    merged: [],
    operations: [{ kind: "update", side, id, fields: { code: after }, pre: { code: before } }],
    problems: [],
    state: "waiting",
    reason: "",
  };
}

test("a change is shown in the words of the side that gets it", () => {
  expect(personLines(planOf("hubspot", "HS-1", "HS-2"), [code]).join("\n")).toContain(
    'code                 "1" -> "2"',
  );
  expect(personLines(planOf("klaviyo", "HS-1", "HS-2"), [code]).join("\n")).toContain('"HS-1" -> "HS-2"');
});

test("an emptied value is marked, and a long one is cut without breaking a character", () => {
  expect(personLines(planOf("klaviyo", "HS-1", null), [code])[2]).toMatch(
    /^ {6}! properties\.code +"HS-1" -> \(empty\)/,
  );
  const long = personLines(planOf("klaviyo", "", "😀".repeat(5_000)), [code]).join("\n");
  expect(long.length).toBeLessThan(400);
  expect(long.isWellFormed()).toBe(true);
});
