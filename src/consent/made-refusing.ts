import { refusesAll } from "../model/consent.ts";
import type { EmailKey } from "../model/email.ts";
import type { ContactPlan } from "../plan/planned.ts";

/**
 * Of whom these plans make a HubSpot contact although they refuse all e-mail in Klaviyo. There is nobody to opt out before
 * the contact is there; from then on their refusal waits for nothing.
 */
export function madeRefusing(plans: readonly ContactPlan[]): readonly EmailKey[] {
  return plans.flatMap(({ known: { link, sightings }, operations }) => {
    const isMade = operations.some(({ kind, side }) => kind === "create" && side === "hubspot");
    const consent = sightings.klaviyo?.consent ?? null;
    return isMade && consent !== null && refusesAll(consent) ? [link.email] : [];
  });
}
