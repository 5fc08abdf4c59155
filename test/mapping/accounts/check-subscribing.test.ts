import { expect, test } from "vitest";
import { subscribingFindings } from "../../../src/mapping/accounts/check-subscribing.ts";
import { DIAGNOSTIC_TITLES } from "../../../src/mapping/diagnostics/diagnostic-titles.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";
import { short } from "../told.ts";

const RULE = "id: a, from: hubspot, match: { lists: [1] }, add_to_klaviyo_lists: [News]";

function findings(mayWrite: boolean | null, rule: string, tail = "") {
  const text = mappingText({ rules: `{ ${RULE}${rule} }`, tail });
  const { mapping, diagnostics } = parseMapping(text, "test.yaml");
  if (mapping === null) throw new Error(JSON.stringify(diagnostics));
  return subscribingFindings(mapping, mayWrite, { file: "test.yaml", text });
}

const NOTHING = "";
const NEEDING: readonly (readonly [rule: string, tail: string])[] = [
  [", subscribe: true", ""],
  [", on_leave: unsubscribe", ""],
  ["", "consent: { hubspot_to_klaviyo: { opted_out: unsubscribe } }"],
];

test("a key that may change subscriptions is warned of where nothing does", () => {
  const found = findings(true, NOTHING);
  expect(found.map(short)).toEqual(["M317 warning 9:12-36"]);
  expect(found[0]?.help).toContain("make a key without `subscriptions:write`");
  expect(findings(false, NOTHING)).toEqual([]);
});

test.each(NEEDING)("a key that may not is an error where it is needed:%s%s", (rule, tail) => {
  expect(findings(false, rule, tail).map(short)).toEqual(["M318 9:12-36"]);
  expect(findings(true, rule, tail)).toEqual([]);
});

test("where it cannot be told, nothing is said", () => {
  expect(findings(null, NOTHING)).toEqual([]);
  expect(findings(null, ", subscribe: true")).toEqual([]);
});

test("both have their own titles", () => {
  expect(DIAGNOSTIC_TITLES["M317"]).not.toBe(DIAGNOSTIC_TITLES["M318"]);
});
