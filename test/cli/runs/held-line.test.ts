import { expect, test } from "vitest";
import { heldChange, heldLine } from "../../../src/words/held-words.ts";
import { changesBy } from "../../../src/plan/changes.ts";
import type { PlannedOperation } from "../../../src/plan/planned.ts";

const KLAVIYO = { side: "klaviyo", id: "K1" } as const;
const NAMES = { hubspot: new Map(), klaviyo: new Map([["L2", "Newsletter"]]) };
const CITY = "city:location.city:text";

const lines = (operation: PlannedOperation): readonly string[] =>
  changesBy("jo@example.com", operation).map(({ words }) => {
    const change = heldChange(words, NAMES);
    return change === null ? words : `${change.who}   ${heldLine(change)}`;
  });

test.each<readonly [PlannedOperation, readonly string[]]>([
  [
    { kind: "create", side: "klaviyo", fields: { [CITY]: "Ulm" }, lists: [] },
    ['Create in Klaviyo: location.city "Ulm"'],
  ],
  [
    { kind: "update", ...KLAVIYO, fields: { [CITY]: null }, pre: {} },
    ["Update in Klaviyo: location.city (empty)", "Empty a value in Klaviyo: location.city"],
  ],
  [{ kind: "remove_from_list", ...KLAVIYO, list: "L1" }, ["Remove from the Klaviyo list L1"]],
  [{ kind: "add_to_list", ...KLAVIYO, list: "L2" }, ['Add to the Klaviyo list "Newsletter" (L2)']],
  [{ kind: "opt_out", ...KLAVIYO, from: { kind: "all" } }, ["Unsubscribe in Klaviyo from all email"]],
  [
    { kind: "opt_out", side: "hubspot", id: "1", from: { kind: "type", type: "7" } },
    ["Unsubscribe in HubSpot from subscription type 7"],
  ],
  [{ kind: "subscribe", ...KLAVIYO, list: "L1" }, ["Request a subscription to the Klaviyo list L1"]],
])("what is held is told in a line: %j", (operation, expected) => {
  expect(lines(operation)).toEqual(expected.map((line) => `jo@example.com   ${line}`));
});

test("words of another version are nobody's change", () => {
  expect(heldChange('["a","b"]')).toBeNull();
});
