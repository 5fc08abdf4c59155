import { expect, test } from "vitest";
import { flowFindings, scopeFindings } from "../../../src/mapping/accounts/check-access.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";
import { short } from "../told.ts";

const rules = "{ id: a, from: hubspot, match: { lists: [1] }, add_to_klaviyo_lists: [News, Offers] }";
const text = mappingText({ rules });
const { mapping } = parseMapping(text, "test.yaml");
if (mapping === null) throw new Error("the mapping is right in itself");
const origin = { file: "test.yaml", text };

test("each missing scope is an error at its key, by its name and with where to add it", () => {
  const missing = { hubspot: ["crm.lists.read"], klaviyo: ["profiles:read", "lists:read"] };
  const found = scopeFindings(mapping, missing, origin);
  expect(found.map(short)).toEqual(["M320 7:12-34", "M320 9:12-36", "M320 9:12-36"]);
  expect(found.map(({ message }) => message)).toEqual([
    "the HubSpot key lacks the scope `crm.lists.read`",
    "the Klaviyo key lacks the scope `profiles:read`",
    "the Klaviyo key lacks the scope `lists:read`",
  ]);
  expect(found[0]?.help).toMatch(/Settings > Integrations > Service Keys.*`crm\.lists\.read`/);
  expect(found[1]?.help).toMatch(/Settings > Account > API keys.*`profiles:read`/);
});

const list = (item: number, starts: readonly string[] | null) => ({ rule: 0, item, name: "News", starts });

test("a list whose joiners enter a flow is warned of; drafts are nobody's business", () => {
  const found = flowFindings(mapping, [list(0, ["Welcome", "VIP"]), list(1, [])], origin);
  expect(found.map(short)).toEqual(["M314 warning 11:75-79"]);
  expect(found[0]?.message).toBe("joining Klaviyo list `News` starts 2 flows: Welcome, VIP");
});

test("a key that is not told of flows is a note, once", () => {
  const found = flowFindings(mapping, [list(0, null), list(1, null)], origin);
  expect(found.map(short)).toEqual(["M315 info 11:75-79"]);
  expect(found[0]?.help).toContain("`flows:read`");
});
