import { expect, test } from "vitest";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";

const FROM_HUBSPOT = "{ id: customers, from: hubspot, match: { lists: [Customers] } }";
const FROM_KLAVIYO = "{ id: back, from: klaviyo, match: { lists: [Back] }, on_enter: link_only }";
const TWO_FIELDS = "{ hubspot: city, klaviyo: location.city }\n{ hubspot: lastname, klaviyo: last_name }";

function warnings(parts: Parameters<typeof mappingText>[0]): readonly string[] {
  return parseMapping(mappingText(parts), "test.yaml").diagnostics.flatMap(
    ({ code, severity, message, help }) => (code === "M228" ? [`${severity}: ${message} | ${help}`] : []),
  );
}

test("fields that sync both ways, with rules from one side, are told once with what to do", () => {
  expect(warnings({ rules: FROM_HUBSPOT, fields: TWO_FIELDS })).toEqual([
    "warning: edits in Klaviyo never reach HubSpot: 2 fields sync both ways, and no rule has `from: klaviyo` | add a rule with `from: klaviyo`, or say `defaults: { direction: to_klaviyo }` if one way is meant",
  ]);
  expect(warnings({ rules: FROM_KLAVIYO })).toEqual([
    "warning: edits in HubSpot never reach Klaviyo: 1 field syncs both ways, and no rule has `from: hubspot` | add a rule with `from: hubspot`, or say `defaults: { direction: to_hubspot }` if one way is meant",
  ]);
});

test("nothing is told where both sides have a rule, or one way is what the fields say", () => {
  expect(warnings({ rules: `${FROM_HUBSPOT}\n  - ${FROM_KLAVIYO}` })).toEqual([]);
  expect(warnings({ tail: "defaults: { direction: to_klaviyo }" })).toEqual([]);
  const oneWay = "{ hubspot: city, klaviyo: location.city, direction: to_klaviyo }";
  expect(warnings({ fields: oneWay })).toEqual([]);
});
