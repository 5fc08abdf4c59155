import { expect, test } from "vitest";
import { personLines } from "../../../src/cli/runs/plan-person.ts";
import type { ContactPlan } from "../../../src/plan/planned.ts";
import { known, sighting } from "../../support/known-link.ts";
import { fieldRule } from "../../support/rule.ts";

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

test("values stand in one column, however long the longest name is", () => {
  const long = fieldRule("renewal", "properties.renewal_date_of_contract", { key: "renewal" });
  const plan = planOf("klaviyo", "HS-1", "HS-2");
  const fields = { code: "HS-2", renewal: "2027-01-01" };
  const operation = { kind: "update", side: "klaviyo", id: "k1", fields, pre: { code: "HS-1" } } as const;
  const lines = personLines({ ...plan, operations: [operation] }, [code, long]).slice(2);
  expect(new Set(lines.map((line) => line.search(/ ["(]/)))).toHaveLength(1);
});

test("an edit of the side that does not lead is told where it is replaced", () => {
  const lost = { kind: "changed_on_both", winner: "hubspot", won: "HS-2", lost: "HS-1" } as const;
  const merge = { kind: "write", values: { klaviyo: "HS-2" }, why: "changed", lost } as const;
  const merged = [
    { rule: code, seen: { hubspot: null, klaviyo: null }, agreed: undefined, ages: null, merge },
  ];
  const text = personLines({ ...planOf("klaviyo", "HS-1", "HS-2"), merged }, [code]).join("\n");
  expect(text).toContain("both changed, HubSpot wins");
});
