import type { FieldType } from "../../model/value.ts";
import type { FieldEntry } from "../schema/schema.ts";

/**
 * Types of properties that exist in every account under the same name, so that nobody has to write them. Kept tiny on
 * purpose: a guess from a name that people choose themselves would be wrong in somebody's account.
 */
const WELL_KNOWN: { readonly [side in "hubspot" | "klaviyo"]: { readonly [property: string]: FieldType } } = {
  hubspot: { phone: "phone", mobilephone: "phone", createdate: "datetime", lastmodifieddate: "datetime" },
  klaviyo: {
    phone_number: "phone",
    created: "datetime",
    updated: "datetime",
    last_event_date: "datetime",
    "location.latitude": "number",
    "location.longitude": "number",
    "subscriptions.email.marketing.consent_timestamp": "datetime",
    "subscriptions.email.marketing.can_receive_email_marketing": "boolean",
    "predictive_analytics.historic_clv": "number",
    "predictive_analytics.predicted_clv": "number",
    "predictive_analytics.total_clv": "number",
    "predictive_analytics.historic_number_of_orders": "number",
    "predictive_analytics.predicted_number_of_orders": "number",
    "predictive_analytics.average_days_between_orders": "number",
    "predictive_analytics.average_order_value": "number",
    "predictive_analytics.churn_probability": "number",
    "predictive_analytics.expected_date_of_next_order": "datetime",
  },
};

/** The type that one of an entry's properties has in every account, or `null`. */
export function wellKnownType(entry: Pick<FieldEntry, "hubspot" | "klaviyo">): FieldType | null {
  // Klaviyo's first: its attributes have one type, while a HubSpot phone may well go into a custom text.
  return own(WELL_KNOWN.klaviyo, entry.klaviyo) ?? own(WELL_KNOWN.hubspot, entry.hubspot);
}

function own(types: { readonly [property: string]: FieldType }, property: string): FieldType | null {
  return Object.hasOwn(types, property) ? (types[property] ?? null) : null;
}
