import type { AlertRule, Channels } from "../../../src/model/watch/alerting.ts";
import type { AlertFacts } from "../../../src/service/alerts/conditions.ts";

/** A connection of which there is nothing to say. */
export const QUIET: AlertFacts = {
  connection: "acme-main",
  stopped: null,
  overdue: [],
  failing: 0,
  contacts: 1_000,
  causes: [],
  calls: { hubspot: { calls: 500, failed: 0 }, klaviyo: { calls: 500, failed: 0 } },
  held: null,
  keys: [],
  versions: [],
};

export const STOPPED: AlertFacts = {
  ...QUIET,
  stopped: {
    title: "HubSpot did not accept the key",
    explanation: "HubSpot answered 401.",
    fix: ["Create a new key."],
    since: new Date("2026-11-01T07:00:00Z"),
  },
};

export const NO_CHANNELS: Channels = {
  slack: null,
  email: null,
  webhook: null,
  pagerduty: null,
  heartbeat: null,
};

export function rule(type: AlertRule["type"], more: Partial<AlertRule> = {}): AlertRule {
  return { type, to: ["slack"], above: null, beforeMs: null, ...more };
}
