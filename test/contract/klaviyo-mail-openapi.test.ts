import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Exchange, KlaviyoSpecification } from "../support/klaviyo-openapi.ts";
import { SPECIFICATION, klaviyoSpecification, observed } from "../support/klaviyo-openapi.ts";
import type { KlaviyoRehearsal } from "../support/klaviyo-rehearsal.ts";
import { klaviyoRehearsal } from "../support/klaviyo-rehearsal.ts";

/** What is sent in Klaviyo, and what comes of it; the other operations have their own test. */
const MAIL = [
  "get_campaigns",
  "get_campaign",
  "get_flows",
  "get_flow",
  "query_metric_aggregates",
  "get_events",
];

describe.skipIf(SPECIFICATION === null)(
  "the rehearsal's mail keeps to Klaviyo's published specification",
  () => {
    const exchanges: Exchange[] = [];
    let specification: KlaviyoSpecification;
    let klaviyo: KlaviyoRehearsal;

    beforeAll(async () => {
      if (SPECIFICATION === null) throw new Error("skipped");
      specification = klaviyoSpecification(SPECIFICATION);
      klaviyo = await klaviyoRehearsal({
        wrap: (vendor) => observed(vendor, (exchange) => exchanges.push(exchange)),
      });
      await driveMail(klaviyo);
    });
    afterAll(() => klaviyo.close());

    it("answers every operation with success, and nothing that the specification does not allow", () => {
      const good = new Set(
        klaviyo.world.truth.calls.filter(({ status }) => status < 300).map(({ operation }) => operation),
      );
      expect(MAIL.filter((name) => !good.has(name))).toEqual([]);
      expect(exchanges.flatMap((exchange) => specification.problemsOf(exchange))).toEqual([]);
    });
  },
);

async function driveMail(klaviyo: KlaviyoRehearsal): Promise<void> {
  const { sandbox } = klaviyo;
  const list = sandbox.createList({ name: "All" });
  sandbox.seed([{ email: "ada@example.com", phone_number: "+12125550123", lists: [list] }]);
  const profile = "ada@example.com";
  const email = sandbox.createCampaign({
    name: "Sale",
    subject: "Now",
    audiences: [list],
    trackingParams: true,
  });
  const sms = sandbox.createCampaign({ name: "Text", subject: "Hi", channel: "sms" });
  sandbox.createCampaign({ name: "Later", subject: "Soon", status: "Draft" });
  const { id: flow, messages } = sandbox.createFlow({
    name: "Welcome",
    trigger: "Added to List",
    trackingParams: true,
    messages: [{ subject: "Hello" }, { subject: "Hello again", channel: "sms" }],
  });
  for (const kind of ["received", "opened", "clicked", "bounced", "dropped", "spam", "unsubscribed"] as const)
    sandbox.engage({ kind, profile, message: email });
  sandbox.engage({ kind: "opened", profile, message: messages[0] ?? "" });
  for (const kind of ["sms-sent", "sms-received", "sms-clicked", "sms-failed", "sms-unsubscribed"] as const)
    sandbox.engage({ kind, profile, message: sms });
  for (const channel of ["email", "sms"]) {
    const filter = encodeURIComponent(`equals(messages.channel,'${channel}')`);
    await klaviyo.raw(`/api/campaigns?filter=${filter}&include=campaign-messages,tags&sort=-created_at`);
  }
  await klaviyo.raw(`/api/campaigns/${email}`);
  await klaviyo.raw(`/api/campaigns/${email}?fields[campaign]=name,send_time&include=campaign-messages`);
  await klaviyo.raw("/api/flows?include=flow-actions,tags&sort=-updated&page[size]=50");
  await klaviyo.raw(`/api/flows/${flow}?include=flow-actions&fields[flow]=name`);
  await klaviyo.raw(`/api/flows/${flow}?additional-fields[flow]=definition`);
  await klaviyo.raw("/api/flows/NoSuch");
  await klaviyo.raw("/api/events?include=metric,profile&page[size]=1000");
  const attributes = {
    metric_id: sandbox.metricId("Clicked Email"),
    measurements: ["count", "sum_value", "unique"],
    interval: "day",
    by: ["$message", "URL"],
    timezone: "America/New_York",
    filter: ["greater-or-equal(datetime,2026-01-01T00:00:00)", "less-than(datetime,2027-01-01T00:00:00)"],
  };
  await klaviyo.raw("/api/metric-aggregates", {
    method: "POST",
    body: { data: { type: "metric-aggregate", attributes } },
  });
}
