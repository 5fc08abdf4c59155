import type { FieldType, Value } from "../../model/value.ts";
import { canonicalDate, canonicalList, canonicalNumber, canonicalText } from "../../model/value.ts";

/** A stored value read as a type: canonical, or `undefined` where it does not fit. Empty fits every type. */
export function readAs(stored: Value, type: FieldType): Value | undefined {
  if (stored === null || stored === "") return null;
  switch (type) {
    case "text":
    case "option":
    case "phone":
      return typeof stored === "object" ? undefined : canonicalText(String(stored));
    case "number":
      return typeof stored === "string" ? canonicalNumber(stored) : undefined;
    case "boolean":
      if (typeof stored === "boolean") return stored;
      return stored === "true" ? true : stored === "false" ? false : undefined;
    case "date":
      return typeof stored === "string" ? canonicalDate(stored) : undefined;
    case "datetime":
      return typeof stored === "string" && !Number.isNaN(Date.parse(stored))
        ? new Date(stored).toISOString()
        : undefined;
    case "list":
      break;
  }
  return canonicalList(typeof stored === "object" ? stored : [String(stored)]);
}
