import { beforeEach, describe, expect, it } from "vitest";
import type { Engagement } from "../../../../src/model/engagement.ts";
import { live, rehearse } from "../rehearse.ts";
import { ADA, EPOCH, mailed, metricNamed, sourceOf } from "./reading.ts";
import type { Mailed } from "./reading.ts";
import { toldPages } from "../../../support/told-engagement.ts";

let klaviyo: Mailed["klaviyo"];
let campaign: string;
let readAll: Mailed["readAll"];

beforeEach(async () => void ({ klaviyo, campaign, readAll } = await mailed()));

const now = (): number => klaviyo.world.clock.now();
const iso = (at: number): string => new Date(at).toISOString();

describe("an event", () => {
  it("tells who, what, when and of which campaign", async () => {
    const at = iso(Math.floor(now() / 1_000) * 1_000 - 60_000);
    const id = klaviyo.sandbox.engage({ kind: "opened", profile: ADA, message: campaign, datetime: at });
    const [profile] = klaviyo.sandbox.dump(null, 10).profiles;
    expect(await readAll("Opened Email")).toEqual([
      {
        eventId: id,
        kind: "opened",
        channel: "email",
        person: profile?.id,
        email: ADA,
        at,
        message: campaign,
        messageName: "Spring sale",
        subject: "Everything must go",
        source: { kind: "campaign", id: campaign, name: "Spring sale" },
        url: null,
        list: null,
        detail: null,
        byMachine: false,
      },
    ]);
    expect(klaviyo.called("get_campaigns")).toBe(0);
  });

  it("of a flow has the flow's name, which is asked for once", async () => {
    const flow = klaviyo.sandbox.createFlow({
      name: "Welcome series",
      messages: [
        { name: "Welcome 1", subject: "Hello" },
        { name: "Welcome 2", subject: "Still there?" },
      ],
    });
    for (const message of flow.messages) klaviyo.sandbox.engage({ kind: "opened", profile: ADA, message });
    for (let round = 0; round < 2; round += 1) {
      const opens = await readAll("Opened Email");
      expect(opens.map(({ source, messageName }) => [messageName, source])).toEqual([
        ["Welcome 1", { kind: "flow", id: flow.id, name: "Welcome series" }],
        ["Welcome 2", { kind: "flow", id: flow.id, name: "Welcome series" }],
      ]);
    }
    expect(klaviyo.called("get_flows")).toBe(1);
  });

  it("that tells no campaign's name has it looked up by its message", async () => {
    klaviyo.sandbox.engage({
      kind: "opened",
      profile: ADA,
      message: campaign,
      properties: { "Campaign Name": undefined },
    });
    klaviyo.sandbox.addEvent({ metric: "Opened Email", profile: ADA, properties: { $message: "01UNKNOWN" } });
    const opens = await readAll("Opened Email");
    expect(opens.map(({ source, messageName }) => [messageName, source])).toEqual([
      ["Spring sale", { kind: "campaign", id: campaign, name: "Spring sale" }],
      [null, { kind: "unknown", id: "01UNKNOWN", name: null }],
    ]);
    await readAll("Opened Email");
    expect(klaviyo.called("get_campaigns")).toBe(1);
  });

  it("comes without names where the key may not read campaigns and flows", async () => {
    const scopes = ["events:read", "metrics:read", "profiles:read"];
    const limited = await rehearse({ key: "pk_events_only" });
    limited.sandbox.addKey({ key: "pk_events_only", scopes });
    const own = limited.sandbox.createFlow({ name: "Welcome", messages: [{ subject: "Hello" }] });
    limited.sandbox.seed([{ email: ADA }]);
    limited.sandbox.engage({ kind: "opened", profile: ADA, message: own.messages[0] ?? "" });
    const metric = await metricNamed(limited, "Opened Email");
    const window = { metric, from: EPOCH, until: null, cursor: null };
    const shown: Engagement["source"][] = [];
    for await (const { engagements } of toldPages(sourceOf(limited).read(window, live())))
      shown.push(...engagements.map(({ source }) => source));
    expect(shown).toEqual([{ kind: "flow", id: own.id, name: null }]);
  });

  it("of a click has the cleaned link, and of a machine's says so, however the flag is written", async () => {
    for (const properties of [
      {},
      { "Bot Click": "true" },
      { "Bot Click": "False" },
      { "Bot Click": undefined },
      { "Bot Click": true },
    ])
      klaviyo.sandbox.engage({ kind: "clicked", profile: ADA, message: campaign, properties });
    const clicks = await readAll("Clicked Email");
    expect(new Set(clicks.map(({ url }) => url))).toEqual(new Set(["https://shop.example.com/a"]));
    expect(clicks.filter(({ byMachine }) => byMachine)).toHaveLength(2);
    klaviyo.sandbox.engage({ kind: "opened", profile: ADA, message: campaign, machine: true });
    expect((await readAll("Opened Email")).map(({ byMachine }) => byMachine)).toEqual([true]);
  });

  it("tells the type of a bounce, the list that was left, and why a text message failed", async () => {
    const list = klaviyo.sandbox.createList({ name: "Newsletter" });
    klaviyo.sandbox.addToList(list, [klaviyo.sandbox.dump(null, 1).profiles[0]?.id ?? ""]);
    const text = klaviyo.sandbox.createCampaign({ name: "Text", subject: "Hi", channel: "sms" });
    klaviyo.sandbox.engage({ kind: "bounced", profile: ADA, message: campaign, bounce: "Soft" });
    klaviyo.sandbox.engage({ kind: "unsubscribed-from-list", profile: ADA, message: campaign, list });
    klaviyo.sandbox.engage({ kind: "unsubscribed", profile: "ben@example.com", message: campaign });
    klaviyo.sandbox.engage({ kind: "sms-failed", profile: ADA, message: text });
    expect((await readAll("Bounced Email"))[0]?.detail).toBe("Soft bounce");
    expect((await readAll("Unsubscribed from List"))[0]).toMatchObject({
      kind: "unsubscribed",
      list: "Newsletter",
    });
    expect((await readAll("Unsubscribed from Email Marketing"))[0]).toMatchObject({
      kind: "unsubscribed",
      list: null,
    });
    expect((await readAll("Failed to Deliver SMS"))[0]).toMatchObject({
      kind: "bounced",
      channel: "sms",
      messageName: "Text",
      detail: "Unreachable (Carrier)",
    });
  });

  it("of nobody that is known comes without a person", async () => {
    klaviyo.sandbox.addEvent({ metric: "Opened Email", profile: null });
    expect(await readAll("Opened Email")).toMatchObject([
      { person: null, email: null, message: null, source: { kind: "unknown" } },
    ]);
  });

  it("that cannot be read costs itself only, and what is logged names nobody", async () => {
    const event = (id: unknown, datetime: unknown, event_properties: unknown = {}): object => ({
      type: "event",
      id,
      attributes: { datetime, event_properties },
      relationships: { profile: { data: { type: "profile", id: "01ADA" } } },
    });
    const body = {
      data: [
        event("E1", "2026-09-04 13:38:55+02:00", { machine_open: 1, "Campaign Name": 7, $message: "M" }),
        event("E2", "yesterday", { "Recipient Email Address": ADA }),
        event(3, "2026-09-04T13:38:55+00:00"),
        "no event at all",
        event("E5", "2026-09-04T13:38:56+00:00", ["no", "object"]),
      ],
      included: [{ type: "profile", id: "01ADA", attributes: { email: "Ada@Example.com" } }, "nothing"],
      links: { next: null },
    };
    klaviyo.world.faults.add({
      match: "get_events",
      times: 1,
      fault: { kind: "status", status: 200, applied: "before", body },
    });
    expect(await readAll("Opened Email")).toMatchObject([
      { eventId: "E1", at: "2026-09-04T11:38:55.000Z", email: ADA, messageName: "7", byMachine: true },
      { eventId: "E5", at: "2026-09-04T13:38:56.000Z", email: ADA, message: null, byMachine: false },
    ]);
    expect(klaviyo.logged).toHaveLength(3);
    expect(klaviyo.logged.join(" ")).not.toMatch(/ada/i);
  });
});
