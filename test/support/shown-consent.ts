import type { Consent } from "../../src/model/consent.ts";
import { consentState, verdictOf } from "../../src/model/consent.ts";

/** The columns of a snapshot that shows this consent, for a row that a test writes itself. */
export function shownConsent(consent: Consent) {
  const { verdict, reason } = verdictOf(consent);
  return {
    consent: JSON.parse(JSON.stringify(consent)),
    verdict,
    verdictReason: reason,
    consentState: consentState(consent),
  };
}
