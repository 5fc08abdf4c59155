import type { Call } from "../../route.ts";
import { objectOf } from "./object-of.ts";
import { invalid, tooLarge } from "./vendor-error.ts";

// The specification says "100KB" and "5MB"; anybody who keeps to the smaller meaning keeps to both.
export const HUNDRED_KILOBYTES = 100_000;
export const FIVE_MEGABYTES = 5_000_000;

type Attributes = Readonly<Record<string, unknown>>;

/** The `data` of a request body; refused when there is none or its type is another. */
export function dataOf(call: Call, type: string, maxBytes?: number): Attributes {
  if (maxBytes !== undefined && bytesOf(call) > maxBytes) {
    throw tooLarge(`The maximum allowed payload size is ${maxBytes === FIVE_MEGABYTES ? "5MB" : "100KB"}.`);
  }
  const data = objectOf(objectOf(call.body)?.["data"]);
  if (data === null) throw invalid("'data' is a required field.", "/data");
  typed(data, type, "/data");
  return data;
}

/** A body that is sent in chunks tells no length, and is as long all the same. */
function bytesOf({ headers, body }: Call): number {
  const told = headers["content-length"];
  return told === undefined ? Buffer.byteLength(JSON.stringify(body ?? null)) : Number(told);
}

/** Refuses a resource object of another type. */
export function typed(resource: Attributes, type: string, pointer: string): void {
  if (resource["type"] === type) return;
  throw invalid(
    `'${String(resource["type"])}' is not a valid resource type; expected '${type}'.`,
    `${pointer}/type`,
  );
}

/** An object that must be there. */
export function required(holder: Attributes, name: string, pointer: string): Attributes {
  const value = objectOf(holder[name]);
  if (value === null) throw invalid(`'${name}' is a required field.`, `${pointer}/${name}`);
  return value;
}

/** An array that must be there and not be longer than it may. */
export function listed(
  holder: Attributes,
  name: string,
  pointer: string,
  max: number,
): readonly Attributes[] {
  const value = holder[name];
  if (!Array.isArray(value)) throw invalid(`'${name}' must be a list.`, `${pointer}/${name}`);
  if (value.length > max) {
    throw invalid(`A maximum of ${max} items is allowed in '${name}'.`, `${pointer}/${name}`);
  }
  return value.map((item: unknown, at) => {
    const one = objectOf(item);
    if (one === null) throw invalid("Invalid input", `${pointer}/${name}/${at}`);
    return one;
  });
}

/** Refuses every attribute that is not allowed, in Klaviyo's own words and for the whole request. */
export function only(
  attributes: Attributes,
  allowed: ReadonlySet<string>,
  resource: string,
  pointer: string,
): void {
  for (const name of Object.keys(attributes)) {
    if (allowed.has(name)) continue;
    throw invalid(`'${name}' is not a valid field for the resource '${resource}'.`, `${pointer}/${name}`);
  }
}

/** Text, null, or undefined where absent; anything else is refused. */
export function textOf(attributes: Attributes, name: string, pointer: string): string | null | undefined {
  const value = attributes[name];
  if (value === undefined || value === null || typeof value === "string") return value;
  throw invalid("Not a valid string.", `${pointer}/${name}`);
}

/** The id of a related resource, or null where the relationship is absent. */
export function relatedId(data: Attributes, name: string, type: string): string | null {
  const related = objectOf(objectOf(data["relationships"])?.[name]);
  if (related === null) return null;
  const pointer = `/data/relationships/${name}/data`;
  const target = required(related, "data", `/data/relationships/${name}`);
  typed(target, type, pointer);
  if (typeof target["id"] !== "string") throw invalid("'id' is a required field.", `${pointer}/id`);
  return target["id"];
}
