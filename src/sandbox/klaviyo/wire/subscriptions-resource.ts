import type { Profile } from "../state/profile.ts";
import { inMicros, inSeconds } from "../state/vendor-time.ts";

/** `subscriptions` as the real answers carry it, `click_tracking` and all. */
export function subscriptionsOf(profile: Profile): object {
  const { consent, sms } = profile;
  return {
    email: {
      marketing: {
        // "True if the profile does not have any global suppressions": a person who never subscribed can receive.
        can_receive_email_marketing: consent.suppression.length === 0,
        consent: consent.consent,
        consent_timestamp: consent.consent_timestamp === null ? null : inSeconds(consent.consent_timestamp),
        last_updated: consent.last_updated === null ? null : inMicros(consent.last_updated),
        method: consent.method,
        method_detail: consent.method_detail,
        custom_method_detail: consent.custom_method_detail,
        double_optin: consent.double_optin,
        suppression: consent.suppression.map(({ reason, timestamp }) => ({
          reason,
          timestamp: inMicros(timestamp),
        })),
        list_suppressions: consent.list_suppressions.map(({ list_id, reason, timestamp }) => ({
          list_id,
          reason,
          timestamp: inMicros(timestamp),
        })),
      },
      open_tracking: NO_TRACKING,
      click_tracking: NO_TRACKING,
    },
    sms: {
      marketing: {
        can_receive_sms_marketing: sms.consent === "SUBSCRIBED",
        consent: sms.consent,
        consent_timestamp: sms.timestamp === null ? null : inSeconds(sms.timestamp),
        method: null,
        method_detail: null,
        last_updated: sms.timestamp === null ? null : inMicros(sms.timestamp),
      },
      transactional: {
        can_receive_sms_transactional: false,
        consent: "NEVER_SUBSCRIBED",
        consent_timestamp: null,
        method: null,
        method_detail: null,
        last_updated: null,
      },
    },
    mobile_push: {
      marketing: {
        can_receive_push_marketing: false,
        consent: "NEVER_SUBSCRIBED",
        consent_timestamp: null,
      },
    },
    whatsapp: null,
  };
}

const NO_TRACKING = {
  consent: "NEVER_SUBSCRIBED",
  consent_timestamp: null,
  last_updated: null,
  created_timestamp: null,
  metadata: null,
  can_receive: false,
  valid_until: null,
};
