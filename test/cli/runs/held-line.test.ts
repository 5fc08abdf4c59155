import { expect, test } from "vitest";
import { heldLine } from "../../../src/cli/runs/held-line.ts";
import { changesBy } from "../../../src/plan/changes.ts";
import type { PlannedOperation } from "../../../src/plan/planned.ts";

const KLAVIYO = { side: "klaviyo", id: "K1" } as const;
const CITY = "city:location.city:text";

const lines = (operation: PlannedOperation): readonly string[] =>
  changesBy("jo@example.com", operation).map(({ words }) => heldLine(words));

test.each<readonly [PlannedOperation, readonly string[]]>([
  [
    { kind: "create", side: "klaviyo", fields: { [CITY]: "Ulm" }, lists: [] },
    ['made in Klaviyo: location.city "Ulm"'],
  ],
  [
    { kind: "update", ...KLAVIYO, fields: { [CITY]: null }, pre: {} },
    ["Klaviyo: location.city (empty)", "Klaviyo: location.city would be emptied"],
  ],
  [{ kind: "remove_from_list", ...KLAVIYO, list: "L1" }, ["off Klaviyo list L1"]],
  [{ kind: "opt_out", ...KLAVIYO, from: { kind: "all" } }, ["unsubscribed in Klaviyo from all e-mail"]],
  [
    { kind: "opt_out", side: "hubspot", id: "1", from: { kind: "type", type: "7" } },
    ["unsubscribed in HubSpot from subscription type 7"],
  ],
  [{ kind: "subscribe", ...KLAVIYO, list: "L1" }, ["asked to subscribe to Klaviyo list L1"]],
])("what is held is told in a line: %j", (operation, expected) => {
  expect(lines(operation)).toEqual(expected.map((line) => `jo@example.com   ${line}`));
});

test("words that nobody knows are shown as they are", () => {
  expect(heldLine('["a","b"]')).toBe('["a","b"]');
});
