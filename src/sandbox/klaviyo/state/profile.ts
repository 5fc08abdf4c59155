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
