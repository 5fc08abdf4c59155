import type { FieldType } from "../model/value.ts";
import type { FieldEntry } from "./schema.ts";

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
  },
};

/** The type of a field: as written, else by its option table, its transform, a well-known name, else text. */
export function fieldType(entry: FieldEntry): FieldType {
  if (entry.type !== undefined) return entry.type;
  if (entry.options !== undefined) return "option";
  if (phoneCountry(entry) !== null) return "phone";
  // Klaviyo's first: its attributes have one type, while a HubSpot phone may well go into a custom text.
  return own(WELL_KNOWN.klaviyo, entry.klaviyo) ?? own(WELL_KNOWN.hubspot, entry.hubspot) ?? "text";
}

/** The country of `transform: { to_klaviyo: { phone_e164: { default_country: XX } } }`, or `null`. */
export function phoneCountry(entry: FieldEntry): string | null {
  const written = entry.transform?.to_klaviyo;
  const steps = written === undefined ? [] : Array.isArray(written) ? written : [written];
  return steps.find((step) => step.phone_e164 !== undefined)?.phone_e164?.default_country ?? null;
}

function own(types: { readonly [property: string]: FieldType }, property: string): FieldType | undefined {
  return Object.hasOwn(types, property) ? types[property] : undefined;
}
