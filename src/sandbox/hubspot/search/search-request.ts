import type { Call } from "../../route.ts";
import type { PropertyDefinition } from "../properties/property-definition.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { objectBody, textsField } from "../wire/request-parts.ts";

export type Operator = (typeof OPERATORS)[number];

export interface SearchFilter {
  readonly propertyName: string;
  readonly operator: Operator;
  readonly value: string | null;
  readonly highValue: string | null;
  readonly values: readonly string[];
}

/** A search that keeps to HubSpot's rules. */
export interface SearchRequest {
  /** Any group must hold; a group holds when all its filters do. None: everybody. */
  readonly groups: readonly (readonly SearchFilter[])[];
  readonly query: string;
  readonly sort: { readonly name: string; readonly descending: boolean } | null;
  readonly properties: readonly string[];
  readonly limit: number;
  readonly offset: number;
}

const OPERATORS = [
  "EQ",
  "NEQ",
  "LT",
  "LTE",
  "GT",
  "GTE",
  "BETWEEN",
  "IN",
  "NOT_IN",
  "HAS_PROPERTY",
  "NOT_HAS_PROPERTY",
  "CONTAINS_TOKEN",
  "NOT_CONTAINS_TOKEN",
] as const;

const LARGEST_PAGE = 200;
const MOST_HITS = 10_000;
const MOST_GROUPS = 5;
const MOST_FILTERS_IN_A_GROUP = 6;
const MOST_FILTERS = 18;
const LONGEST_BODY = 3_000;
const WITHOUT_VALUE: ReadonlySet<Operator> = new Set(["HAS_PROPERTY", "NOT_HAS_PROPERTY"]);
const WITH_VALUES: ReadonlySet<Operator> = new Set(["IN", "NOT_IN"]);

/** The properties of the type that is searched. */
type Properties = ReadonlyMap<string, PropertyDefinition>;

/** Reads a search, or throws the 400 that says which rule it breaks. */
export function searchRequest(known: Properties, call: Call): SearchRequest {
  const body = objectBody(call);
  if (JSON.stringify(body).length > LONGEST_BODY) {
    throw invalid(`The request body exceeds the limit of ${LONGEST_BODY} characters`);
  }
  const groups = readGroups(known, body["filterGroups"]);
  const limit = body["limit"] === undefined ? 10 : Number(body["limit"]);
  if (!Number.isInteger(limit) || limit < 0 || limit > LARGEST_PAGE) {
    throw invalid(`limit must be between 0 and ${LARGEST_PAGE}, was ${String(body["limit"])}`);
  }
  const offset = Number(body["after"] ?? 0);
  if (!Number.isInteger(offset) || offset < 0)
    throw invalid(`after is not a valid offset: ${String(body["after"])}`);
  if (offset + limit > MOST_HITS) {
    throw invalid(
      `The search API returns the first ${MOST_HITS} results of a query; asked for ${offset + limit}`,
    );
  }
  const query = typeof body["query"] === "string" ? body["query"] : "";
  return {
    groups,
    query,
    sort: readSort(known, body["sorts"]),
    properties: textsField(body, "properties"),
    limit,
    offset,
  };
}

function readGroups(known: Properties, written: unknown): readonly (readonly SearchFilter[])[] {
  const groups = array(written, "filterGroups").map((group) =>
    array((group as JsonObject)["filters"], "filters").map((filter) =>
      readFilter(known, filter as JsonObject),
    ),
  );
  const count = groups.reduce((sum, filters) => sum + filters.length, 0);
  if (groups.length > MOST_GROUPS) throw invalid(`The maximum number of filterGroups is ${MOST_GROUPS}`);
  if (groups.some((filters) => filters.length > MOST_FILTERS_IN_A_GROUP) || count > MOST_FILTERS) {
    throw invalid(
      `At most ${MOST_FILTERS_IN_A_GROUP} filters in a group and ${MOST_FILTERS} in all are allowed`,
    );
  }
  return groups;
}

function readFilter(known: Properties, written: JsonObject): SearchFilter {
  const propertyName = String(written["propertyName"]);
  if (!isSearchable(known, propertyName)) throw unknownProperty(propertyName);
  const operator = OPERATORS.find((known) => known === written["operator"]);
  if (operator === undefined) throw invalid(`Unknown operator ${String(written["operator"])}`);
  const value = text(written["value"]);
  const highValue = text(written["highValue"]);
  const values = array(written["values"], "values").map(String);
  if (WITH_VALUES.has(operator) ? values.length === 0 : !WITHOUT_VALUE.has(operator) && value === null) {
    throw invalid(`operator ${operator} requires ${WITH_VALUES.has(operator) ? "values" : "a value"}`);
  }
  if (operator === "BETWEEN" && highValue === null) throw invalid("operator BETWEEN requires a highValue");
  return { propertyName, operator, value, highValue, values };
}

/** Both spellings are taken: `-lastmodifieddate`, and an object with a direction. */
function readSort(known: Properties, written: unknown): SearchRequest["sort"] {
  const sorts = array(written, "sorts");
  if (sorts.length > 1) throw invalid("Only one sort is supported");
  const [sort] = sorts;
  if (sort === undefined) return null;
  const spelled =
    typeof sort === "string"
      ? { name: sort.replace(/^-/, ""), descending: sort.startsWith("-") }
      : {
          name: String((sort as JsonObject)["propertyName"]),
          descending: (sort as JsonObject)["direction"] === "DESCENDING",
        };
  if (!isSearchable(known, spelled.name)) throw unknownProperty(spelled.name);
  return spelled;
}

function isSearchable(known: Properties, name: string): boolean {
  const definition = known.get(name);
  return name.startsWith("associations.") || (definition !== undefined && !definition.archived);
}

function unknownProperty(name: string): Error {
  return invalid(`There was a problem with the request. Property "${name}" does not exist`, {
    errors: [{ message: `Property "${name}" does not exist`, context: { propertyName: [name] } }],
  });
}

function array(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw invalid(`${name} is not an array`);
}

function text(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}
