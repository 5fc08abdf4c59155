import { describe, expect, test } from "vitest";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";
import { told, words } from "../told.ts";

const engagement = (section: string, more = "") =>
  mappingText({ tail: `engagement: { ${section} }${more === "" ? "" : `\n${more}`}` });

const built = (section: string, more = "") => {
  const { mapping, diagnostics } = parseMapping(engagement(section, more), "test.yaml");
  if (mapping?.engagement === undefined || mapping.engagement === null)
    throw new Error(JSON.stringify(diagnostics));
  return { ...mapping.engagement, schedule: mapping.schedule.engagement };
};

describe("what the engagement section says", () => {
  test("defaults: what a salesperson acts upon, machines left out, from now on, every five minutes", () => {
    expect(built("record_as: note")).toMatchObject({
      paused: false,
      recordAs: "note",
      metrics: {
        opened: { record: "first_per_message", excludeBots: true },
        clicked: { record: "first_per_url", excludeBots: true },
        bounced: { record: "every", excludeBots: false },
        unsubscribed: { record: "every", excludeBots: false },
        spam: { record: "every", excludeBots: false },
      },
      onlyFrom: { flows: "all", campaigns: "all", collections: [] },
      unknownContacts: "skip",
      backfillDays: null,
      rollUps: [],
      schedule: "every 5m",
    });
    expect(Object.keys(built("record_as: note").metrics)).not.toContain("received");
  });

  test("only the metrics that are named, and received and dropped where they are", () => {
    const { metrics } = built(
      "record_as: note, metrics: { received: {}, dropped: {}, clicked: { exclude_bots: false } }",
    );
    expect(metrics).toEqual({
      received: { record: "first_per_message", excludeBots: false },
      clicked: { record: "first_per_url", excludeBots: false },
      dropped: { record: "every", excludeBots: false },
    });
  });

  test("whose messages count, and who: ids may be numbers, none is an empty list", () => {
    const { onlyFrom } = built(
      "record_as: note, only_from: { flows: none, campaigns: [A, 7], lists: [L], segments: [S] }",
    );
    expect(onlyFrom).toMatchObject({
      flows: [],
      campaigns: ["A", "7"],
      collections: [
        { kind: "list", nameOrId: "L" },
        { kind: "segment", nameOrId: "S" },
      ],
    });
  });

  test("what decides has its own hash; where things stand has no part in it", () => {
    const one = built("record_as: note, only_from: { campaigns: [A, B] }");
    expect(built("record_as: custom_event, backfill: 30d, only_from: { campaigns: [B, A] }").hash).toBe(
      one.hash,
    );
    expect(built("record_as: note, only_from: { campaigns: [A] }").hash).not.toBe(one.hash);
    expect(built("record_as: note, metrics: { opened: { exclude_bots: false } }").hash).not.toBe(
      built("record_as: note, metrics: { opened: {} }").hash,
    );
  });

  test("it does not make contacts be planned again", () => {
    const plain = parseMapping(mappingText(), "test.yaml").mapping;
    const shown = parseMapping(engagement("record_as: note"), "test.yaml").mapping;
    expect(shown?.hash).toBe(plain?.hash);
  });
});

describe("what it cannot mean", () => {
  test("app events of an app whose type is not named", () => {
    const app =
      "auth: oauth, client_id: 0a1b2c3d-0000-4000-8000-0123456789ab, client_secret: { env: A }, refresh_token: { env: B }";
    const text = (more: string) =>
      engagement("record_as: app_event").replace(
        /  hubspot:\n(?: {4}.*\n)+/,
        `  hubspot: { ${app}${more} }\n`,
      );
    expect(told(text("")).map((line) => line.replace(/ \d.*$/, ""))).toEqual(["M256"]);
    expect(told(text(", app_event: klaviyo_engagement"))).toEqual([]);
  });

  test.each([
    ["metrics: {}", "M103"],
    ["record_as: mail", "M102"],
    ["record_as: timeline", "M257"],
    ["record_as: app_event", "M257"],
    ["record_as: properties_only", "M258"],
    ["record_as: note, metrics: { opened: { record: first_per_url } }", "M250"],
    ["record_as: note, metrics: { bounced: { exclude_bots: true } }", "M251 warning"],
    ["record_as: note, only_from: { flows: none, campaigns: none }", "M252"],
    ["record_as: note, new_contact: { lifecyclestage: lead }", "M253 warning"],
    ["record_as: note, unknown_contacts: create, new_contact: { email: a }", "M201"],
    ["record_as: note, unknown_contacts: create, new_contact: { a: { klaviyo: nonsense } }", "M204"],
    ["record_as: note, last_activity: { opened: a, clicked: a }", "M254"],
    ["record_as: note, last_activity: { opened: email }", "M254"],
    ["record_as: note, last_activity: { opened: city }", "M255"],
    ["record_as: note, backfill: 400d", "M105"],
    ["record_as: note, backfil: 30d", "M101"],
  ])("%s", (section, code) => {
    expect(told(engagement(section)).map((line) => line.replace(/ \d.*$/, ""))).toEqual([code]);
  });

  test("a field that only flows to Klaviyo may stand beside a roll-up of the same property", () => {
    const fields = "{ hubspot: city, klaviyo: location.city, direction: to_klaviyo }";
    const text = mappingText({
      fields,
      tail: "engagement: { record_as: note, last_activity: { opened: city } }",
    });
    expect(told(text)).toEqual([]);
  });

  test("what consent writes is no roll-up's", () => {
    const consent = "consent: { klaviyo_to_hubspot: { status_property: klaviyo_status } }";
    const text = engagement("record_as: note, last_activity: { message: klaviyo_status }", consent);
    expect(words(text).message).toContain("written by `consent` already");
  });

  test("events looked for every minute leave no room for the limits", () => {
    const text = engagement("record_as: note", "schedule: { engagement: every 1m }");
    expect(words(text).message).toContain("leaves no room");
  });

  test("an app signs in, and may write on the timeline", () => {
    const oauth = mappingText({ tail: "engagement: { record_as: timeline }" }).replace(
      "    token: { env: HUBSPOT_TOKEN }",
      "    auth: oauth\n    client_id: 11112222-3333-4444-5555-666677778888\n    client_secret: { env: A }\n    refresh_token: { env: B }\n    app_id: 7\n    developer_key: { env: C }",
    );
    expect(told(oauth)).toEqual([]);
  });
});
