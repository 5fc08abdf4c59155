import type { Consent, ConsentStatus } from "../../../model/consent.ts";
import { verdictOf } from "../../../model/consent.ts";
import { isoOf } from "../wire/times.ts";
import { profileConsent } from "../wire/wire.ts";

const STATUS: ReadonlyMap<string, ConsentStatus> = new Map([
  ["SUBSCRIBED", "subscribed"],
  ["UNSUBSCRIBED", "unsubscribed"],
  ["NEVER_SUBSCRIBED", "never_subscribed"],
]);

/**
 * What somebody wants to be sent, or `null` where it is not told or in words we do not know: no guess is safe here.
 *
 * @param subscriptions as in a profile's attributes
 */
export function consentOf(subscriptions: unknown): Consent | null {
  const parsed = profileConsent.safeParse(subscriptions);
  if (!parsed.success) return null;
  const { consent, suppression, list_suppressions: lists } = parsed.data.email.marketing;
  const status = STATUS.get(consent);
  if (status === undefined) return null;
  const sms = parsed.data.sms?.marketing?.consent;
  return {
    status,
    suppressions: suppression.map(({ reason, timestamp }) => ({ reason, at: momentOf(timestamp) })),
    listSuppressions: lists.map(({ list_id: list, reason, timestamp }) => ({
      list,
      reason,
      at: momentOf(timestamp),
    })),
    optedOutTypes: [],
    sms: sms === undefined ? null : (STATUS.get(sms) ?? null),
  };
}

/** A suppression without a readable time is a suppression all the same. */
function momentOf(timestamp: string): string {
  return isoOf(timestamp) ?? timestamp;
}

/** Consent as properties that a field rule can map. */
export type ConsentWord = "email" | "email_reason" | "sms";

export function consentWord(property: string): ConsentWord | null {
  if (property === "consent.email") return "email";
  if (property === "consent.email_reason") return "email_reason";
  return property === "consent.sms" ? "sms" : null;
}

/** `undefined` where the consent is not told: that is not the same as empty. */
export function consentIn(subscriptions: unknown, word: ConsentWord): string | null | undefined {
  const consent = consentOf(subscriptions);
  if (consent === null) return undefined;
  switch (word) {
    // Anybody who is suppressed gets nothing, whatever they subscribed to.
    case "email": {
      const { verdict, reason } = verdictOf(consent);
      return verdict === "none" || reason === consent.status ? consent.status : "suppressed";
    }
    case "email_reason":
      return [...new Set(consent.suppressions.map(({ reason }) => reason))].sort().join(", ") || null;
    case "sms":
      return consent.sms;
  }
}
