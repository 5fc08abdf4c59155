import { z } from "zod";

const milliseconds = z
  .number()
  .min(0)
  .max(366 * 86_400_000);

/** What a test or a demo may change about this Klaviyo. Times are sandbox milliseconds. */
export const klaviyoSettingsSchema = z.strictObject({
  account_id: z.string().min(1),
  organization_name: z.string(),
  /** `off` lets any number of calls in; the headers stay. With `wide` the headers say so, too. */
  limits: z.enum(["real", "off", "wide"]),
  /** Klaviyo's account setting: unsubscribing from one list's mail unsubscribes from everything (on by default there). */
  global_unsubscribe: z.boolean(),
  /** What a subscribe without a list asks of people who are already known. */
  default_opt_in: z.enum(["single_opt_in", "double_opt_in"]),
  /** How long an import job stays `queued`, and then `processing`. */
  import_queued_ms: milliseconds,
  import_processing_ms: milliseconds,
  /** From the 202 of subscribe, unsubscribe, suppress and unsuppress to their effect. */
  consent_lag_ms: milliseconds,
  /** From an event's arrival to the first `get_events` that shows it. */
  event_lag_ms: milliseconds,
  /** From a change of a profile to the segments noticing it. */
  segment_lag_ms: milliseconds,
  /** From the 201 of a merge to the source's disappearance. */
  merge_lag_ms: milliseconds,
  /** From the 202 of a privacy deletion to the profile's disappearance. */
  deletion_lag_ms: milliseconds,
  /** Whether `updated` moves when consent changes; unknown of the real Klaviyo, so nobody may rely on either. */
  updated_on_consent: z.boolean(),
  /** Whether e-mail addresses are stored in lower case; unknown of the real Klaviyo. They are compared without case. */
  lowercase_emails: z.boolean(),
  /** Klaviyo was seen to add `properties.company_id` to what a PATCH wrote. */
  company_id_on_patch: z.boolean(),
  /** Revisions whose support has ended. Klaviyo then answers 410, or as a newer revision would, without a word. */
  ended_revisions: z.array(z.string()),
  /** Whether Klaviyo's own metrics are listed before their first event. */
  native_metrics: z.enum(["all", "used"]),
});

export type KlaviyoSettings = z.output<typeof klaviyoSettingsSchema>;

export function klaviyoSettings(given: Partial<KlaviyoSettings> = {}): KlaviyoSettings {
  return {
    account_id: "TnDm01",
    organization_name: "Tandem Rehearsal",
    limits: "real",
    global_unsubscribe: true,
    default_opt_in: "single_opt_in",
    import_queued_ms: 25,
    import_processing_ms: 25,
    consent_lag_ms: 0,
    event_lag_ms: 0,
    segment_lag_ms: 0,
    merge_lag_ms: 50,
    deletion_lag_ms: 50,
    updated_on_consent: false,
    lowercase_emails: false,
    company_id_on_patch: true,
    ended_revisions: [],
    native_metrics: "all",
    ...given,
  };
}
