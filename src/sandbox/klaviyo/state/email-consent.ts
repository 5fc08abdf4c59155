export type SuppressionReason =
  "HARD_BOUNCE" | "INVALID_EMAIL" | "SPAM_COMPLAINT" | "UNSUBSCRIBE" | "USER_SUPPRESSED";

/** What Klaviyo knows of a person's e-mail consent. Times are microseconds. */
export interface EmailConsent {
  readonly consent: "SUBSCRIBED" | "UNSUBSCRIBED" | "NEVER_SUBSCRIBED";
  readonly consent_timestamp: number | null;
  readonly last_updated: number | null;
  readonly method: string | null;
  readonly method_detail: string | null;
  readonly custom_method_detail: string | null;
  readonly double_optin: boolean | null;
  readonly suppression: readonly { readonly reason: SuppressionReason; readonly timestamp: number }[];
  readonly list_suppressions: readonly {
    readonly list_id: string;
    readonly reason: string;
    readonly timestamp: number;
  }[];
}

/** Everybody begins here; shared, because most people stay here. */
export const NEVER_SUBSCRIBED: EmailConsent = Object.freeze({
  consent: "NEVER_SUBSCRIBED",
  consent_timestamp: null,
  last_updated: null,
  method: null,
  method_detail: null,
  custom_method_detail: null,
  double_optin: null,
  suppression: Object.freeze([]),
  list_suppressions: Object.freeze([]),
});

/** What a subscribe lifts. Bounced and invalid addresses stay suppressed whatever anybody consents to. */
const LIFTED_BY_SUBSCRIBE: ReadonlySet<SuppressionReason> = new Set([
  "UNSUBSCRIBE",
  "SPAM_COMPLAINT",
  "USER_SUPPRESSED",
]);

/**
 * Subscribing asks nothing about the past: it lifts unsubscribes, complaints and manual suppressions, as the vendor
 * documents ("will remove any UNSUBSCRIBE, SPAM_REPORT or USER_SUPPRESSED suppressions"). That the target list's own
 * suppression goes too is not documented, only likely.
 */
export function subscribed(
  consent: EmailConsent,
  how: {
    readonly at: number;
    readonly consentedAt?: number | null;
    readonly method: string;
    readonly source: string | null;
    readonly doubleOptin: boolean;
    readonly listId: string | null;
  },
): EmailConsent {
  return {
    consent: "SUBSCRIBED",
    consent_timestamp: how.consentedAt ?? how.at,
    last_updated: how.at,
    method: how.method,
    method_detail: "",
    custom_method_detail: how.source,
    double_optin: how.doubleOptin,
    suppression: consent.suppression.filter(({ reason }) => !LIFTED_BY_SUBSCRIBE.has(reason)),
    list_suppressions: consent.list_suppressions.filter(({ list_id }) => list_id !== how.listId),
  };
}

/** Unsubscribed from everything. */
export function unsubscribed(consent: EmailConsent, at: number): EmailConsent {
  const next = { ...consent, consent: "UNSUBSCRIBED" as const, consent_timestamp: at };
  return suppressed(next, "UNSUBSCRIBE", at);
}

/** Unsubscribed from one list only, where the account does not unsubscribe globally. */
export function unsubscribedFromList(consent: EmailConsent, listId: string, at: number): EmailConsent {
  const others = consent.list_suppressions.filter(({ list_id }) => list_id !== listId);
  const entry = { list_id: listId, reason: "UNSUBSCRIBE", timestamp: at };
  return { ...consent, last_updated: at, list_suppressions: [...others, entry] };
}

/** A complaint counts as an unsubscribe. */
export function complained(consent: EmailConsent, at: number): EmailConsent {
  const next = { ...consent, consent: "UNSUBSCRIBED" as const, consent_timestamp: at };
  return suppressed(next, "SPAM_COMPLAINT", at);
}

/** Suppressed for a reason, consent untouched; a reason already there keeps its first time. */
export function suppressed(consent: EmailConsent, reason: SuppressionReason, at: number): EmailConsent {
  if (consent.suppression.some((entry) => entry.reason === reason)) return { ...consent, last_updated: at };
  return {
    ...consent,
    last_updated: at,
    suppression: [...consent.suppression, { reason, timestamp: at }],
  };
}

/** Lifts what a person at the vendor's pages set by hand, and nothing else. */
export function unsuppressed(consent: EmailConsent, at: number): EmailConsent {
  const suppression = consent.suppression.filter(({ reason }) => reason !== "USER_SUPPRESSED");
  if (suppression.length === consent.suppression.length) return consent;
  return { ...consent, last_updated: at, suppression };
}

/** The stricter of two people who turn out to be one. */
export function mergedConsent(kept: EmailConsent, gone: EmailConsent, at: number): EmailConsent {
  const rank = { UNSUBSCRIBED: 2, SUBSCRIBED: 1, NEVER_SUBSCRIBED: 0 };
  const base = rank[gone.consent] > rank[kept.consent] ? gone : kept;
  const missing = gone.suppression.filter(
    ({ reason }) => !kept.suppression.some((entry) => entry.reason === reason),
  );
  const lists = gone.list_suppressions.filter(
    ({ list_id }) => !kept.list_suppressions.some((entry) => entry.list_id === list_id),
  );
  if (base === kept && missing.length === 0 && lists.length === 0) return kept;
  return {
    ...base,
    last_updated: at,
    suppression: [...kept.suppression, ...missing],
    list_suppressions: [...kept.list_suppressions, ...lists],
  };
}
