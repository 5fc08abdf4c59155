import type { FieldType, Value } from "../../model/value.ts";
import { canonicalDate, canonicalList, canonicalNumber, canonicalText } from "../../model/value.ts";
import type { PropertyRequest } from "../connector.ts";
import type { ConsentWord } from "./consent/consent.ts";
import { consentIn, consentWord } from "./consent/consent.ts";
import { momentFrom } from "./wire/times.ts";

/** Where a property of the mapping lives in a profile. */
export type Place =
  | { readonly kind: "attribute"; readonly name: string; readonly readOnly: boolean }
  | { readonly kind: "location"; readonly name: string; readonly readOnly: boolean }
  | { readonly kind: "custom"; readonly name: string; readonly readOnly: boolean }
  /** Below `subscriptions`, which is read with every profile; the name is a path. */
  | { readonly kind: "consent"; readonly name: string; readonly readOnly: true }
  /** What its `subscriptions` come to, in Tandem's words. */
  | { readonly kind: "consent_words"; readonly name: ConsentWord; readonly readOnly: true }
  /** Below `predictive_analytics`, which comes only where it is asked for. */
  | { readonly kind: "prediction"; readonly name: string; readonly readOnly: true };

interface OwnField {
  readonly label: string;
  readonly type: FieldType;
  readonly readOnly: boolean;
}

const own = (label: string, type: FieldType = "text", readOnly = false): OwnField => ({
  label,
  type,
  readOnly,
});

/** Klaviyo's own profile fields that can be mapped. Everything else is a custom property. */
export const OWN_FIELDS: ReadonlyMap<string, OwnField> = new Map([
  ["email", own("Email")],
  ["first_name", own("First name")],
  ["last_name", own("Last name")],
  ["organization", own("Organization")],
  ["title", own("Title")],
  ["locale", own("Locale")],
  ["image", own("Image")],
  ["phone_number", own("Phone number", "phone")],
  // Other tools identify people by it; a sync that wrote it would take people away from them.
  ["external_id", own("External ID", "text", true)],
  ["created", own("Profile created on", "datetime", true)],
  ["updated", own("Profile updated on", "datetime", true)],
  ["last_event_date", own("Last event on", "datetime", true)],
  ["location.address1", own("Address 1")],
  ["location.address2", own("Address 2")],
  ["location.city", own("City")],
  ["location.region", own("State or region")],
  ["location.zip", own("Zip code")],
  ["location.country", own("Country")],
  ["location.timezone", own("Timezone")],
  ["location.latitude", own("Latitude", "number")],
  ["location.longitude", own("Longitude", "number")],
  ["location.ip", own("IP address", "text", true)],
  ["subscriptions.email.marketing.consent", own("E-mail consent", "text", true)],
  ["subscriptions.email.marketing.consent_timestamp", own("E-mail consent changed on", "datetime", true)],
  [
    "subscriptions.email.marketing.can_receive_email_marketing",
    own("Can receive e-mail marketing", "boolean", true),
  ],
  ["consent.email", own("E-mail consent, in a word", "option", true)],
  ["consent.email_reason", own("Why Klaviyo does not e-mail", "text", true)],
  ["consent.sms", own("Text message consent, in a word", "option", true)],
  ["predictive_analytics.historic_clv", own("Historic customer lifetime value", "number", true)],
  ["predictive_analytics.predicted_clv", own("Predicted customer lifetime value", "number", true)],
  ["predictive_analytics.total_clv", own("Total customer lifetime value", "number", true)],
  ["predictive_analytics.historic_number_of_orders", own("Historic number of orders", "number", true)],
  ["predictive_analytics.predicted_number_of_orders", own("Predicted number of orders", "number", true)],
  ["predictive_analytics.average_days_between_orders", own("Average days between orders", "number", true)],
  ["predictive_analytics.average_order_value", own("Average order value", "number", true)],
  ["predictive_analytics.churn_probability", own("Churn probability", "number", true)],
  ["predictive_analytics.expected_date_of_next_order", own("Expected date of next order", "datetime", true)],
  ["predictive_analytics.ranked_channel_affinity", own("Channels, the best first", "text", true)],
]);

/** Klaviyo's own entries among the custom properties: it writes them itself, some after every write of ours. */
export function isVendorProperty(name: string): boolean {
  return name.startsWith("$") || name === "company_id";
}

const PREDICTIONS = "predictive_analytics.";

/** Is any of these a prediction? Then profiles are read the dearer way. */
export function asksForPredictions(properties: readonly PropertyRequest[]): boolean {
  return properties.some(({ property }) => property.startsWith(PREDICTIONS));
}

/** The place of a property, or `null` where Klaviyo has none of that name. */
export function placeOf(property: string): Place | null {
  const [, name = ""] = /^properties\.(.+)$/su.exec(property) ?? [];
  if (name !== "") return { kind: "custom", name, readOnly: isVendorProperty(name) };
  const field = OWN_FIELDS.get(property);
  if (field === undefined) return null;
  const { readOnly } = field;
  if (property.startsWith("subscriptions."))
    return { kind: "consent", name: property.slice("subscriptions.".length), readOnly: true };
  const word = consentWord(property);
  if (word !== null) return { kind: "consent_words", name: word, readOnly: true };
  if (property.startsWith(PREDICTIONS))
    return { kind: "prediction", name: property.slice(PREDICTIONS.length), readOnly: true };
  return property.startsWith("location.")
    ? { kind: "location", name: property.slice("location.".length), readOnly }
    : { kind: "attribute", name: property, readOnly };
}

/** What stands at a place: `undefined` where the answer does not tell, which is not the same as empty. */
export function nativeAt(attributes: Readonly<Record<string, unknown>>, place: Place): unknown {
  if (place.kind === "attribute") return ownValue(attributes, place.name);
  if (place.kind === "consent") return within(ownValue(attributes, "subscriptions"), place.name.split("."));
  if (place.kind === "consent_words") return consentIn(ownValue(attributes, "subscriptions"), place.name);
  if (place.kind === "prediction") return within(ownValue(attributes, "predictive_analytics"), [place.name]);
  const holder = ownValue(attributes, place.kind === "location" ? "location" : "properties");
  if (typeof holder !== "object" || holder === null || Array.isArray(holder)) return undefined;
  const native = ownValue(holder, place.name);
  // Custom properties have no schema: one that is not there is empty.
  return place.kind === "custom" && native === undefined ? null : native;
}

/** Channels come in the order of their rank, which a list of the mapping does not keep: as text they do. */
export function ranked(native: unknown, { kind }: Place, type: FieldType): unknown {
  if (kind === "custom" && type !== "list" && Array.isArray(native)) return unlisted(native, type);
  return kind === "prediction" && type !== "list" && Array.isArray(native)
    ? native.map(String).join(", ")
    : native;
}

/**
 * Custom properties have no type: some people have a list where others have a text. A single item is that text; several
 * are read as text where any text will do.
 */
function unlisted(items: readonly unknown[], type: FieldType): unknown {
  const scalars = items.every((item) => ["string", "number", "boolean"].includes(typeof item));
  if (!scalars) return items;
  if (items.length === 1) return items[0];
  return type === "text" && items.length > 1 ? items.map(String).join(", ") : items;
}

/** What stands at a path, `undefined` where any step of it is not told. */
function within(holder: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === "object" && at !== null ? ownValue(at, name) : undefined),
    holder,
  );
}

function ownValue(holder: object, name: string): unknown {
  // Names come from people: `__proto__` must be nothing but a name.
  return Object.getOwnPropertyDescriptor(holder, name)?.value as unknown;
}

const MIDNIGHT = /^(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?$/;

/** A native value read as a type: canonical, or `undefined` where it does not fit. Nothing fits every type. */
export function valueFrom(native: unknown, type: FieldType): Value | undefined {
  if (native === null || native === undefined || (typeof native === "string" && native.trim() === ""))
    return null;
  if (Array.isArray(native) && type !== "list") return native.length === 0 ? null : undefined;
  switch (type) {
    case "text":
    case "option":
    case "phone":
      return scalarText(native);
    case "number":
      return numberFrom(native);
    case "boolean":
      if (typeof native === "boolean") return native;
      if (typeof native !== "string" || !/^(true|false)$/i.test(native.trim())) return undefined;
      return native.trim().toLowerCase() === "true";
    case "date":
      return typeof native === "string" ? canonicalDate(MIDNIGHT.exec(native.trim())?.[1] ?? "") : undefined;
    case "datetime":
      return typeof native === "string" ? momentFrom(native.trim()) : undefined;
    case "list":
      break;
  }
  const items = (Array.isArray(native) ? (native as readonly unknown[]) : [native])
    .filter((item) => item !== null)
    .map((item) => (item === "" ? "" : scalarText(item)));
  return items.every((item) => typeof item === "string") ? canonicalList(items) : undefined;
}

function scalarText(native: unknown): string | null | undefined {
  if (typeof native === "string") return canonicalText(native);
  if (typeof native === "number") return numberFrom(native);
  return typeof native === "boolean" ? String(native) : undefined;
}

function numberFrom(native: unknown): string | undefined {
  if (typeof native === "string") return canonicalNumber(native);
  if (typeof native !== "number") return undefined;
  // Beyond 2^53 the digits that Klaviyo has were already lost in parsing; a wrong number is worse than none.
  if (Number.isInteger(native) && !Number.isSafeInteger(native)) return undefined;
  return canonicalNumber(String(native));
}

/** A value that does not fit, for people to see. */
export function unreadableText(native: unknown): string {
  const LONGEST = 200;
  return (typeof native === "string" ? native : (JSON.stringify(native) ?? "")).slice(0, LONGEST);
}

/**
 * A canonical value as it is sent to a place, never `null` but for an empty one; `undefined` where the place or the type
 * cannot hold it. Klaviyo's own fields are text; custom properties are whatever JSON is.
 */
export function nativeFrom(value: Value, type: FieldType, place: Place): unknown {
  if (value === null) return null;
  if (place.kind !== "custom") return typeof value === "object" ? undefined : String(value);
  if (type !== "number") return typeof value === "object" ? [...value] : value;
  if (typeof value !== "string") return undefined;
  const number = Number(value);
  // What does not come back as the same digits would be another number at the next look.
  return Number.isFinite(number) && numberFrom(number) === value ? number : undefined;
}

/** The type of a custom property, guessed from what profiles have there. */
export function typeOfNatives(natives: readonly unknown[]): FieldType {
  const all = (test: (native: unknown) => boolean): boolean => natives.length > 0 && natives.every(test);
  if (all((native) => typeof native === "boolean")) return "boolean";
  if (all((native) => typeof native === "number")) return "number";
  if (all(Array.isArray)) return "list";
  // A list for most and a text for some: a text is read as a list of one, so that both are read.
  const lists = natives.filter(Array.isArray).length;
  if (lists * 2 >= natives.length && all((native) => Array.isArray(native) || typeof native === "string"))
    return "list";
  if (all((native) => typeof native === "string" && canonicalDate(native) !== undefined)) return "date";
  if (all((native) => typeof native === "string" && /^\d{4}-\d{2}-\d{2}[T ]\d{2}:/.test(native)))
    return "datetime";
  return "text";
}
