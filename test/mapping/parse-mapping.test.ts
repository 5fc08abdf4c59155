import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { mappingText } from "./mapping-text.ts";
import type { MappingParts } from "./mapping-text.ts";

function mapping(parts: MappingParts = {}): Mapping {
  return parsed(mappingText(parts));
}

function parsed(text: string): Mapping {
  const result = parseMapping(text, "test.yaml");
  if (result.mapping === null) throw new Error(JSON.stringify(result.diagnostics));
  return result.mapping;
}

test("what is not said is the default", () => {
  const rules = "{ id: customers, from: hubspot, match: { lists: [Customers] } }";
  const { hash, ...rest } = mapping({ rules });
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(rest).toEqual({
    name: "test",
    timezone: "UTC",
    hubspot: {
      token: { env: "HUBSPOT_TOKEN" },
      tokenExpires: null,
      portalId: "1234567",
      apiVersion: "2026-03",
      baseUrl: null,
    },
    klaviyo: {
      token: { env: "KLAVIYO_API_KEY" },
      tokenExpires: null,
      accountId: null,
      revision: "2026-07-15",
      baseUrl: null,
    },
    alerts: [],
    channels: { email: null, heartbeat: null, pagerduty: null, slack: null, webhook: null },
    rules: [
      {
        id: "customers",
        from: "hubspot",
        collections: [{ kind: "list", nameOrId: "Customers", line: 11, column: 54 }],
        onEnter: "link_or_create",
        addToLists: [],
        subscribe: false,
        onLeave: "stop",
        line: 11,
      },
    ],
    fields: [
      {
        key: "city:location.city:text",
        type: "text",
        property: { hubspot: "city", klaviyo: "location.city" },
        propertyType: { hubspot: "text", klaviyo: "text" },
        direction: "both",
        winner: "hubspot",
        newest: false,
        onEmpty: "keep",
        onTargetEdit: "keep",
        onInvalid: "skip_field",
        merge: "replace",
        options: null,
        transforms: { hubspot: [], klaviyo: [] },
        line: 13,
      },
    ],
    identity: { emailChange: "relink", secondaryEmails: "ignore" },
    consent: { unsubscribeFrom: [], hubspotOptOut: "ignore" },
    engagement: null,
    schedule: {
      contacts: "every 15m",
      reconcile: "0 3 * * *",
      consent: "every 1m",
      engagement: "every 5m",
      quiet: [],
    },
    limits: {
      creates: { count: 500 },
      updates: { count: 20_000 },
      removals: { share: 0.05 },
      clears: { share: 0.02 },
      unsubscribes: { share: 0.005 },
      subscribes: { share: 0.01 },
      errors: { share: 0.1 },
      approvalAbove: null,
      apiShare: { hubspot: 0.6, klaviyo: 0.6 },
    },
    retry: { attempts: 6, firstMs: 30_000, longestMs: 21_600_000 },
    privacy: { historyMs: 400 * 86_400_000, rawMs: 30 * 86_400_000, auditMs: null },
  });
});

describe("the examples that ship", () => {
  const read = (name: string) => readFileSync(new URL(`../../config/${name}`, import.meta.url), "utf8");

  test.each(["mapping.yaml", "mapping.example.yaml"])("%s has nothing said about it", (name) => {
    expect(parseMapping(read(name), name).diagnostics).toEqual([]);
  });

  test("the full one means what its comments say", () => {
    const full = parsed(read("mapping.example.yaml"));
    expect(full.timezone).toBe("Europe/Tallinn");
    expect(full.klaviyo).toEqual({
      token: { file: "/run/secrets/klaviyo" },
      tokenExpires: null,
      accountId: "AbC123",
      revision: "2026-07-15",
      baseUrl: null,
    });
    expect(full.rules[0]).toMatchObject({
      collections: [
        { kind: "list", nameOrId: "All customers" },
        { kind: "list", nameOrId: "4711" },
      ],
      addToLists: [{ kind: "list", nameOrId: "Y6nRLr" }],
      onLeave: "remove_from_list",
    });
    expect(full.rules[1]).toMatchObject({ from: "klaviyo", collections: [{ kind: "segment" }] });
    const field = (key: string) => full.fields.find((rule) => rule.key === key);
    expect(field("jobtitle:title:text")).toMatchObject({
      direction: "to_klaviyo",
      onEmpty: "clear",
      onTargetEdit: "enforce",
    });
    expect(field("phone:phone_number:phone")).toMatchObject({
      winner: "klaviyo",
      transforms: { klaviyo: [{ kind: "phone_e164", defaultCountry: "EE" }], hubspot: [] },
    });
    expect(field("persona:properties.Persona:option")?.options).toEqual({
      pairs: [
        ["persona_1", "Founder"],
        ["persona_2", "Marketer"],
      ],
      others: "error",
    });
    expect(field("interests:properties.interests:list")).toMatchObject({ merge: "union" });
    expect(field("klaviyo_ltv:predictive_analytics.predicted_clv:number")).toMatchObject({
      winner: "klaviyo",
      direction: "to_hubspot",
    });
  });
});

describe("fields", () => {
  const field = (entry: string, tail?: string) =>
    mapping({ fields: entry, ...(tail === undefined ? {} : { tail }) }).fields[0];

  test("the well-known have their type, and a written type comes before it", () => {
    expect(field("{ hubspot: mobilephone, klaviyo: properties.mobile }")?.type).toBe("phone");
    expect(field("{ hubspot: whatever, klaviyo: phone_number }")?.type).toBe("phone");
    expect(field("{ hubspot: phone, klaviyo: properties.phone_as_typed, type: text }")?.type).toBe("text");
    expect(field("{ hubspot: toString, klaviyo: properties.valueOf }")?.type).toBe("text");
  });

  test("defaults hold where an entry says nothing", () => {
    const tail =
      "defaults: { direction: to_hubspot, on_empty: clear, on_invalid: error, on_target_edit: enforce }";
    expect(field("{ hubspot: a, klaviyo: title }", tail)).toMatchObject({
      direction: "to_hubspot",
      winner: "klaviyo",
      onEmpty: "clear",
      onInvalid: "error",
      onTargetEdit: "enforce",
    });
    expect(
      field("{ hubspot: a, klaviyo: title, direction: both }", "defaults: { winner: klaviyo }")?.winner,
    ).toBe("klaviyo");
  });

  test("both ways there is no target to put back, whatever `on_target_edit` says", () => {
    const tail = "defaults: { on_target_edit: enforce }";
    expect(field("{ hubspot: a, klaviyo: title }", tail)?.onTargetEdit).toBe("keep");
    expect(field("{ hubspot: a, klaviyo: title, on_target_edit: enforce }")?.onTargetEdit).toBe("keep");
  });

  test("one way, the source wins", () => {
    expect(
      field("{ hubspot: a, klaviyo: title, direction: to_klaviyo }", "defaults: { winner: klaviyo }")?.winner,
    ).toBe("hubspot");
  });

  test("the newest wins, and where that cannot be told the side that `tie` names", () => {
    const [newest, klaviyo] = ["{ hubspot: a, klaviyo: title, winner: newest }", "tie: klaviyo }"];
    expect(field(newest)).toMatchObject({ winner: "hubspot", newest: true });
    expect(field(newest.replace("}", `, ${klaviyo}`))).toMatchObject({ winner: "klaviyo", newest: true });
    const byDefault = field("{ hubspot: a, klaviyo: title }", `defaults: { winner: newest, ${klaviyo}`);
    expect(byDefault).toMatchObject({ winner: "klaviyo", newest: true });
    const oneWay = newest.replace("}", ", direction: to_hubspot }");
    expect(field(oneWay)).toMatchObject({ winner: "klaviyo", newest: false });
  });

  test("lists changed on both sides keep both sides' changes unless told otherwise", () => {
    expect(field("{ hubspot: a, klaviyo: properties.a, type: list }")?.merge).toBe("union");
    expect(field("{ hubspot: a, klaviyo: properties.a, type: list, merge: replace }")?.merge).toBe("replace");
  });
});

test("what a changed and an additional address do is the mapping's to say, and another version of it", () => {
  const said = mapping({ tail: "identity: { email_change: error, secondary_emails: match }" });
  expect(said.identity).toEqual({ emailChange: "error", secondaryEmails: "match" });
  expect(said.hash).not.toBe(mapping().hash);
});

test("base addresses are origins", () => {
  expect(mapping({ hubspot: "base_url: http://localhost:4010/" }).hubspot.baseUrl).toBe(
    "http://localhost:4010",
  );
});

describe("the version of a mapping", () => {
  const other = "\n{ hubspot: a, klaviyo: title }";
  const base = "{ hubspot: city, klaviyo: location.city }";

  test("changes with whatever decides a value or who is in scope", () => {
    const hashes = [
      {},
      { fields: base + other },
      { fields: base.replace(" }", ", winner: klaviyo }") },
      { fields: base.replace(" }", ", winner: newest }") },
      { fields: base.replace(" }", ", winner: newest, tie: klaviyo }") },
      { fields: base.replace(" }", ", on_empty: clear }") },
      { fields: base.replace(" }", ", transform: { to_klaviyo: { trim: true } } }") },
      { fields: base.replace(" }", ", transform: { to_klaviyo: { lower: true } } }") },
      { fields: base.replace(" }", ", options: { a: A } }") },
      { fields: base.replace(" }", ", options: { a: A, '*': keep } }") },
      { rules: "{ id: customers, from: hubspot, match: { segments: [Customers] } }" },
      { rules: "{ id: customers, from: hubspot, match: { lists: [Customers] }, on_enter: link_only }" },
    ].map((parts) => mapping(parts).hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("stays the same whatever else changes: order, limits, schedule, keys, comments", () => {
    const { hash } = mapping({ fields: base + other });
    const [first = "", second = ""] = (base + other).split("\n");
    expect(mapping({ fields: `${second}\n${first}` }).hash).toBe(hash);
    expect(mapping({ fields: base + other, head: "timezone: Europe/Tallinn # home" }).hash).toBe(hash);
    expect(mapping({ fields: base + other, klaviyo: "token: { file: /elsewhere }" }).hash).toBe(hash);
    expect(
      mapping({
        fields: base + other,
        tail: "limits: { creates_per_run: 1 }\nschedule: { contacts: every 1h }",
      }).hash,
    ).toBe(hash);
  });
});

test("quiet times are read as days and minutes, and odd ones refused at their place", () => {
  const quiet = (entry: string) => mappingText({ tail: `schedule: { quiet: [${entry}] }` });
  const { mapping } = parseMapping(quiet('{ days: [sat, sun], from: "22:30", to: "06:00" }'), "mapping.yaml");
  expect(mapping?.schedule.quiet).toEqual([{ days: [6, 0], from: 1_350, to: 360 }]);
  for (const odd of ['from: "24:00", to: "06:00"', 'from: "6:00", to: "07:00"', "from: 22:30, to: 23:60"]) {
    const { diagnostics } = parseMapping(quiet(`{ days: [sat], ${odd} }`), "mapping.yaml");
    expect(diagnostics[0]?.line).toBe(14);
    expect(diagnostics[0]?.message).toContain("must be a time of day in quotes");
  }
});
