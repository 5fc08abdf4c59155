import type { Call, Reply, Route } from "../../route.ts";
import type { Campaign } from "../state/mailings.ts";
import { sortedIndex } from "../state/sorted-index.ts";
import type { KlaviyoState } from "../state/state.ts";
import { inSeconds, secondsOf } from "../state/vendor-time.ts";
import { relation, resourceLink, selfLink } from "../wire/document.ts";
import type { Condition, FilterFields } from "../wire/filter.ts";
import { filterOf, FOUR_COMPARISONS, holds } from "../wire/filter.ts";
import { operation } from "../wire/operation.ts";
import { pageOf } from "../wire/page.ts";
import { invalidParameter, noSuch } from "../wire/vendor-error.ts";
import { fieldsOf, includesOf, sparse } from "../wire/requested-fields.ts";
import { sortOf } from "../wire/sort.ts";
import { withIncluded } from "./group-page.ts";

const FILTERS: FilterFields = {
  id: { operators: ["any"], type: "text" },
  "messages.channel": { operators: ["equals"], type: "text" },
  name: { operators: ["contains"], type: "text" },
  status: { operators: ["any", "equals"], type: "text" },
  archived: { operators: ["equals"], type: "boolean" },
  created_at: { operators: FOUR_COMPARISONS, type: "seconds" },
  scheduled_at: { operators: FOUR_COMPARISONS, type: "seconds" },
  updated_at: { operators: FOUR_COMPARISONS, type: "seconds" },
};
const INCLUDES = ["campaign-messages", "tags"];
const ORDERS = ["id", "created_at", "name", "scheduled_at", "updated_at"] as const;

/** Campaigns with their messages: names and subjects behind the ids of events. Nobody writes them here. */
export function campaignRoutes(state: KlaviyoState): readonly Route[] {
  const { campaigns } = state.mailings;
  return [
    operation("get_campaigns", "GET", "/api/campaigns", (call) => {
      const includes = includesOf(call, INCLUDES);
      const conditions = filterOf(call, FILTERS);
      // "A channel filter is required to list campaigns"; in which words it is refused is not known.
      if (!conditions.some(({ field }) => field === "messages.channel"))
        throw invalidParameter("A 'messages.channel' filter is required.", "filter");
      const { field, descending } = sortOf(call, ORDERS, "id");
      const index = sortedIndex();
      for (const campaign of campaigns.values()) {
        const values = comparable(campaign);
        if (matches(conditions, values)) index.add(values[field] as string | number, campaign.id);
      }
      const sizes = { standard: 100, max: 100 };
      const { rows, links } = pageOf(call, { index, descending, sizes, pick: ({ id }) => campaigns.get(id) });
      const data = rows.map((campaign) => campaignResource(call, campaign, includes));
      return withIncluded({ status: 200, body: { data, links } }, includes, included(call, rows, includes));
    }),
    operation("get_campaign", "GET", "/api/campaigns/:id", (call) => {
      const includes = includesOf(call, INCLUDES);
      const id = call.params["id"] ?? "";
      const campaign = campaigns.get(id);
      if (campaign === undefined) throw noSuch("campaign", id);
      const data = campaignResource(call, campaign, includes);
      const reply: Reply = { status: 200, body: { data, links: { self: selfLink(call) } } };
      return withIncluded(reply, includes, included(call, [campaign], includes));
    }),
  ];
}

function comparable(campaign: Campaign): Readonly<Record<string, unknown>> {
  const { id, name, status, archived, message, created, updated, scheduled } = campaign;
  return {
    id,
    name,
    status,
    archived,
    "messages.channel": message.channel,
    created_at: secondsOf(created),
    updated_at: secondsOf(updated),
    scheduled_at: scheduled === null ? 0 : secondsOf(scheduled),
  };
}

function matches(conditions: readonly Condition[], values: Readonly<Record<string, unknown>>): boolean {
  return conditions.every((condition) => holds(condition, values[condition.field]));
}

function campaignResource(call: Call, campaign: Campaign, includes: ReadonlySet<string>): object {
  const { id, name, status, archived, audiences, trackingParams, created, updated, scheduled, message } =
    campaign;
  const when = scheduled === null ? null : inSeconds(scheduled);
  const attributes = {
    name,
    status,
    archived,
    audiences: { included: audiences, excluded: [] },
    send_options: { use_smart_sending: true },
    tracking_options: {
      add_tracking_params: trackingParams,
      custom_tracking_params: [],
      ...(message.channel === "email" ? { is_tracking_clicks: true, is_tracking_opens: true } : {}),
    },
    send_strategy: when === null ? { method: "immediate" } : { method: "static", datetime: when },
    created_at: inSeconds(created),
    scheduled_at: when,
    updated_at: inSeconds(updated),
    send_time: status === "Sent" ? when : null,
  };
  const messages = includes.has("campaign-messages")
    ? [{ type: "campaign-message", id: message.id }]
    : undefined;
  return {
    type: "campaign",
    id,
    attributes: sparse(attributes, fieldsOf(call, "campaign")),
    relationships: {
      "campaign-messages": relation(call, "campaigns", id, "campaign-messages", messages),
      tags: relation(call, "campaigns", id, "tags", includes.has("tags") ? [] : undefined),
    },
    links: { self: resourceLink(call, "campaigns", id) },
  };
}

function included(
  call: Call,
  campaigns: readonly Campaign[],
  includes: ReadonlySet<string>,
): readonly object[] {
  return includes.has("campaign-messages")
    ? campaigns.map((campaign) => messageResource(call, campaign))
    : [];
}

function messageResource(call: Call, { id: campaignId, message, created, updated }: Campaign): object {
  const { id, channel, name, subject } = message;
  const email = {
    channel,
    label: name,
    content: {
      subject,
      preview_text: "",
      from_email: "hello@example.com",
      from_label: "Example",
      reply_to_email: null,
      cc_email: null,
      bcc_email: null,
    },
  };
  const definition = channel === "email" ? email : { channel, content: { body: subject, media_url: null } };
  const attributes = {
    definition,
    send_times: [],
    created_at: inSeconds(created),
    updated_at: inSeconds(updated),
  };
  return {
    type: "campaign-message",
    id,
    attributes: sparse(attributes, fieldsOf(call, "campaign-message")),
    relationships: {
      campaign: relation(call, "campaign-messages", id, "campaign", { type: "campaign", id: campaignId }),
      template: relation(call, "campaign-messages", id, "template"),
    },
    links: { self: resourceLink(call, "campaign-messages", id) },
  };
}
