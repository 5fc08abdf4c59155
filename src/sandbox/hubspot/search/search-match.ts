import type { PropertyDefinition } from "../properties/property-definition.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { SearchFilter, SearchRequest } from "./search-request.ts";

/** Whether a record, as it was at a moment, is what a filter asks for. */
export type Matcher<R> = (record: R, at: number) => boolean;

/** How search looks at the records of one type. */
export interface Subject<R> {
  readonly properties: ReadonlyMap<string, PropertyDefinition>;
  /** What `query` looks through. */
  readonly texts: readonly string[];
  value(record: R, name: string, at: number): string | null;
  /** Of a number, a date or a time; times in milliseconds since 1970. */
  number(record: R, name: string, at: number): number | null;
  /** For what no property holds; null where this filter is an ordinary one. */
  special(filter: SearchFilter): Matcher<R> | null;
}

/** Whether a record is what a whole search asks for. */
export function requestMatcher<R>(subject: Subject<R>, { groups, query }: SearchRequest): Matcher<R> {
  const tests = groups.map((filters) => filters.map((filter) => matcherOf(subject, filter)));
  const inQuery = queryMatcher(subject, query);
  return (record, at) =>
    inQuery(record, at) &&
    (tests.length === 0 || tests.some((group) => group.every((test) => test(record, at))));
}

/** Makes the test of one filter; values are read once, not per record. Throws 400 for a value of the wrong kind. */
function matcherOf<R>(subject: Subject<R>, filter: SearchFilter): Matcher<R> {
  const { propertyName } = filter;
  const special = subject.special(filter);
  if (special !== null) return special;
  switch (subject.properties.get(propertyName)?.type ?? "string") {
    case "number":
    case "date":
    case "datetime":
      return comparing(filter, (record, at) => subject.number(record, propertyName, at), wantedNumber);
    case "enumeration":
    case "bool":
      return comparing(
        filter,
        (record, at) => subject.value(record, propertyName, at),
        (text) => text,
        { sets: true },
      );
    default:
      return comparing(
        filter,
        (record, at) => subject.value(record, propertyName, at)?.toLowerCase() ?? null,
        (text) => text.toLowerCase(),
      );
  }
}

/** Whether every word of `query` begins a word of one of the usual texts. */
function queryMatcher<R>(subject: Subject<R>, query: string): Matcher<R> {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return (record, at) => {
    if (words.length === 0) return true;
    const texts = subject.texts.map((name) => subject.value(record, name, at)?.toLowerCase() ?? "");
    return words.every((word) => texts.some((text) => text.includes(word)));
  };
}

/** A number, or a time in any of HubSpot's spellings. */
export function asNumber(value: string | null): number | null {
  if (value === null) return null;
  const number = Number(value);
  return Number.isNaN(number) ? Date.parse(value) : number;
}

function comparing<R, T extends string | number>(
  filter: SearchFilter,
  read: (record: R, at: number) => T | null,
  wanted: (text: string) => T,
  { sets = false } = {},
): Matcher<R> {
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
  return (record, at) => {
    const own = read(record, at);
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
