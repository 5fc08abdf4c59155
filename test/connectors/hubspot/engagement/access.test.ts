import { describe, expect, it, onTestFinished, test } from "vitest";
import type { PropertyToMake } from "../../../../src/connectors/engagement-port.ts";
import {
  DETAIL_TEMPLATE,
  FIELDS,
  HEADER_TEMPLATE,
} from "../../../../src/connectors/hubspot/engagement/entry-words.ts";
import type { RecordAs } from "../../../../src/model/engagement.ts";
import { USUAL_SCOPES } from "../../../../src/sandbox/hubspot/wire/scopes.ts";
import { live, rehearse } from "../rehearsal.ts";
import { entry, group, PROJECT_FILE, showing } from "./sinks.ts";
import type { ShowingGiven } from "./sinks.ts";
import { OPEN_GATE } from "../../../support/open-gate.ts";

async function shownAs(recordAs: RecordAs, given: ShowingGiven = {}) {
  const shown = await showing(recordAs, given);
  onTestFinished(() => shown.rehearsal.close());
  return shown;
}

describe("what keeps an account from a sink is told with its own words and fix", () => {
  it.each(["timeline", "app_event"] as const)("a private token at %s", async (recordAs) => {
    const { another } = await shownAs(recordAs);
    const problem = await another(null).missing(null, live());
    expect(problem?.problem).toMatchObject({ code: "HS-EVENT-APP", level: "connection", side: "hubspot" });
    expect(problem?.problem.fix.join(" ")).toMatch(/auth: oauth.*note or properties_only/);
    await expect(another(null).setUp(OPEN_GATE, live())).rejects.toMatchObject({
      problem: { code: "HS-EVENT-APP" },
    });
    await expect(another(null).record([], null, OPEN_GATE, live())).rejects.toMatchObject({
      problem: { code: "HS-EVENT-APP" },
    });
  });

  it("an app whose developer key is not told, or wrong", async () => {
    const { another, app } = await shownAs("timeline");
    const untold = await another({ developer: null, eventType: null }).missing(null, live());
    expect(untold?.problem.fix.join(" ")).toContain("developer_key");
    const developer = { appId: app.appId, developerKey: "eu1-wrong" };
    const wrong = await another({ developer, eventType: null }).missing(null, live());
    expect(wrong?.problem).toMatchObject({
      code: "HS-EVENT-KEY",
      title: "HubSpot does not accept the developer key",
    });
  });

  it("an app that had no timeline events when HubSpot closed them", async () => {
    const { sink } = await shownAs("timeline", { app: { timelineV3: false } });
    expect(await sink.missing(null, live())).toMatchObject({
      problem: { code: "HS-EVENT-OFF" },
      kinds: "all",
    });
    await expect(sink.setUp(OPEN_GATE, live())).rejects.toMatchObject({ problem: { code: "HS-EVENT-OFF" } });
  });

  it("an app that is not approved for app events, or has no such type", async () => {
    const closed = await shownAs("app_event", { app: { appEvents: false } });
    const one = [group(closed.ids[0], [entry(1)])];
    await expect(closed.sink.record(one, null, OPEN_GATE, live())).rejects.toMatchObject({
      problem: { code: "HS-EVENT-OFF", title: "HubSpot does not let this app write app events" },
    });
    const { another, ids } = await shownAs("app_event");
    const none = another({ developer: null, eventType: "other" });
    await expect(none.record([group(ids[0], [entry(1)])], null, OPEN_GATE, live())).rejects.toMatchObject({
      problem: { code: "HS-EVENT-TYPE" },
    });
    const untold = await another({ developer: null, eventType: null }).missing(null, live());
    expect(untold?.problem.fix.join(" ")).toContain("app_event");
    // Nothing is asked that an installation may not ask.
    expect(await another().missing(null, live())).toBeNull();
  });

  it.each([
    ["without Enterprise", { settings: { customEvents: false } }],
    ["without the scopes", { scopes: [...USUAL_SCOPES] }],
  ])("an account %s at custom_event", async (_, given) => {
    const { sink } = await shownAs("custom_event", given);
    expect(await sink.missing(null, live())).toMatchObject({
      problem: {
        code: "HS-EVENT-PLAN",
        title: "Custom events need HubSpot Enterprise",
      },
      kinds: "all",
    });
  });

  it("a key that may not read contacts at note", async () => {
    const { sink } = await shownAs("note", { scopes: ["crm.lists.read"] });
    expect(await sink.missing(null, live())).toMatchObject({ problem: { code: "HS-SCOPE" }, kinds: "all" });
    const allowed = await shownAs("note");
    expect(await allowed.sink.missing(null, live())).toBeNull();
  });

  it("nothing keeps anybody from properties_only, which shows nothing", async () => {
    const { sink, rehearsal, ids } = await shownAs("properties_only", { scopes: [] });
    rehearsal.calls();
    expect(await sink.missing(null, live())).toBeNull();
    const groups = [{ contact: ids[0] ?? "", fresh: [], shown: [], reference: null }];
    expect(await sink.record(groups, null, OPEN_GATE, live())).toEqual([
      { outcome: "done", reference: null },
    ]);
    expect(rehearsal.calls()).toEqual([]);
  });
});

describe("properties for roll-ups", () => {
  const text = { type: "text", description: "", options: [] } as const;
  const WANTED: readonly PropertyToMake[] = [
    { ...text, property: "klaviyo_last_campaign", label: "Last campaign" },
    { ...text, property: "klaviyo_opens", label: "Opens", type: "number" },
    { ...text, property: "klaviyo_last_open", label: "Last open", type: "datetime" },
    {
      ...text,
      property: "klaviyo_channel",
      label: "Channel",
      type: "option",
      options: [
        { value: "email", label: "E-mail" },
        { value: "sms", label: "Text message" },
      ],
    },
  ];

  it.each(["2026-03", "2026-09"] as const)(
    "are made where they are missing, and only there (%s)",
    async (apiVersion) => {
      const { connect, portal, close, calls } = await rehearse({}, { apiVersion });
      onTestFinished(close);
      const { makeProperties } = connect().engagement;
      portal.createProperty({
        groupName: "contactinformation",
        name: "klaviyo_opens",
        label: "Made by hand",
        type: "string",
        fieldType: "text",
      });
      const made = await makeProperties?.(WANTED, OPEN_GATE, live());
      expect(made?.toSorted((a, b) => a.localeCompare(b))).toEqual([
        "klaviyo_channel",
        "klaviyo_last_campaign",
        "klaviyo_last_open",
      ]);
      const properties = portal.state.properties.contacts;
      expect(properties.get("klaviyo_opens")).toMatchObject({ label: "Made by hand", type: "string" });
      expect(properties.get("klaviyo_last_open")).toMatchObject({ type: "datetime", groupName: "klaviyo" });
      expect(properties.get("klaviyo_channel")?.options.map(({ value }) => value)).toEqual(["email", "sms"]);
      calls();
      expect(await makeProperties?.(WANTED, OPEN_GATE, live())).toEqual([]);
      expect(calls()).toHaveLength(1);
    },
  );

  it("are not made by a key that may not, which is told", async () => {
    const { connector, portal, close } = await rehearse();
    onTestFinished(close);
    portal.setToken("pat-eu1-secret-canary", {
      scopes: USUAL_SCOPES.filter((scope) => scope !== "crm.schemas.contacts.write"),
    });
    await expect(connector.engagement.makeProperties?.(WANTED, OPEN_GATE, live())).rejects.toMatchObject({
      problem: { code: "HS-SCOPE", title: "HubSpot does not let us make properties" },
    });
  });
});

test("the project file that Tandem ships has what its events carry, and a header and detail for it", () => {
  const { headerTemplate, detailTemplate, properties } = PROJECT_FILE.config;
  expect(properties).toEqual(FIELDS.map((field) => ({ ...field, type: "string" })));
  expect([headerTemplate, detailTemplate]).toEqual([HEADER_TEMPLATE, DETAIL_TEMPLATE]);
});

describe("setting up", () => {
  it("keeps a token that somebody added to a template, with its options", async () => {
    const { sink, app } = await shownAs("timeline");
    const { ids } = await sink.setUp(OPEN_GATE, live());
    const template = app.templates.get(ids["opened"] ?? "");
    if (template === undefined) throw new Error("no template was made");
    const options = [{ label: "Gold", value: "gold" }];
    const added = {
      name: "tier",
      label: "Tier",
      type: "enumeration",
      options,
      objectPropertyName: null,
    } as const;
    app.templates.set(template.id, {
      ...template,
      headerTemplate: "old",
      tokens: [...template.tokens, added],
    });
    const { report } = await sink.setUp(OPEN_GATE, live());
    expect(report).toContain("brought “Klaviyo: opened” up to date");
    const after = app.templates.get(template.id);
    expect(after?.headerTemplate).not.toBe("old");
    expect(after?.tokens.at(-1)).toEqual(added);
  });

  it("continues where HubSpot takes no header of a custom event, and says so", async () => {
    const { sink, rehearsal, ids, timeline } = await shownAs("custom_event");
    const body = { status: "error", category: "VALIDATION_ERROR", message: "Invalid input JSON" };
    rehearsal.world.faults.add({
      method: "PATCH",
      match: "/event-definitions",
      times: 7,
      fault: { kind: "status", status: 400, applied: "before", body },
    });
    const setup = await sink.setUp(OPEN_GATE, live());
    expect(setup.report.join(" ")).toContain("took no header");
    await sink.record([group(ids[0], [entry(1)])], setup, OPEN_GATE, live());
    expect(timeline(0)).toMatchObject([{ header: "Klaviyo: opened", values: { message: "Spring sale" } }]);
  });
});
