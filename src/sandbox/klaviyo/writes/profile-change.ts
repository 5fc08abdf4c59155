import type { LocationField, TextAttribute } from "../state/profile.ts";
import { LOCATION_FIELDS, TEXT_ATTRIBUTES } from "../state/profile.ts";
import { only, required, textOf } from "../wire/body-reader.ts";
import { objectOf } from "../wire/object-of.ts";
import { invalid } from "../wire/vendor-error.ts";

/** What a write says of a profile: absent is untouched, null is cleared. */
export interface ProfileChange {
  readonly text: Partial<Record<TextAttribute, string | null>>;
  /** Null clears all of it. */
  readonly location: Partial<Record<LocationField, string | number | null>> | null | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly append: Readonly<Record<string, unknown>>;
  readonly unappend: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
}

const ALLOWED: ReadonlySet<string> = new Set([...TEXT_ATTRIBUTES, "location", "properties"]);
const ALLOWED_KX: ReadonlySet<string> = new Set([...ALLOWED, "_kx"]);
const LOCATION: ReadonlySet<string> = new Set(LOCATION_FIELDS);

// The real checks are stricter in ways nobody has written down; these refuse what is certainly refused.
const EMAIL = /^[^\s@"(),:;<>[\\\]]+@[^\s@.][^\s@]*\.[^\s@.]{2,}$/;
const E164 = /^\+[1-9]\d{6,14}$/;

/** Reads and checks a profile object; refuses with the pointer of what is wrong. */
export function profileChangeOf(
  resource: Readonly<Record<string, unknown>>,
  pointer: string,
  { kx = false }: { readonly kx?: boolean } = {},
): ProfileChange {
  const attributes = required(resource, "attributes", pointer);
  const at = `${pointer}/attributes`;
  only(attributes, kx ? ALLOWED_KX : ALLOWED, "profile", at);

  const text: Partial<Record<TextAttribute, string | null>> = {};
  for (const name of TEXT_ATTRIBUTES) {
    const value = textOf(attributes, name, at);
    if (value !== undefined) text[name] = value;
  }
  checkEmail(text.email, `${at}/email`);
  if (typeof text.email === "string") text.email = text.email.trim();
  checkPhone(text.phone_number, `${at}/phone_number`);

  const patch = objectOf(objectOf(resource["meta"])?.["patch_properties"]) ?? {};
  const unset = patch["unset"];
  return {
    text,
    location: locationOf(attributes["location"], `${at}/location`),
    properties: propertiesOf(attributes["properties"], `${at}/properties`),
    append: objectOf(patch["append"]) ?? {},
    unappend: objectOf(patch["unappend"]) ?? {},
    unset: typeof unset === "string" ? [unset] : Array.isArray(unset) ? unset.map(String) : [],
  };
}

/** Refuses an attribute that no profile has. */
export function refuseUnknownAttributes(resource: Readonly<Record<string, unknown>>, pointer: string): void {
  only(required(resource, "attributes", pointer), ALLOWED_KX, "profile", `${pointer}/attributes`);
}

/** Refuses what is not an e-mail address, in Klaviyo's words. */
export function checkEmail(email: string | null | undefined, pointer: string): void {
  if (typeof email === "string" && !EMAIL.test(email.trim())) throw invalid("Invalid email address", pointer);
}

/** Refuses what is not an E.164 number, in Klaviyo's words. */
export function checkPhone(phone: string | null | undefined, pointer: string): void {
  if (typeof phone !== "string" || E164.test(phone)) return;
  throw invalid("Invalid phone number format (Example of a valid format: +12345678901)", pointer);
}

function locationOf(value: unknown, pointer: string): ProfileChange["location"] {
  if (value === undefined || value === null) return value;
  const given = objectOf(value);
  if (given === null) throw invalid("Invalid input", pointer);
  only(given, LOCATION, "profile", pointer);
  const location: Partial<Record<LocationField, string | number | null>> = {};
  for (const name of LOCATION_FIELDS) {
    const part = given[name];
    if (part === undefined) continue;
    const numeric = name === "latitude" || name === "longitude";
    if (part !== null && typeof part !== "string" && !(numeric && typeof part === "number")) {
      throw invalid("Not a valid string.", `${pointer}/${name}`);
    }
    location[name] = part;
  }
  return location;
}

function propertiesOf(value: unknown, pointer: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  const properties = objectOf(value);
  if (properties === null) throw invalid("Invalid input", pointer);
  return properties;
}
