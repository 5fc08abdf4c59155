import type { EmailConsent } from "./email-consent.ts";
import { NEVER_SUBSCRIBED } from "./email-consent.ts";

/** The text attributes, in the order Klaviyo shows them. */
export const TEXT_ATTRIBUTES = [
  "email",
  "phone_number",
  "external_id",
  "first_name",
  "last_name",
  "organization",
  "locale",
  "title",
  "image",
] as const;
export type TextAttribute = (typeof TEXT_ATTRIBUTES)[number];

export const LOCATION_FIELDS = [
  "address1",
  "address2",
  "city",
  "country",
  "latitude",
  "longitude",
  "region",
  "zip",
  "timezone",
  "ip",
] as const;
export type LocationField = (typeof LOCATION_FIELDS)[number];

export interface SmsConsent {
  readonly consent: "SUBSCRIBED" | "UNSUBSCRIBED" | "NEVER_SUBSCRIBED";
  readonly timestamp: number | null;
}

/** What Klaviyo predicts, in the order it shows it: numbers, a time, channels by rank. */
export const PREDICTIONS = [
  "historic_number_of_orders",
  "predicted_number_of_orders",
  "average_days_between_orders",
  "average_order_value",
  "historic_clv",
  "predicted_clv",
  "total_clv",
  "churn_probability",
  "expected_date_of_next_order",
  "ranked_channel_affinity",
] as const;
export type Predictions = Partial<
  Record<(typeof PREDICTIONS)[number], number | string | readonly string[] | null>
>;

/** One person. Times are microseconds. Change one only through the profile table, which keeps the orders true. */
export interface Profile extends Record<TextAttribute, string | null> {
  readonly id: string;
  readonly created: number;
  updated: number;
  last_event_date: number | null;
  readonly location: Partial<Record<LocationField, string | number | null>>;
  readonly properties: Map<string, unknown>;
  consent: EmailConsent;
  sms: SmsConsent;
  /** Absent where nothing was ever predicted. */
  predictions?: Predictions;
}

const NO_SMS: SmsConsent = Object.freeze({ consent: "NEVER_SUBSCRIBED", timestamp: null });

export function newProfile(id: string, created: number): Profile {
  return {
    id,
    email: null,
    phone_number: null,
    external_id: null,
    first_name: null,
    last_name: null,
    organization: null,
    locale: null,
    title: null,
    image: null,
    created,
    updated: created,
    last_event_date: null,
    location: {},
    properties: new Map(),
    consent: NEVER_SUBSCRIBED,
    sms: NO_SMS,
  };
}
