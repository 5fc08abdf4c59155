import type { Call, Reply, Route } from "../../route.ts";
import type { MailFlow, Message } from "../state/mailings.ts";
import { sortedIndex } from "../state/sorted-index.ts";
import type { KlaviyoState } from "../state/state.ts";
import { inSeconds, secondsOf } from "../state/vendor-time.ts";
import { relation, resourceLink, selfLink } from "../wire/document.ts";
import type { FilterFields, Operator } from "../wire/filter.ts";
import { filterOf, FOUR_COMPARISONS, holds } from "../wire/filter.ts";
import { operation } from "../wire/operation.ts";
import { pageOf } from "../wire/page.ts";
import { noSuch } from "../wire/vendor-error.ts";
import { additionalOf, fieldsOf, includesOf, sparse } from "../wire/requested-fields.ts";
import { sortOf } from "../wire/sort.ts";
import { withIncluded } from "./group-page.ts";

const TIMES: readonly Operator[] = ["equals", ...FOUR_COMPARISONS];
const FILTERS: FilterFields = {
  id: { operators: ["any"], type: "text" },
  name: { operators: ["contains", "ends-with", "equals", "starts-with"], type: "text" },
  status: { operators: ["equals"], type: "text" },
  archived: { operators: ["equals"], type: "boolean" },
  created: { operators: TIMES, type: "seconds" },
  updated: { operators: TIMES, type: "seconds" },
  trigger_type: { operators: ["equals"], type: "text" },
};
const INCLUDES = ["flow-actions", "tags"];
const ORDERS = ["id", "created", "name", "status", "trigger_type", "updated"] as const;

/** Flows, and as their actions the messages they send. Nobody writes them here. */
export function flowRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("get_flows", "GET", "/api/flows", (call) => {
      const includes = includesOf(call, INCLUDES);
      const conditions = filterOf(call, FILTERS);
      const { field, descending } = sortOf(call, ORDERS, "id");
      const all = flowsOf(state);
      const index = sortedIndex();
      for (const flow of all.values()) {
        const values = comparable(flow);
        const kept = conditions.every((condition) => holds(condition, values[condition.field]));
        if (kept) index.add(values[field] as string | number, flow.id);
      }
      const sizes = { standard: 50, max: 50 };
      const { rows, links } = pageOf(call, { index, descending, sizes, pick: ({ id }) => all.get(id) });
      const data = rows.map((flow) => flowResource(call, flow, includes));
      return withIncluded({ status: 200, body: { data, links } }, includes, included(call, rows, includes));
    }),
    operation("get_flow", "GET", "/api/flows/:id", (call) => {
      const includes = includesOf(call, INCLUDES);
      const id = call.params["id"] ?? "";
      const flow = flowsOf(state).get(id);
      if (flow === undefined) throw noSuch("flow", id);
      const data = flowResource(call, flow, includes);
      const reply: Reply = { status: 200, body: { data, links: { self: selfLink(call) } } };
      return withIncluded(reply, includes, included(call, [flow], includes));
    }),
  ];
}

/** Those that lists start as well, which send nothing here. */
function flowsOf({ mailings, lists }: KlaviyoState): ReadonlyMap<string, MailFlow> {
  const all = new Map(mailings.flows);
  for (const { flows = [], created } of lists.values()) {
    for (const flow of flows) {
      const rest = { created, updated: created, trackingParams: false, messages: [] };
      all.set(flow.id, { ...flow, ...rest, trigger: "Added to List" });
    }
  }
  return all;
}

function comparable(flow: MailFlow): Readonly<Record<string, unknown>> {
  const { id, name, status, archived, trigger: trigger_type, created, updated } = flow;
  return {
    id,
    name,
    status,
    archived,
    trigger_type,
    created: secondsOf(created),
    updated: secondsOf(updated),
  };
}

function flowResource(call: Call, flow: MailFlow, includes: ReadonlySet<string>): object {
  const { id, name, status, archived, trigger: trigger_type, messages } = flow;
  const times = { created: inSeconds(flow.created), updated: inSeconds(flow.updated) };
  const attributes = sparse({ name, status, archived, ...times, trigger_type }, fieldsOf(call, "flow"));
  if (additionalOf(call, "flow").has("definition")) {
    const actions = messages.map((message) => definitionOf(message, flow));
    attributes["definition"] = { triggers: [], profile_filter: null, actions, entry_action_id: null };
  }
  const actions = messages.map((message) => ({ type: "flow-action", id: actionId(message) }));
  return {
    type: "flow",
    id,
    attributes,
    relationships: {
      "flow-actions": relation(
        call,
        "flows",
        id,
        "flow-actions",
        includes.has("flow-actions") ? actions : undefined,
      ),
      tags: relation(call, "flows", id, "tags", includes.has("tags") ? [] : undefined),
    },
    links: { self: resourceLink(call, "flows", id) },
  };
}

function included(call: Call, flows: readonly MailFlow[], includes: ReadonlySet<string>): readonly object[] {
  if (!includes.has("flow-actions")) return [];
  return flows.flatMap((flow) => flow.messages.map((message) => actionResource(call, message, flow)));
}

function actionResource(call: Call, message: Message, flow: MailFlow): object {
  const id = actionId(message);
  const attributes = {
    created: inSeconds(flow.created),
    updated: inSeconds(flow.updated),
    definition: definitionOf(message, flow),
  };
  const sent = [{ type: "flow-message", id: message.id }];
  return {
    type: "flow-action",
    id,
    attributes: sparse(attributes, fieldsOf(call, "flow-action")),
    relationships: {
      flow: relation(call, "flow-actions", id, "flow", { type: "flow", id: flow.id }),
      "flow-messages": relation(call, "flow-actions", id, "flow-messages", sent),
    },
    links: { self: resourceLink(call, "flow-actions", id) },
  };
}

function definitionOf(message: Message, { status, trackingParams }: MailFlow): object {
  const { id, name, subject, channel } = message;
  const own =
    channel === "sms"
      ? { name, id, body: subject }
      : {
          name,
          id,
          from_email: "hello@example.com",
          from_label: "Example",
          subject_line: subject,
          preview_text: "",
          add_tracking_params: trackingParams,
        };
  const type = channel === "sms" ? "send-sms" : "send-email";
  return { id: actionId(message), type, links: { next: null }, data: { message: own, status } };
}

/** Actions have numbers for ids; this one is made of the message's. */
function actionId({ id }: Message): string {
  return String(Buffer.from(id).reduce((sum, letter) => (sum * 64 + letter) % 100_000_000, 0));
}
