import type { Filled } from "../model/transform.ts";
import type { FieldType, Value } from "../model/value.ts";
import { canonicalDate, canonicalList, canonicalNumber, canonicalText } from "../model/value.ts";

/** A value as the mapping file writes it. */
export type Written = string | number | boolean | readonly string[];

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** What the mapping file writes, as a value of a type; `undefined` where it is none. Phone numbers stay as written. */
export function valueFromText(written: Written, type: FieldType): Filled | undefined {
  if (typeof written === "object") return type === "list" ? filled(canonicalList(written)) : undefined;
  const text = String(written);
  switch (type) {
    case "text":
    case "option":
      return filled(canonicalText(text));
    case "phone":
      return filled(canonicalText(text)?.trim() ?? null);
    case "number":
      return canonicalNumber(text);
    case "boolean":
      return text === "true" || text === "false" ? text === "true" : undefined;
    case "date":
      return canonicalDate(text);
    case "datetime": {
      const at = MOMENT.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN;
      return Number.isNaN(at) ? undefined : new Date(at).toISOString();
    }
    case "list":
      return filled(canonicalList([text]));
  }
}

function filled(value: Value): Filled | undefined {
  return value ?? undefined;
}
