/**
 * What a Klaviyo profile consists of, as its API has it (revision 2026-07-15): attributes of the profile itself, of
 * its location, and everything else under `properties.`.
 */
const WRITABLE: readonly string[] = [
  "first_name",
  "last_name",
  "phone_number",
  "organization",
  "title",
  "locale",
  "image",
  "location.address1",
  "location.address2",
  "location.city",
  "location.country",
  "location.latitude",
  "location.longitude",
  "location.region",
  "location.zip",
  "location.timezone",
];

/**
 * Klaviyo's own times, the address it saw, the e-mail consent and what it predicts; and the id by which other tools find
 * people, which is theirs.
 */
const READ_ONLY: readonly string[] = [
  "created",
  "updated",
  "last_event_date",
  "location.ip",
  "external_id",
  "subscriptions.email.marketing.consent",
  "subscriptions.email.marketing.consent_timestamp",
  "subscriptions.email.marketing.can_receive_email_marketing",
  "consent.email",
  "consent.email_reason",
  "consent.sms",
  "predictive_analytics.historic_clv",
  "predictive_analytics.predicted_clv",
  "predictive_analytics.total_clv",
  "predictive_analytics.historic_number_of_orders",
  "predictive_analytics.predicted_number_of_orders",
  "predictive_analytics.average_days_between_orders",
  "predictive_analytics.average_order_value",
  "predictive_analytics.churn_probability",
  "predictive_analytics.expected_date_of_next_order",
  "predictive_analytics.ranked_channel_affinity",
];

export const KLAVIYO_ATTRIBUTES: readonly string[] = [...WRITABLE, ...READ_ONLY];

/** `own`: Klaviyo keeps these custom properties itself, and rewrites them after writes that never named them. */
export type KlaviyoProperty = "writable" | "read_only" | "custom" | "own" | "unknown";

export function klaviyoProperty(name: string): KlaviyoProperty {
  if (name.startsWith("properties.")) {
    const custom = name.slice("properties.".length);
    if (custom === "") return "unknown";
    return custom.startsWith("$") || custom === "company_id" ? "own" : "custom";
  }
  if (WRITABLE.includes(name)) return "writable";
  return READ_ONLY.includes(name) ? "read_only" : "unknown";
}
