import type { Call } from "../../route.ts";
import type { Interval } from "../state/buckets.ts";
import { utcOf } from "../state/buckets.ts";
import { dataOf, required, textOf } from "./body-reader.ts";
import { invalid } from "./vendor-error.ts";

const MEASUREMENTS = ["count", "sum_value", "unique"] as const;
const INTERVALS: readonly Interval[] = ["hour", "day", "week", "month"];
const POINTER = "/data/attributes";

/** A query that has been checked. Times are milliseconds since 1970, `to` excluded. */
export interface AggregateQuery {
  readonly metricId: string;
  readonly measurements: readonly (typeof MEASUREMENTS)[number][];
  readonly interval: Interval;
  readonly by: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly equal: readonly { readonly name: string; readonly value: string }[];
  readonly timeZone: string;
  readonly pageSize: number;
}

/** @throws VendorError 400 where it cannot be asked */
export function aggregateQuery(call: Call): AggregateQuery {
  const attributes = required(dataOf(call, "metric-aggregate"), "attributes", "/data");
  const metricId = textOf(attributes, "metric_id", POINTER);
  if (metricId === undefined || metricId === null)
    throw invalid("'metric_id' is a required field.", `${POINTER}/metric_id`);
  const wanted = texts(attributes["measurements"], "measurements");
  const measurements = MEASUREMENTS.filter((name) => wanted.includes(name));
  if (measurements.length === 0 || measurements.length !== wanted.length)
    throw invalid("Not a valid choice for 'measurements'.", `${POINTER}/measurements`);
  const timeZone = zoneOf(textOf(attributes, "timezone", POINTER) ?? "UTC");
  const interval = INTERVALS.find((name) => name === (attributes["interval"] ?? "day"));
  if (interval === undefined) throw invalid("Not a valid choice for 'interval'.", `${POINTER}/interval`);
  const clauses = texts(attributes["filter"], "filter");
  const from = boundIn(clauses, "greater-or-equal", timeZone);
  const to = boundIn(clauses, "less-than", timeZone);
  if (from === null || to === null || from >= to)
    throw invalid("A time range by 'greater-or-equal' and 'less-than' is required.", `${POINTER}/filter`);
  const { page_size: size } = attributes;
  return {
    metricId,
    measurements,
    interval,
    by: attributes["by"] === undefined || attributes["by"] === null ? [] : texts(attributes["by"], "by"),
    from,
    to,
    equal: clauses.filter((clause) => !clause.includes("(datetime,")).map(equalIn),
    timeZone,
    pageSize: typeof size === "number" ? size : 500,
  };
}

function texts(value: unknown, name: string): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw invalid(`'${name}' must be a list.`, `${POINTER}/${name}`);
}

/** A time without a zone is one of the query's own zone. */
function boundIn(clauses: readonly string[], operator: string, timeZone: string): number | null {
  const text = clauses
    .map((clause) => /^([a-z-]+)\(datetime,\s*([^)]+)\)$/.exec(clause))
    .find((found) => found?.[1] === operator)?.[2];
  if (text === undefined) return null;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const at = Date.parse(zoned ? text : `${text.length === 10 ? `${text}T00:00:00` : text}Z`);
  if (Number.isNaN(at)) throw invalid("Invalid filter provided.", `${POINTER}/filter`);
  return zoned ? at : utcOf(at, timeZone);
}

/** Names of dimensions have signs and blanks in them, so these clauses are not those of `GET` filters. */
function equalIn(clause: string): { readonly name: string; readonly value: string } {
  const [, name, double, single, bare] =
    /^equals\(([^,]+),\s*(?:"([^"]*)"|'([^']*)'|(true|false))\)$/.exec(clause) ?? [];
  const value = double ?? single ?? bare;
  if (name === undefined || value === undefined)
    throw invalid("Invalid filter provided.", `${POINTER}/filter`);
  return { name, value };
}

function zoneOf(name: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw invalid(`'${name}' is not a valid timezone.`, `${POINTER}/timezone`);
  }
}
