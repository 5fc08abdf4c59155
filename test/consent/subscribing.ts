import type { Mapping } from "../../src/model/mapping.ts";
import { mapping, scopeRule } from "../support/rule.ts";

const newsletter = { kind: "list", nameOrId: "newsletter", line: 1, column: 1 } as const;

/** Anybody who is in HubSpot's list is to be subscribed to Klaviyo's newsletter, and no limit is in the way. */
export const SUBSCRIBING: Mapping = mapping({
  rules: [scopeRule("customers", "hubspot", "all", { addToLists: [newsletter], subscribe: true })],
  consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" },
  limits: { ...mapping().limits, subscribes: { count: 100 }, unsubscribes: { count: 100 } },
  hash: "subscribing",
});
