import { canonicalDate, canonicalList, canonicalNumber, canonicalText } from "../../model/value.ts";
import type { FieldType, Value } from "../../model/value.ts";
import type { FieldSpec } from "../connector.ts";
import type { PropertyRecord } from "./wire/parse.ts";

/** A value as HubSpot shows it, read as a type; or the text that does not fit it. */
export type Decoded = { readonly value: Value } | { readonly unreadable: string };

/**
 * Reads a property's value. HubSpot's are text or null; `""` is empty. Telephone numbers are free text at HubSpot and
 * stay as they are: turning one into E.164 needs the country of the mapping, which no connector knows.
 */
export function decode(native: unknown, type: FieldType): Decoded {
  if (native === null || native === undefined) return { value: null };
  const text = typeof native === "string" ? native : JSON.stringify(native);
  if (typeof native === "object") return { unreadable: text };
  if (text.trim() === "") return { value: null };
  const value = READERS[type](text);
  return value === undefined ? { unreadable: text } : { value };
}

const READERS: Readonly<Record<FieldType, (text: string) => Value | undefined>> = {
  text: canonicalText,
  option: canonicalText,
  phone: (text) => canonicalText(text)?.trim() ?? null,
  number: canonicalNumber,
  boolean(text) {
    const word = text.trim().toLowerCase();
    return word === "true" || word === "false" ? word === "true" : undefined;
  },
  date(text) {
    const at = epoch(text);
    // A date in milliseconds is midnight in UTC; any other moment is not a date, and rounding it would move a day.
    if (at !== null) return at % DAY === 0 ? isoDay(at) : undefined;
    return canonicalDate(text.trim().replace(/T00:00(:00(\.0+)?)?Z$/, ""));
  },
  datetime(text) {
    const at = epoch(text) ?? (INSTANT.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN);
    return isoInstant(at);
  },
  list(text) {
    const items = canonicalList(text.split(";"));
    // The Greek question mark is a semicolon once normalised: such an item could never be written back as one.
    return items?.some((item) => item.includes(";")) === true ? undefined : items;
  },
};

const DAY = 86_400_000;
/** With its offset: a time without one would be read in the zone of whatever machine reads it. */
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;

function epoch(text: string): number | null {
  return /^-?\d{5,15}$/.test(text.trim()) ? Number(text) : null;
}

function isoInstant(at: number): string | undefined {
  const date = new Date(at);
  // Years beyond four digits have another form, which neither system takes.
  return Number.isNaN(at) ||
    date.getUTCFullYear() < 0 ||
    date.getUTCFullYear() > 9999 ||
    Number.isNaN(date.getTime())
    ? undefined
    : date.toISOString();
}

function isoDay(at: number): string | undefined {
  return isoInstant(at)?.slice(0, 10);
}

/**
 * The text that writes a value; `""` empties. Undefined where HubSpot cannot hold it: a list's item with a semicolon
 * would become two items.
 */
export function encode(value: Value): string | undefined {
  if (value === null) return "";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return value;
  return value.some((item) => item.includes(";")) ? undefined : value.join(";");
}

/** What a property can be mapped as. An unknown type of HubSpot's is text: new ones appear without notice. */
export function fieldSpec(property: PropertyRecord): FieldSpec {
  const type = fieldType(property);
  const listed = type === "option" || type === "list" ? (property.options ?? []) : [];
  // Owners and the like: their options live elsewhere and are not listed here.
  const known = property.externalOptions !== true && listed.length > 0;
  return {
    property: property.name,
    label: property.label,
    type,
    readOnly:
      property.modificationMetadata?.readOnlyValue === true ||
      property.calculated === true ||
      property.archived === true,
    options: known ? listed.map(({ value }) => value) : null,
  };
}

function fieldType({ type, fieldType: input, options }: PropertyRecord): FieldType {
  switch (type) {
    case "number":
    case "date":
    case "datetime":
      return type;
    case "bool":
      return "boolean";
    case "phone_number":
      return "phone";
    case "enumeration":
      if (input === "checkbox") return "list";
      return input === "booleancheckbox" && isYesOrNo(options ?? []) ? "boolean" : "option";
    default:
      return input === "phonenumber" ? "phone" : "text";
  }
}

function isYesOrNo(options: readonly { readonly value: string }[]): boolean {
  return options.length > 0 && options.every(({ value }) => value === "true" || value === "false");
}
