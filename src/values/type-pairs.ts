import type { FieldType } from "../model/value.ts";

/**
 * Which types a property's values can be read as, and which can be written into it. A field has one type for both
 * sides. Reading is lenient: what does not fit is one contact's problem. Writing is not: text written into a number
 * property is stored as another text (`5.0` as `5`), and the field would never come to rest.
 */
const READ: { readonly [property in FieldType]: readonly FieldType[] } = {
  text: ["text", "number", "boolean", "date", "datetime", "phone", "option", "list"],
  phone: ["phone", "text"],
  number: ["number", "text", "phone"],
  boolean: ["boolean", "text", "option"],
  date: ["date", "text"],
  datetime: ["datetime", "text"],
  option: ["option", "text", "list"],
  list: ["list"],
};

const WRITTEN: { readonly [property in FieldType]: readonly FieldType[] } = {
  text: ["text", "number", "boolean", "date", "datetime", "phone", "option", "list"],
  phone: ["phone", "text"],
  number: ["number"],
  boolean: ["boolean", "option"],
  date: ["date"],
  datetime: ["datetime"],
  option: ["option", "text"],
  list: ["list"],
};

/** May a property of this type be the source, and the target, of a field of that type? */
export function typesFit(
  property: FieldType,
  field: FieldType,
  use: { readonly source: boolean; readonly target: boolean },
): boolean {
  return (
    (!use.source || READ[property].includes(field)) &&
    // A target is read too: what it holds is compared.
    (!use.target || (READ[property].includes(field) && WRITTEN[property].includes(field)))
  );
}
