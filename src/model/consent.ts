import type { ExternalId } from "./contact.ts";
import type { EmailKey } from "./email.ts";

/** Why a system will not send to somebody: Klaviyo's own words for its suppressions. */
export interface Suppression {
  readonly reason: string;
  /** ISO, UTC. */
  readonly at: string;
}

/** A list whose mail somebody does not get, though they may get other mail. */
export interface ListSuppression extends Suppression {
  readonly list: string;
}

export type ConsentStatus = "subscribed" | "unsubscribed" | "never_subscribed";

/** What a system knows of one person's consent. Read and kept; changed nowhere but by an opt-out or with a `Clearance`. */
export interface Consent {
  /** Of marketing e-mail as a whole. */
  readonly status: ConsentStatus;
  /** Of all e-mail. Somebody can be subscribed and suppressed at once: then nothing is sent. */
  readonly suppressions: readonly Suppression[];
  readonly listSuppressions: readonly ListSuppression[];
  /** The kinds of e-mail opted out of one by one, by id, where the system has such: HubSpot's subscription types. */
  readonly optedOutTypes: readonly string[];
  /** Of marketing by text message; `null` where the system keeps none. */
  readonly sms: ConsentStatus | null;
}

/** A consent of which only the status is known. */
export function plainConsent(status: ConsentStatus): Consent {
  return { status, suppressions: [], listSuppressions: [], optedOutTypes: [], sms: null };
}

/** What somebody opts out of: all marketing e-mail, one Klaviyo list, or one of HubSpot's subscription types. */
export type OptOutFrom =
  | { readonly kind: "all" }
  | { readonly kind: "list"; readonly list: string }
  | { readonly kind: "type"; readonly type: string };

/**
 * Suppressions that somebody's own will is behind, or a person's who acted for them. A bounced or invalid address is a fact
 * about an address: it blocks mail where it was seen, and is no wish to carry to another system.
 */
const BY_WILL: ReadonlySet<string> = new Set([
  "UNSUBSCRIBE",
  "SPAM_COMPLAINT",
  "SPAM_REPORT",
  "USER_SUPPRESSED",
]);

/** Has this person refused all marketing e-mail here, by their own act or one made for them? */
export function refusesAll({ status, suppressions }: Consent): boolean {
  return status === "unsubscribed" || suppressions.some(({ reason }) => BY_WILL.has(reason));
}

/** Is there anything at all for which this system does not send marketing e-mail to this person? */
export function isBlocked({ status, suppressions }: Consent): boolean {
  return status === "unsubscribed" || suppressions.length > 0;
}

declare const granted: unique symbol;

/**
 * The permission to subscribe one person to one list, once, now. Only `consent/grant-clearance.ts` makes one, from a consent
 * read a moment ago; the port's `subscribe` takes nothing else (contract P9).
 */
export interface Clearance {
  readonly [granted]: true;
  readonly email: EmailKey;
  readonly profile: ExternalId;
  readonly list: string;
  /** When the consent that allows it was asked for. Milliseconds since 1970. */
  readonly readAt: number;
}
