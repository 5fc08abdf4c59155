import type { Call } from "../../route.ts";
import { invalidParameter } from "./vendor-error.ts";

/** The order a call asks for, or the given one when it asks for none. */
export function sortOf<F extends string>(
  call: Call,
  fields: readonly F[],
  standard: F,
): { readonly field: F; readonly descending: boolean } {
  const text = call.query.get("sort");
  if (text === null || text === "") return { field: standard, descending: false };
  const descending = text.startsWith("-");
  const field = fields.find((name) => name === (descending ? text.slice(1) : text));
  if (field === undefined) {
    throw invalidParameter(`'${text}' is not a valid value for 'sort'.`, "sort");
  }
  return { field, descending };
}
