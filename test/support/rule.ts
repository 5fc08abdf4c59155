import type { FieldRule, Mapping, ScopeRule } from "../../src/model/mapping.ts";

/** A field rule between two text properties, with what the test cares about changed. */
export function fieldRule(hubspot: string, klaviyo: string, changes: Partial<FieldRule> = {}): FieldRule {
  const type = changes.type ?? "text";
  return {
    key: `${hubspot}:${klaviyo}:${type}`,
    type,
    property: { hubspot, klaviyo },
    propertyType: { hubspot: type, klaviyo: type },
    direction: "both",
    winner: "hubspot",
    newest: false,
    onEmpty: "keep",
    onTargetEdit: "keep",
    onInvalid: "skip_field",
    merge: "replace",
    options: null,
    transforms: { hubspot: [], klaviyo: [] },
    line: 1,
    ...changes,
  };
}

/** The transforms of a phone field whose numbers without a country are of this one. */
export function phoneSteps(country: string | null): FieldRule["transforms"] {
  return {
    hubspot: [],
    klaviyo: country === null ? [] : [{ kind: "phone_e164", defaultCountry: country }],
  };
}

/** A scope rule over one list of HubSpot, or one segment of Klaviyo. */
export function scopeRule(
  id: string,
  from: ScopeRule["from"],
  collection: string,
  changes: Partial<ScopeRule> = {},
): ScopeRule {
  const kind = from === "hubspot" ? "list" : "segment";
  return {
    id,
    from,
    collections: [{ kind, nameOrId: collection, line: 1, column: 1 }],
    onEnter: "link_or_create",
    addToLists: [],
    subscribe: false,
    onLeave: "stop",
    line: 1,
    ...changes,
  };
}

export function mapping(changes: Partial<Mapping> = {}): Mapping {
  return {
    name: "test",
    timezone: "UTC",
    hubspot: {
      token: { env: "HUBSPOT" },
      tokenExpires: null,
      portalId: null,
      apiVersion: "2026-03",
      baseUrl: null,
    },
    klaviyo: {
      token: { env: "KLAVIYO" },
      tokenExpires: null,
      accountId: null,
      revision: "2026-07-15",
      baseUrl: null,
    },
    rules: [scopeRule("customers", "hubspot", "all"), scopeRule("leads", "klaviyo", "engaged")],
    fields: [fieldRule("firstname", "first_name"), fieldRule("jobtitle", "title", { onEmpty: "clear" })],
    identity: { emailChange: "relink", secondaryEmails: "ignore" },
    consent: { unsubscribeFrom: [], hubspotOptOut: "ignore" },
    engagement: null,
    schedule: {
      contacts: "*/15 * * * *",
      reconcile: "0 3 * * *",
      consent: "* * * * *",
      engagement: "*/5 * * * *",
      quiet: [],
    },
    limits: {
      creates: { share: 0.2 },
      updates: { share: 1 },
      removals: { share: 0.05 },
      clears: { share: 0.02 },
      unsubscribes: { share: 0.005 },
      subscribes: { share: 0.01 },
      errors: { share: 0.1 },
      approvalAbove: null,
      apiShare: { hubspot: 1, klaviyo: 1 },
    },
    retry: { attempts: 6, firstMs: 30_000, longestMs: 21_600_000 },
    privacy: { historyMs: 400 * 86_400_000, rawMs: 30 * 86_400_000, auditMs: null },
    alerts: [],
    channels: { slack: null, email: null, webhook: null, pagerduty: null, heartbeat: null },
    hash: "1",
    ...changes,
  };
}
