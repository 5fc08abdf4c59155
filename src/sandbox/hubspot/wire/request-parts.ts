import type { Call } from "../../route.ts";
import { invalid, VendorError } from "./vendor-error.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** The body as an object, or a 400. */
export function objectBody(call: Call): JsonObject {
  if (typeof call.body === "object" && call.body !== null && !Array.isArray(call.body)) {
    return call.body as JsonObject;
  }
  throw new VendorError(
    400,
    "Invalid input JSON on line 1, column 1: Cannot deserialize value of type object",
  );
}

/** A required text of a body; numbers are taken as their text, as ids are sent as both. */
export function textField(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value === "string" && value !== "") return value;
  if (typeof value === "number") return String(value);
  throw new VendorError(
    400,
    `Invalid input JSON on line 1, column 1: Some required fields were not set: [${name}]`,
  );
}

/** A list of texts, absent being none. */
export function textsField(body: JsonObject, name: string): readonly string[] {
  const value = body[name] ?? [];
  if (Array.isArray(value)) return value.map(String);
  throw new VendorError(400, `Invalid input JSON on line 1, column 1: ${name} is not an array`);
}

/** The inputs of a batch, at most `max` of them. */
export function batchInputs(call: Call, max: number): readonly JsonObject[] {
  const { inputs } = objectBody(call);
  if (!Array.isArray(inputs)) {
    throw new VendorError(
      400,
      "Invalid input JSON on line 1, column 1: Some required fields were not set: [inputs]",
    );
  }
  if (inputs.length > max) {
    throw invalid(`The maximum number of inputs supported in a batch request is ${max}`);
  }
  return inputs.map((input: unknown) => {
    if (typeof input === "object" && input !== null) return input as JsonObject;
    throw new VendorError(400, "Invalid input JSON on line 1, column 1: Cannot deserialize value of inputs");
  });
}

/** A list in the query, repeated or comma-separated. */
export function queryList(call: Call, name: string): readonly string[] {
  return call.query
    .getAll(name)
    .flatMap((value) => value.split(","))
    .filter((value) => value !== "");
}

/** A page size in the query, or a 400 where it is out of range. */
export function pageSize(call: Call, fallback: number, max: number): number {
  const text = call.query.get("limit");
  if (text === null) return fallback;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= max) return size;
  throw invalid(`limit must be between 1 and ${max}, was ${text}`);
}

/** A text that may be absent, and is empty then; numbers and booleans are taken as their text. */
export function textIn(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value : "";
}
