import { beforeEach, describe, expect, it } from "vitest";
import type { EngagementMetric, EngagementSource } from "../../../../src/connectors/engagement-port.ts";
import type { Engagement } from "../../../../src/model/engagement.ts";
import { SystemUnavailable } from "../../../../src/model/problem.ts";
import type { RehearsedKlaviyo } from "../../../support/klaviyo-connector.ts";
import { live, rehearse } from "../rehearse.ts";

const EPOCH = "2000-01-01T00:00:00.000Z";
const DAY = 86_400_000;
const ADA = "ada@example.com";

let klaviyo: RehearsedKlaviyo;
let campaign: string;

beforeEach(async () => {
  klaviyo = await rehearse();
  klaviyo.sandbox.seed([
    { email: ADA, phone_number: "+12125550123", consent: "SUBSCRIBED" },
    { email: "ben@example.com", consent: "SUBSCRIBED" },
  ]);
  campaign = klaviyo.sandbox.createCampaign({
    name: "Spring sale",
    subject: "Everything must go",
    links: ["https://shop.example.com/a"],
    trackingParams: true,
  });
});

function sourceOf({ connector }: RehearsedKlaviyo): EngagementSource {
  const { source } = connector.engagement;
  if (source === null) throw new Error("Klaviyo is a source of engagement");
  return source;
}

async function metricNamed(name: string, of = klaviyo): Promise<EngagementMetric> {
  const metrics = await sourceOf(of).metrics(live());
  const metric = metrics.find((each) => each.name === name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  return metric;
}

async function readAll(
  name: string,
  window: { readonly from?: string; readonly until?: string | null; readonly cursor?: string | null } = {},
): Promise<readonly Engagement[]> {
  const { from = EPOCH, until = null, cursor = null } = window;
  const metric = await metricNamed(name);
  const found: Engagement[] = [];
  for await (const page of sourceOf(klaviyo).read({ metric, from, until, cursor }, live()))
    found.push(...page.engagements);
  return found;
}

const now = (): number => klaviyo.world.clock.now();
const iso = (at: number): string => new Date(at).toISOString();

describe("the metrics of an account", () => {
  it("are Klaviyo's own, by their exact names, with what they tell of", async () => {
    const metrics = await sourceOf(klaviyo).metrics(live());
    const told = Object.fromEntries(metrics.map(({ name, kind, channel }) => [name, `${kind} ${channel}`]));
    expect(told).toEqual({
      "Received Email": "received email",
      "Opened Email": "opened email",
      "Clicked Email": "clicked email",
      "Bounced Email": "bounced email",
      "Dropped Email": "dropped email",
      "Marked Email as Spam": "spam email",
      "Unsubscribed from Email Marketing": "unsubscribed email",
      "Unsubscribed from List": "unsubscribed email",
      "Received SMS": "received sms",
      "Clicked SMS": "clicked sms",
      "Failed to Deliver SMS": "bounced sms",
      "Unsubscribed from SMS Marketing": "unsubscribed sms",
    });
  });

  it("may be absent until they first happen, and one that an API caller names alike is another", async () => {
    const fresh = await rehearse({ settings: { native_metrics: "used" } });
    fresh.sandbox.seed([{ email: ADA }]);
    await fresh.raw("/api/events", {
      method: "POST",
      body: {
        data: {
          type: "event",
          attributes: {
            properties: {},
            metric: { data: { type: "metric", attributes: { name: "Opened Email" } } },
            profile: { data: { type: "profile", attributes: { email: ADA } } },
          },
        },
      },
    });
    expect(await sourceOf(fresh).metrics(live())).toEqual([]);
  });
});

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
    const metric = await metricNamed("Opened Email", limited);
    const window = { metric, from: EPOCH, until: null, cursor: null };
    const shown: Engagement["source"][] = [];
    for await (const { engagements } of sourceOf(limited).read(window, live()))
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
    expect(clicks.map(({ byMachine }) => byMachine).toSorted()).toEqual([false, false, false, true, true]);
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

describe("a window of events", () => {
  it("goes from its first moment, which is in it, to its last, which is not, the future included", async () => {
    const second = Math.floor(now() / 1_000) * 1_000;
    const at = [second - DAY, second - 60_000, second - 59_000, second + DAY].map(iso);
    for (const datetime of at)
      klaviyo.sandbox.engage({ kind: "opened", profile: ADA, message: campaign, datetime });
    const times = async (from: string, until: string | null): Promise<readonly string[]> =>
      (await readAll("Opened Email", { from, until })).map((each) => each.at);
    expect(await times(EPOCH, null)).toEqual(at);
    expect(await times(at[1] ?? "", at[2] ?? "")).toEqual([at[1]]);
    expect(await times(iso(second - 60_500), iso(second - 59_500))).toEqual([at[1]]);
    expect(await times(EPOCH, iso(now()))).toEqual(at.slice(0, 3));
    expect(await times(iso(now() + 60_000), null)).toEqual([at[3]]);
  });

  it("is read by the thousand, goes on at its cursor, and starts over where Klaviyo lost that", async () => {
    klaviyo.sandbox.engageMany({ count: 2_500, kinds: ["opened"], messages: [campaign] });
    const metric = await metricNamed("Opened Email");
    const source = sourceOf(klaviyo);
    const window = { metric, from: EPOCH, until: null, cursor: null };
    const cursors: (string | null)[] = [];
    const ids = new Set<string>();
    for await (const { engagements, next } of source.read(window, live())) {
      cursors.push(next);
      for (const { eventId } of engagements) ids.add(eventId);
    }
    expect(ids.size).toBe(2_500);
    expect(klaviyo.called("get_events")).toBe(3);
    expect(cursors.map((cursor) => cursor !== null)).toEqual([true, true, false]);
    const rest: string[] = [];
    for await (const page of source.read({ ...window, cursor: cursors[1] ?? "" }, live()))
      rest.push(...page.engagements.map(({ eventId }) => eventId));
    expect(rest).toHaveLength(500);
    const again = new Set<string>();
    for await (const page of source.read({ ...window, cursor: "forgotten" }, live()))
      for (const { eventId } of page.engagements) again.add(eventId);
    expect(again).toEqual(ids);
  });

  it("that cannot be read stops the side, and names the scope that is missing", async () => {
    const limited = await rehearse({ key: "pk_metrics_only" });
    limited.sandbox.addKey({ key: "pk_metrics_only", scopes: ["metrics:read"] });
    const metric = await metricNamed("Opened Email", limited);
    const reading = sourceOf(limited).read({ metric, from: EPOCH, until: null, cursor: null }, live());
    const error: unknown = await reading[Symbol.asyncIterator]()
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SystemUnavailable);
    expect(error).toMatchObject({ side: "klaviyo", problem: { code: "KL-SCOPE" } });
  });
});

describe("counts by day", () => {
  it("are Klaviyo's own, in UTC, over more than a year", async () => {
    const at = [
      "2025-01-01T00:00:00Z",
      "2025-01-01T23:59:59Z",
      "2025-12-31T12:00:00Z",
      "2026-06-01T05:00:00Z",
    ];
    for (const datetime of at)
      klaviyo.sandbox.engage({ kind: "opened", profile: ADA, message: campaign, datetime });
    const metric = await metricNamed("Opened Email");
    const counts = await sourceOf(klaviyo).countByDay(metric, "2025-01-01", "2026-06-01", live());
    expect(counts.size).toBe(516);
    expect([...counts].filter(([, count]) => count > 0)).toEqual([
      ["2025-01-01", 2],
      ["2025-12-31", 1],
    ]);
    expect(klaviyo.called("query_metric_aggregates")).toBe(2);
    expect(await sourceOf(klaviyo).countByDay(metric, "2026-01-01", "2026-01-01", live())).toEqual(new Map());
  });
});
