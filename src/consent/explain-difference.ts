import type { Consent } from "../model/consent.ts";
import { isBlocked, isSubscribed, refusesAll, verdictOf } from "../model/consent.ts";
import type { ResolvedConsent } from "../model/scope.ts";
import { refusesWhatKlaviyoSends } from "../plan/plan-consent.ts";

/** What the two sides and the ledger say of one person. */
export interface Known {
  readonly hubspot: Consent | null;
  readonly klaviyo: Consent | null;
  readonly refusedBefore: boolean;
}

/** Why one side e-mails somebody whom the other does not, or the ledger remembers; `null` where they agree. */
export function explainDifference(rules: ResolvedConsent, known: Known): string | null {
  const { hubspot, klaviyo, refusedBefore } = known;
  if (hubspot === null || klaviyo === null) return null;
  const types = hubspot.optedOutTypes.join(", ");
  const inHubSpot = refusesAll(hubspot)
    ? "refuses all e-mail in HubSpot"
    : `refuses type ${types} in HubSpot`;
  const refusesInHubSpot = refusesAll(hubspot) || types !== "";
  if (refusesAll(klaviyo)) {
    const open = rules.types.filter((type) => !refusesAll(hubspot) && !hubspot.optedOutTypes.includes(type));
    if (refusesAll(hubspot)) return null;
    if (rules.types.length === 0)
      return "refuses e-mail in Klaviyo; HubSpot is not told: `consent.klaviyo_to_hubspot.unsubscribe_from` names nothing";
    return open.length === 0
      ? null
      : "refuses e-mail in Klaviyo; on its way to HubSpot, or held by a limit (`tandem approve`)";
  }
  if (refusesInHubSpot) {
    if (refusesWhatKlaviyoSends(rules, hubspot)) {
      return `${inHubSpot}; on its way to Klaviyo, or held by a limit (\`tandem approve\`)`;
    }
    return refusesAll(hubspot)
      ? `${inHubSpot}; Klaviyo is not told: \`consent.hubspot_to_klaviyo.opted_out\` is \`ignore\``
      : `${inHubSpot}, which is not all that Klaviyo sends: left alone`;
  }
  if (isBlocked(klaviyo)) {
    return `Klaviyo does not e-mail them (${verdictOf(klaviyo).reason}); not the person's choice, so HubSpot only shows it`;
  }
  if (refusedBefore && !isSubscribed(klaviyo)) {
    return "refused before, and neither side shows it any more; the ledger remembers, and Tandem subscribes them nowhere";
  }
  return null;
}
