import { CampaignsApi, FlowsApi } from "klaviyo-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Engagement } from "../../../src/sandbox/klaviyo/control/mail-control.ts";
import type { KlaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";
import { dataIn, klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;
let campaign: string;
const DAY = 86_400_000;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
  klaviyo.sandbox.seed([
    { email: "ada@example.com", phone_number: "+12125550123", consent: "SUBSCRIBED" },
    { email: "ben@example.com", consent: "SUBSCRIBED" },
  ]);
  campaign = klaviyo.sandbox.createCampaign({
    name: "Spring sale",
    subject: "Everything must go",
    links: ["https://shop.example.com/a?b=1#c", "https://shop.example.com/d"],
  });
});
afterEach(() => klaviyo.close());

const engage = (given: Partial<Engagement> & Pick<Engagement, "kind">): string =>
  klaviyo.sandbox.engage({ profile: "ada@example.com", message: campaign, ...given });

async function read(
  id: string,
): Promise<{ metric: string; properties: Record<string, unknown>; datetime: unknown }> {
  const { body } = await klaviyo.events.getEvent(id, { include: ["metric"] });
  const included = body.included as unknown as [{ attributes: { name: string } }];
  const properties = body.data.attributes.eventProperties as Record<string, unknown>;
  return { metric: included[0].attributes.name, properties, datetime: body.data.attributes.datetime };
}

describe("engagement", () => {
  it("names the campaign, the subject and the person, and has what its kind has", async () => {
    const common = {
      $message: campaign,
      "Campaign Name": "Spring sale",
      Subject: "Everything must go",
      "Recipient Email Address": "ada@example.com",
      "Email Domain": "example.com",
    };
    const kinds: readonly (readonly [Omit<Engagement, "profile" | "message">, string, object])[] = [
      [{ kind: "received" }, "Received Email", {}],
      [{ kind: "dropped" }, "Dropped Email", {}],
      [{ kind: "opened" }, "Opened Email", { machine_open: false }],
      [
        { kind: "opened", machine: true },
        "Opened Email",
        { machine_open: true, "Client Name": "Apple Mail" },
      ],
      [{ kind: "clicked" }, "Clicked Email", { URL: "https://shop.example.com/a?b=1#c", "Bot Click": false }],
      [
        { kind: "clicked", bot: true, url: "https://shop.example.com/d" },
        "Clicked Email",
        { URL: "https://shop.example.com/d", "Bot Click": true },
      ],
      [{ kind: "bounced", bounce: "Soft" }, "Bounced Email", { "Bounce Type": "Soft" }],
      [{ kind: "spam" }, "Marked Email as Spam", {}],
      [{ kind: "unsubscribed" }, "Unsubscribed from Email Marketing", {}],
    ];
    for (const [given, metric, own] of kinds) {
      expect(await read(engage(given))).toMatchObject({ metric, properties: { ...common, ...own } });
    }
  });

  it("in a flow carries the flow's id and the message's", async () => {
    const { id, messages } = klaviyo.sandbox.createFlow({
      name: "Welcome",
      messages: [{ subject: "Hello", name: "Welcome 1" }],
    });
    const { properties } = await read(engage({ kind: "opened", message: messages[0] ?? "" }));
    expect(properties).toMatchObject({ $flow: id, $message: messages[0], Subject: "Hello" });
    expect((await read(engage({ kind: "opened" }))).properties).not.toHaveProperty("$flow");
  });

  it("clicks a link with the sender's parameters where the campaign adds them, and keeps its own", async () => {
    const message = klaviyo.sandbox.createCampaign({
      name: "Tracked",
      subject: "S",
      trackingParams: true,
      links: ["https://shop.example.com/a?b=1#c"],
    });
    const url = new URL(String((await read(engage({ kind: "clicked", message }))).properties["URL"]));
    expect([url.searchParams.get("b"), url.searchParams.get("utm_campaign"), url.hash]).toEqual([
      "1",
      "Tracked",
      "#c",
    ]);
  });

  it("changes the consent that belongs to it, at the time it happened", () => {
    const of = (who: string) => klaviyo.sandbox.profile(who);
    const list = klaviyo.sandbox.createList({ name: "News" });
    klaviyo.sandbox.seed([{ email: "list@example.com", lists: [list] }, { email: "spam@example.com" }]);
    engage({ kind: "bounced", bounce: "Soft" });
    expect(of("ada@example.com")?.suppression).toEqual([]);
    engage({ kind: "bounced" });
    expect(of("ada@example.com")).toMatchObject({ consent: "SUBSCRIBED", suppression: ["HARD_BOUNCE"] });
    engage({ kind: "unsubscribed", profile: "ben@example.com", datetime: "2026-01-05T10:00:00Z" });
    expect(of("ben@example.com")).toMatchObject({ consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE"] });
    engage({ kind: "spam", profile: "spam@example.com" });
    expect(of("spam@example.com")).toMatchObject({
      consent: "UNSUBSCRIBED",
      suppression: ["SPAM_COMPLAINT"],
    });
    klaviyo.sandbox.configure({ global_unsubscribe: false });
    engage({ kind: "unsubscribed-from-list", profile: "list@example.com", list });
    expect(of("list@example.com")).toMatchObject({ list_suppressions: [list], suppression: [], lists: [] });
    const unsubscribed = klaviyo.world.truth.changes.filter(({ action }) => action === "profile.unsubscribe");
    expect(unsubscribed).toMatchObject([
      { after: { consent_timestamp: "2026-01-05T10:00:00.000000+00:00" } },
    ]);
  });

  it("suppresses an address after more than seven soft bounces in a row, and not after fewer", () => {
    const soft = (minute: number) =>
      engage({
        kind: "bounced",
        bounce: "Soft",
        datetime: `2026-01-05T10:${String(minute).padStart(2, "0")}:00Z`,
      });
    for (let minute = 0; minute < 7; minute += 1) soft(minute);
    engage({ kind: "received", datetime: "2026-01-05T10:10:00Z" });
    for (let minute = 11; minute < 18; minute += 1) soft(minute);
    expect(klaviyo.sandbox.profile("ada@example.com")?.suppression).toEqual([]);
    soft(18);
    expect(klaviyo.sandbox.profile("ada@example.com")?.suppression).toEqual(["HARD_BOUNCE"]);
  });

  it("with text messages has their properties, and only what can happen to them", async () => {
    const message = klaviyo.sandbox.createCampaign({ name: "Text", subject: "Hi!", channel: "sms" });
    const { metric, properties } = await read(engage({ kind: "sms-clicked", message, bot: true }));
    expect(metric).toBe("Clicked SMS");
    expect(properties).toMatchObject({ $message: message, "To Number": "+12125550123", "Bot Click": true });
    expect((await read(engage({ kind: "sms-failed", message }))).properties).toHaveProperty("Failure Type");
    engage({ kind: "sms-unsubscribed", message });
    expect(klaviyo.sandbox.profile("ada@example.com")).toMatchObject({ sms_consent: "UNSUBSCRIBED" });
    expect(() => engage({ kind: "opened", message })).toThrow(
      "opened is nothing that happens to this message",
    );
    expect(() => engage({ kind: "sms-sent" })).toThrow("nothing that happens");
  });

  it("may come seventeen days late, lie in the future, and have flags that are texts or missing", async () => {
    const late = { datetime: "2026-01-05T10:00:00Z", visible_after_ms: 17 * DAY };
    engage({ kind: "opened", ...late });
    engage({ kind: "opened", datetime: "2099-01-01T00:00:00Z", properties: { machine_open: "True" } });
    const seen = async () => (await klaviyo.events.getEvents({ sort: "datetime" })).body.data.length;
    expect(await seen()).toBe(1);
    klaviyo.world.clock.advance(17 * DAY - 3_600_000);
    expect(await seen()).toBe(1);
    klaviyo.world.clock.advance(3_600_000);
    expect(await seen()).toBe(2);
    const old = engage({ kind: "clicked", properties: { "Bot Click": undefined } });
    expect((await read(old)).properties).not.toHaveProperty("Bot Click");
  });

  it("can be made by the hundred thousand, without a trace in the truth", async () => {
    klaviyo.sandbox.seedMany(1_000);
    const before = klaviyo.world.truth.changes.length;
    const late = { percent: 2, milliseconds: DAY };
    const count = 100_000;
    expect(klaviyo.sandbox.engageMany({ count, late, machinePercent: 10 })).toBe(count);
    expect(klaviyo.sandbox.counts().events).toBe(count);
    expect(klaviyo.world.truth.changes.length).toBe(before);
    const path = "/api/events?page[size]=1000&include=profile,metric&sort=datetime";
    expect(dataIn(await klaviyo.raw(path))).toHaveLength(1_000);
  });
});

describe("campaigns and flows", () => {
  const api = <T extends { basePath: string }>(Api: new (session: never) => T): T => {
    const made = new Api((klaviyo.events as unknown as { session: never }).session);
    made.basePath = klaviyo.url;
    return made;
  };

  it("tell the names and subjects behind the ids of events", async () => {
    const { body } = await api(CampaignsApi).getCampaigns("equals(messages.channel,'email')", {
      include: ["campaign-messages"],
    });
    expect(body.data).toMatchObject([{ id: campaign, attributes: { name: "Spring sale", status: "Sent" } }]);
    expect(body.included).toMatchObject([
      { attributes: { definition: { channel: "email", content: { subject: "Everything must go" } } } },
    ]);
    const { id } = klaviyo.sandbox.createFlow({ name: "Welcome", messages: [{ subject: "Hello" }] });
    const flow = await klaviyo.raw(`/api/flows/${id}?include=flow-actions`);
    expect(flow.body?.included).toMatchObject([
      { type: "flow-action", attributes: { definition: { data: { message: { subject_line: "Hello" } } } } },
    ]);
    const named = await api(FlowsApi).getFlows({ filter: "starts-with(name,'Wel')" });
    expect(named.body.data.map((each) => each.id)).toEqual([id]);
  });

  it("are listed by channel only, by name, status and age, and by no other operator", async () => {
    klaviyo.sandbox.createCampaign({
      name: "Old",
      subject: "S",
      sent: "2020-01-01T00:00:00Z",
      archived: true,
    });
    klaviyo.sandbox.createCampaign({ name: "Text", subject: "Hi", channel: "sms", status: "Draft" });
    const list = async (filter: string) => {
      const answer = await klaviyo.raw(`/api/campaigns?filter=${encodeURIComponent(filter)}&sort=name`);
      if (answer.status !== 200) return answer.status;
      return (dataIn(answer) as { attributes: { name: string } }[]).map(({ attributes }) => attributes.name);
    };
    const email = "equals(messages.channel,'email')";
    expect(await list(email)).toEqual(["Old", "Spring sale"]);
    expect(await list("equals(messages.channel,'sms')")).toEqual(["Text"]);
    expect(await list(`${email},contains(name,'sale')`)).toEqual(["Spring sale"]);
    expect(await list(`${email},equals(archived,true)`)).toEqual(["Old"]);
    expect(await list(`${email},greater-than(created_at,2021-01-01T00:00:00Z)`)).toEqual(["Spring sale"]);
    expect(await list("contains(name,'sale')")).toBe(400);
    expect(await list(`${email},equals(name,'Old')`)).toBe(400);
  });
});
