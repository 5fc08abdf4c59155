import { companyProperty } from "../../mapping/company-field.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import type { ToldSideNote } from "../../store/runs/side-notes.ts";

/** A scope that the mapping in use needs, what for, and whether the key has it. */
export interface ScopeNeed {
  readonly side: Side;
  readonly scope: string;
  readonly feature: string;
  /** Reading is tried; whether a key may write shows only in writing. */
  readonly state: "there" | "missing" | "unknown";
}

const READING: Readonly<Record<Side, readonly (readonly [scope: string, feature: string])[]>> = {
  hubspot: [
    ["crm.objects.contacts.read", "Reads contacts"],
    ["crm.lists.read", "Reads lists, for the rules"],
  ],
  klaviyo: [
    ["accounts:read", "Reads whose account it is"],
    ["profiles:read", "Reads profiles"],
    ["lists:read", "Reads lists"],
    ["segments:read", "Reads segments"],
  ],
};

/** Which scopes this mapping needs, by side, in the order in which they are told. */
export function scopeNeeds(
  mapping: Mapping,
  notes: Readonly<Record<Side, ToldSideNote | null>>,
): readonly ScopeNeed[] {
  const read = (["hubspot", "klaviyo"] as const).flatMap((side) =>
    READING[side].map(([scope, feature]): ScopeNeed => ({
      side,
      scope,
      feature,
      state: stateOf(scope, notes[side]),
    })),
  );
  const unknown = (side: Side, scope: string, feature: string): ScopeNeed => ({
    side,
    scope,
    feature,
    state: "unknown",
  });
  const { fields, rules, consent, engagement } = mapping;
  const maySubscribe = notes.klaviyo?.maySubscribe;
  const canSubscribe: ScopeNeed = {
    side: "klaviyo",
    scope: "subscriptions:write",
    feature: "Asks to subscribe, and unsubscribes",
    state: maySubscribe === true ? "there" : maySubscribe === false ? "missing" : "unknown",
  };
  const changesConsent = rules.some(({ subscribe }) => subscribe) || consent.hubspotOptOut === "unsubscribe";
  return [
    ...read,
    unknown("hubspot", "crm.objects.contacts.write", "Writes contacts"),
    ...(fields.some(({ property }) => companyProperty(property.hubspot) !== null)
      ? [unknown("hubspot", "crm.objects.companies.read", "Reads companies, for company_fields")]
      : []),
    ...(consent.unsubscribeFrom.length > 0
      ? [
          unknown(
            "hubspot",
            "communication_preferences.read_write",
            "Syncs opt-outs to HubSpot's subscription types",
          ),
        ]
      : []),
    unknown("klaviyo", "profiles:write", "Writes profiles"),
    unknown("klaviyo", "lists:write", "Puts people on lists, and takes them off"),
    ...(changesConsent ? [canSubscribe] : []),
    ...(engagement === null
      ? []
      : [
          unknown("klaviyo", "events:read", "Reads what people did with messages"),
          unknown("klaviyo", "metrics:read", "Reads and counts metrics"),
        ]),
  ];
}

function stateOf(scope: string, note: ToldSideNote | null): ScopeNeed["state"] {
  if (note === null || note.missingScopes === null) return "unknown";
  return note.missingScopes.includes(scope) ? "missing" : "there";
}
