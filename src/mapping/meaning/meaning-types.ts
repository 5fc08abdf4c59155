import { SIDES } from "../../model/side.ts";
import type { FieldType } from "../../model/value.ts";
import { fieldShape } from "./field-shape.ts";
import type { Meaning, PlacedField } from "./meaning-fields.ts";

const NAMES = { hubspot: "HubSpot property", klaviyo: "Klaviyo field" } as const;

/** One property that two entries read as different types: a contact shows it once, so one of them would get nothing. */
export function mixedTypes(fields: readonly PlacedField[]): readonly Meaning[] {
  const first = new Map<string, { readonly type: FieldType; readonly line: number }>();
  return fields.flatMap(({ place, entry, direction, line }) => {
    const { propertyType } = fieldShape(entry, direction);
    return SIDES.flatMap((side): readonly Meaning[] => {
      const key = `${side}\n${entry[side]}`;
      const type = propertyType[side];
      const before = first.get(key);
      first.set(key, before ?? { type, line });
      if (before === undefined || asRead(before.type) === asRead(type)) return [];
      const message = `${NAMES[side]} \`${entry[side]}\` is read as ${type} here and as ${before.type} on line ${before.line}`;
      const help = "give both entries one `type`; a transform can make another of it";
      return [{ path: [...place, side], part: "value", finding: { code: "M213", message, help } }];
    });
  });
}

/** What is text to both systems is read alike. */
function asRead(type: FieldType): FieldType {
  return type === "option" || type === "phone" ? "text" : type;
}
