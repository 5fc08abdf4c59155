import { isPhoneField } from "../words/mask-phones.ts";
import type { Sight } from "../words/sight.ts";

/** For `JSON.stringify`: ids are beyond what its numbers hold exactly. */
function ownWords(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** Beside the name of a field, these hold its values. */
const VALUES: ReadonlySet<string> = new Set(["hubspot", "klaviyo", "agreed", "won", "lost", "value"]);

/** What stands under these is the address of somebody that Tandem knows. */
const ADDRESSES: ReadonlySet<string> = new Set(["email", "example"]);

/** A document as JSON, each text in it as the reader may see it. */
export function seenDocument(document: object, sight: Sight, indent = 0): string {
  return JSON.stringify(shown(JSON.parse(JSON.stringify(document, ownWords)), "", sight), null, indent);
}

function shown(value: unknown, field: string, sight: Sight): unknown {
  if (typeof value === "string") return ADDRESSES.has(field) ? sight.email(value) : sight.value(field, value);
  if (typeof value === "number" && isPhoneField(field)) return sight.value(field, String(value));
  if (Array.isArray(value)) return value.map((one) => shown(one, field, sight));
  if (value === null || typeof value !== "object") return value;
  const { field: named } = value as { readonly field?: unknown };
  const own = typeof named === "string" ? named : "";
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      sight.text(key),
      shown(one, own !== "" && VALUES.has(key) ? own : isValueless(key) ? "" : key, sight),
    ]),
  );
}

/** A cause such as `KL-PHONE` names no field. */
function isValueless(key: string): boolean {
  return key === "code" || key === "cause" || key === "field";
}
