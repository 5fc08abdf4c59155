import type { Transform } from "../model/transform.ts";
import { canonicalText } from "../model/value.ts";
import type { TransformEntry } from "./schema-transforms.ts";
import { canonicalEdge } from "./schema-transforms.ts";
import { valueFromText } from "./value-from-text.ts";

/**
 * The step that one entry of the file says; `null` where it says none, which its shape does not allow.
 *
 * @param exact what is joined must come back as the same list
 */
export function readTransform(entry: TransformEntry, exact: boolean): Transform | null {
  if (entry.phone_e164 !== undefined)
    return { kind: "phone_e164", defaultCountry: entry.phone_e164.default_country };
  if (entry.round !== undefined) return { kind: "round", digits: entry.round };
  if (entry.date_format !== undefined) return { kind: "date_format", ...entry.date_format };
  if (entry.bucket !== undefined) {
    const bands = entry.bucket.map(({ below, name }) => ({
      below: below === undefined ? null : canonicalEdge(below),
      name: canonicalText(name) ?? name,
    }));
    return { kind: "bucket", bands };
  }
  if (entry.join !== undefined) return { kind: "join", separator: entry.join, exact };
  if (entry.split !== undefined) return { kind: "split", separator: entry.split };
  if (entry.prefix !== undefined) return { kind: "prefix", text: entry.prefix.normalize("NFC") };
  if (entry.remove_prefix !== undefined)
    return { kind: "remove_prefix", text: entry.remove_prefix.normalize("NFC") };
  if (entry.default !== undefined) return { kind: "default", value: scalar(entry.default).value };
  if (entry.constant !== undefined) return { kind: "constant", ...scalar(entry.constant) };
  const plain = (["digits", "lower", "upper", "title", "trim"] as const).find((kind) => entry[kind] === true);
  return plain === undefined ? null : { kind: plain };
}

function scalar(
  written: string | number | boolean,
): Pick<Extract<Transform, { kind: "constant" }>, "value" | "type"> {
  const type = typeof written === "string" ? "text" : typeof written === "number" ? "number" : "boolean";
  return { type, value: valueFromText(written, type) ?? String(written) };
}
