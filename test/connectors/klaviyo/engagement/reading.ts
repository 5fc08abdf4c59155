import type { EngagementMetric, EngagementSource } from "../../../../src/connectors/engagement-port.ts";
import type { Engagement } from "../../../../src/model/engagement.ts";
import type { RehearsedKlaviyo } from "../../../support/klaviyo-connector.ts";
import { live, rehearse } from "../rehearse.ts";
import { toldPages } from "../../../support/told-engagement.ts";

export const EPOCH = "2000-01-01T00:00:00.000Z";
export const ADA = "ada@example.com";

/** A rehearsal Klaviyo with two people and a campaign. */
export interface Mailed {
  readonly klaviyo: RehearsedKlaviyo;
  readonly campaign: string;
  /** Every event of a metric that lies in a window. */
  readonly readAll: (name: string, from?: string, until?: string | null) => Promise<readonly Engagement[]>;
}

export async function mailed(): Promise<Mailed> {
  const klaviyo = await rehearse();
  klaviyo.sandbox.seed([
    { email: ADA, phone_number: "+12125550123", consent: "SUBSCRIBED" },
    { email: "ben@example.com", consent: "SUBSCRIBED" },
  ]);
  const campaign = klaviyo.sandbox.createCampaign({
    name: "Spring sale",
    subject: "Everything must go",
    links: ["https://shop.example.com/a"],
    trackingParams: true,
  });
  return {
    klaviyo,
    campaign,
    async readAll(name, from = EPOCH, until = null) {
      const metric = await metricNamed(klaviyo, name);
      const found: Engagement[] = [];
      for await (const page of toldPages(
        sourceOf(klaviyo).read({ metric, from, until, cursor: null }, live()),
      ))
        found.push(...page.engagements);
      return found;
    },
  };
}

export function sourceOf({ connector }: RehearsedKlaviyo): EngagementSource {
  const { source } = connector.engagement;
  if (source === null) throw new Error("Klaviyo is a source of engagement");
  return source;
}

export async function metricNamed(klaviyo: RehearsedKlaviyo, name: string): Promise<EngagementMetric> {
  const metrics = await sourceOf(klaviyo).metrics(new Map(), live());
  const metric = metrics.find((each) => each.name === name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  return metric;
}
