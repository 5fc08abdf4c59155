import type { Contact } from "./contact.ts";
import { touchedAt, valueOf } from "./contact.ts";
import { invalid } from "./refusal.ts";
import type { SearchFilter } from "./search-request.ts";
import type { HubspotState } from "./state.ts";

/** Whether a contact, as it was at a moment, is what a filter asks for. */
export type Matcher = (contact: Contact, at: number) => boolean;

/** What `query` looks through. */
const SEARCHED_TEXTS = ["email", "firstname", "lastname", "phone", "company"];

/** Makes the test of one filter; values are read once, not per contact. Throws 400 for a value of the wrong kind. */
export function matcherOf(state: HubspotState, filter: SearchFilter): Matcher {
  const { propertyName } = filter;
  if (propertyName.startsWith("associations.")) return associationMatcher(state, filter);
  switch (state.properties.contacts.get(propertyName)?.type ?? "string") {
    case "number":
    case "date":
    case "datetime":
      return comparing(filter, numberOf(propertyName), wantedNumber);
    case "enumeration":
    case "bool":
      return comparing(
        filter,
        (contact, at) => valueOf(contact, propertyName, at),
        (text) => text,
        { sets: true },
      );
    default:
      return comparing(
        filter,
        (contact, at) => valueOf(contact, propertyName, at)?.toLowerCase() ?? null,
        (text) => text.toLowerCase(),
      );
  }
}

/** Whether every word of `query` begins a word of one of the usual texts. */
export function queryMatcher(query: string): Matcher {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return (contact, at) => {
    if (words.length === 0) return true;
    const texts = SEARCHED_TEXTS.map((name) => valueOf(contact, name, at)?.toLowerCase() ?? "");
    return words.every((word) => texts.some((text) => text.includes(word)));
  };
}

function comparing<T extends string | number>(
  filter: SearchFilter,
  read: (contact: Contact, at: number) => T | null,
  wanted: (text: string) => T,
  { sets = false } = {},
): Matcher {
  const { operator } = filter;
  const value = filter.value === null ? null : wanted(filter.value);
  const high = filter.highValue === null ? null : wanted(filter.highValue);
  // Texts of an IN must be sent in lower case: they are compared as they were sent.
  const values = new Set<string | number>(
    filter.values.map((text) => (typeof wanted("0") === "number" ? wanted(text) : text)),
  );
  const equals = (own: T): boolean =>
    sets && typeof own === "string" ? own === value || own.split(";").includes(String(value)) : own === value;
  const among = (own: T): boolean =>
    sets && typeof own === "string" ? own.split(";").some((part) => values.has(part)) : values.has(own);
  return (contact, at) => {
    const own = read(contact, at);
    if (operator === "HAS_PROPERTY") return own !== null;
    if (operator === "NOT_HAS_PROPERTY") return own === null;
    if (own === null) return operator === "NEQ" || operator === "NOT_IN" || operator === "NOT_CONTAINS_TOKEN";
    switch (operator) {
      case "EQ":
        return equals(own);
      case "NEQ":
        return !equals(own);
      case "LT":
        return value !== null && own < value;
      case "LTE":
        return value !== null && own <= value;
      case "GT":
        return value !== null && own > value;
      case "GTE":
        return value !== null && own >= value;
      case "BETWEEN":
        return value !== null && high !== null && own >= value && own <= high;
      case "IN":
        return among(own);
      case "NOT_IN":
        return !among(own);
      case "CONTAINS_TOKEN":
        return containsToken(String(own), String(value));
      case "NOT_CONTAINS_TOKEN":
        return !containsToken(String(own), String(value));
    }
  };
}

function numberOf(name: string): (contact: Contact, at: number) => number | null {
  if (name === "lastmodifieddate") return (contact, at) => touchedAt(contact, at);
  if (name === "hs_object_id") return (contact) => contact.number;
  if (name === "createdate") return (contact) => contact.createdAt;
  return (contact, at) => {
    const value = valueOf(contact, name, at);
    if (value === null) return null;
    const number = Number(value);
    return Number.isNaN(number) ? Date.parse(value) : number;
  };
}

/** Dates and times are asked for in milliseconds since 1970. */
function wantedNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && !Number.isNaN(number)) return number;
  throw invalid(`${text} was not a valid long.`);
}

function containsToken(text: string, token: string): boolean {
  const pattern = token
    .toLowerCase()
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^\\s@]*");
  return new RegExp(`(^|[^a-z0-9])${pattern}($|[^a-z0-9])`).test(text.toLowerCase());
}

function associationMatcher(
  state: HubspotState,
  { propertyName, operator, value, values }: SearchFilter,
): Matcher {
  const type = propertyName.replace("associations.", "");
  const to = type === "company" || type === "companies" ? "companies" : "deals";
  const ids = new Set(value === null ? values : [value]);
  return (contact) => {
    const own = state.associations
      .of("contacts", contact.id, to)
      .map((association) => association.toObjectId);
    if (operator === "HAS_PROPERTY") return own.length > 0;
    if (operator === "NOT_HAS_PROPERTY") return own.length === 0;
    const among = own.some((id) => ids.has(id));
    return operator === "NEQ" || operator === "NOT_IN" ? !among : among;
  };
}
