import type { Consent } from "../model/consent.ts";
import type { Clearance } from "../model/clearance.ts";
import { isSubscribed, objectionOf } from "../model/consent.ts";
import type { ExternalId } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { PerSide } from "../model/side.ts";
import { OLDEST_READ_MS } from "../write/read-ages.ts";

/** Everything that has to speak for it before one person is subscribed to one list. */
export interface Subscription {
  readonly email: EmailKey;
  readonly profile: ExternalId;
  readonly list: string;
  /** The Klaviyo lists to which a rule of the mapping in use subscribes its people (`subscribe: true`). */
  readonly subscribingLists: readonly string[];
  /** As both sides answered a moment ago; `null` where a side did not tell, or has no contact of them. */
  readonly consents: PerSide<Consent | null>;
  readonly isInHubSpot: boolean;
  /** The ledger holds a refusal of this person that they did not take back themselves. */
  readonly refusedBefore: boolean;
  /** When the consents were asked for. Milliseconds since 1970. */
  readonly readAt: number;
}

/** Why somebody is not subscribed, in words for the ledger and for people. */
export interface Denied {
  readonly because: string;
}

/**
 * The one place that grants a `Clearance`, and the reasons for which it does not. Whatever is unknown speaks against it:
 * Klaviyo's subscribe call takes suppressions away, so there is nothing after this that would protect anybody.
 */
export function grantClearance(wanted: Subscription, now: number): Clearance | Denied {
  const because = whyNot(wanted, now);
  if (because !== null) return { because };
  const { email, profile, list, readAt } = wanted;
  return { email, profile, list, readAt } as Clearance;
}

function whyNot(wanted: Subscription, now: number): string | null {
  const { consents, isInHubSpot, list, subscribingLists, refusedBefore, readAt } = wanted;
  if (!subscribingLists.includes(list)) return "no rule of the mapping says `subscribe: true` for this list";
  const age = now - readAt;
  if (age < 0 || age > OLDEST_READ_MS) return "what was read of their consent is no longer fresh";
  const objection = objectionOf({ ...consents, list, isInHubSpot, refusedBefore });
  if (objection !== null) return objection;
  return consents.klaviyo !== null && isSubscribed(consents.klaviyo) ? "already subscribed" : null;
}
