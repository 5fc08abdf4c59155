/** What a test or a demo may change about this Klaviyo. Times are sandbox milliseconds. */
export interface KlaviyoSettings {
  account_id: string;
  organization_name: string;
  /** `off` lets any number of calls in; the headers stay. */
  limits: "real" | "off";
  /** Klaviyo's account setting: unsubscribing from one list's mail unsubscribes from everything (on by default there). */
  global_unsubscribe: boolean;
  /** What a subscribe without a list asks of people who are already known. */
  default_opt_in: "single_opt_in" | "double_opt_in";
  /** How long an import job stays `queued`, and then `processing`. */
  import_queued_ms: number;
  import_processing_ms: number;
  /** From the 202 of subscribe, unsubscribe, suppress and unsuppress to their effect. */
  consent_lag_ms: number;
  /** From an event's arrival to the first `get_events` that shows it. */
  event_lag_ms: number;
  /** From a change of a profile to the segments noticing it. */
  segment_lag_ms: number;
  /** From the 201 of a merge to the source's disappearance. */
  merge_lag_ms: number;
  /** From the 202 of a privacy deletion to the profile's disappearance. */
  deletion_lag_ms: number;
  /** Whether `updated` moves when consent changes; unknown of the real Klaviyo, so nobody may rely on either. */
  updated_on_consent: boolean;
  /** Whether e-mail addresses are stored in lower case; unknown of the real Klaviyo. They are compared without case. */
  lowercase_emails: boolean;
  /** Klaviyo was seen to add `properties.company_id` to what a PATCH wrote. */
  company_id_on_patch: boolean;
  /** Whether Klaviyo's own metrics are listed before their first event. */
  native_metrics: "all" | "used";
}

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
    native_metrics: "all",
    ...given,
  };
}
