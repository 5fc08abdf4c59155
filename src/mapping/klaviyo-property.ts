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

/** Klaviyo's own times, the address it saw, the e-mail consent; and the id by which other tools find people, which is theirs. */
const READ_ONLY: readonly string[] = [
  "created",
  "updated",
  "last_event_date",
  "location.ip",
  "external_id",
  "subscriptions.email.marketing.consent",
  "subscriptions.email.marketing.consent_timestamp",
  "subscriptions.email.marketing.can_receive_email_marketing",
];

export const KLAVIYO_ATTRIBUTES: readonly string[] = [...WRITABLE, ...READ_ONLY];

/**
 * `own`: Klaviyo keeps these custom properties itself, and rewrites them after writes that never named them.
 * `prediction`: read only, and by a call of its own that is not made yet.
 */
export type KlaviyoProperty = "writable" | "read_only" | "custom" | "own" | "prediction" | "unknown";

export function klaviyoProperty(name: string): KlaviyoProperty {
  if (name.startsWith("properties.")) {
    const custom = name.slice("properties.".length);
    if (custom === "") return "unknown";
    return custom.startsWith("$") || custom === "company_id" ? "own" : "custom";
  }
  if (name.startsWith("predictive_analytics.")) return "prediction";
  if (WRITABLE.includes(name)) return "writable";
  return READ_ONLY.includes(name) ? "read_only" : "unknown";
}
