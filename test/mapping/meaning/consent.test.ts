import { describe, expect, test } from "vitest";
import type { Schema } from "../../../src/connectors/connector.ts";
import { checkAgainst } from "../../../src/mapping/accounts/check-against.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { resolveConsent } from "../../../src/mapping/accounts/resolve-consent.ts";
import { mappingText } from "../mapping-text.ts";
import { told } from "../told.ts";

const CONSENT = `consent:
  klaviyo_to_hubspot:
    status_property: klaviyo_email_status
    reason_property: klaviyo_reason
    unsubscribe_from: [Marketing, 7]
  hubspot_to_klaviyo: { opted_out: unsubscribe }
`;

function parsed(tail: string, rules?: string) {
  const text = mappingText({ tail, ...(rules === undefined ? {} : { rules }) });
  const { mapping, diagnostics } = parseMapping(text, "test.yaml");
  if (mapping === null) throw new Error(JSON.stringify(diagnostics));
  return { mapping, text };
}

describe("what a mapping says of consent", () => {
  test("is nothing unless it is written", () => {
    expect(parsed("").mapping.consent).toEqual({ unsubscribeFrom: [], hubspotOptOut: "ignore" });
  });

  test("is fields that Klaviyo is right about, and types that stand for its e-mail", () => {
    const { mapping } = parsed(CONSENT);
    expect(mapping.consent.unsubscribeFrom.map(({ nameOrId }) => nameOrId)).toEqual(["Marketing", "7"]);
    expect(mapping.consent.hubspotOptOut).toBe("unsubscribe");
    expect(mapping.fields.filter(({ showsConsent }) => showsConsent)).toMatchObject([
      {
        property: { hubspot: "klaviyo_email_status", klaviyo: "consent.email" },
        direction: "to_hubspot",
        onEmpty: "clear",
        onTargetEdit: "enforce",
      },
      { property: { hubspot: "klaviyo_reason", klaviyo: "consent.email_reason" } },
    ]);
  });

  test("is part of what decides: another word of it is another version", () => {
    const hashes = [
      "",
      CONSENT,
      CONSENT.replace("[Marketing, 7]", "[Marketing]"),
      CONSENT.replace("opted_out: unsubscribe", "opted_out: ignore"),
    ].map((tail) => parsed(tail).mapping.hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test.each([
    ["subscribe: true", "M209"],
    ["on_leave: unsubscribe", "M209"],
  ])("cannot be %s without a list", (part, code) => {
    const rules = `{ id: a, from: hubspot, match: { lists: [AB] }, ${part} }`;
    expect(told(mappingText({ rules })).map((one) => one.split(" ")[0])).toEqual([code]);
  });

  test("can be asked of rules that name a list", () => {
    const rules =
      "{ id: a, from: hubspot, match: { lists: [AB] }, add_to_klaviyo_lists: [K], subscribe: true, on_leave: unsubscribe }";
    expect(parsed("", rules).mapping.rules[0]).toMatchObject({ subscribe: true, onLeave: "unsubscribe" });
  });
});

const KLAVIYO: Schema = {
  fields: [
    { property: "location.city", label: "City", type: "text", readOnly: false, options: null },
    { property: "consent.email", label: "Consent", type: "option", readOnly: true, options: null },
    { property: "consent.email_reason", label: "Why", type: "text", readOnly: true, options: null },
  ],
  collections: [
    { id: "Y6nRLr", name: "Newsletter", kind: "list", writable: true, doubleOptIn: false, size: null },
  ],
};
const HUBSPOT: Schema = {
  fields: [
    { property: "city", label: "City", type: "text", readOnly: false, options: null },
    { property: "klaviyo_reason", label: "Reason", type: "text", readOnly: false, options: null },
  ],
  collections: [
    { id: "1", name: "Customers", kind: "list", writable: false, doubleOptIn: false, size: null },
  ],
  optOutTypes: [
    { id: "7", name: "Offers" },
    { id: "8", name: "Marketing news" },
  ],
};

test("a property and a subscription type that HubSpot does not have are told where they stand", () => {
  const { mapping, text } = parsed(CONSENT);
  const found = checkAgainst(mapping, { hubspot: HUBSPOT, klaviyo: KLAVIYO }, { file: "test.yaml", text });
  expect(found.map(({ code, line, help }) => ({ code, line, help }))).toMatchObject([
    { code: "M301", line: 16 },
    { code: "M316", line: 18, help: expect.stringMatching(/Marketing news/) as string },
  ]);
});

test("a type is found by id or name, one that is gone keeps the id it had, and somebody is told", () => {
  const { mapping } = parsed(CONSENT);
  const types = [{ id: "7", name: "Offers" }];
  expect(resolveConsent(mapping.consent, types, new Map()).consent.types).toEqual(["7"]);
  const earlier = new Map([["hubspot type Marketing", "3"]]);
  const { consent, problems } = resolveConsent(mapping.consent, types, earlier);
  expect(consent.types).toEqual(["3", "7"]);
  expect(problems.map(({ code, field }) => `${code} ${field}`)).toEqual(["HS-OPTOUT Marketing"]);
});
