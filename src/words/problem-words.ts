import type { Side } from "../model/side.ts";
import { SIDE_NAMES } from "../model/side.ts";
import type { Cause, StoredProblem } from "../store/pages/overview.ts";

/** Where it went wrong, for people: `Klaviyo, phone_number`. Empty where the problem is of no side and no field. */
export function place({ side, field }: Pick<StoredProblem, "side" | "field">): string {
  const property = field === null ? null : propertyOf(side, field);
  return [side === null ? null : SIDE_NAMES[side], property].filter((part) => part !== null).join(", ");
}

/** A field's key is `hubspot_property:klaviyo.property:type`; people know it by the name on the side that complained. */
export function propertyOf(side: Side | null, field: string): string {
  const parts = field.split(":");
  if (parts.length < 3) return field;
  const names = { hubspot: parts[0] ?? "", klaviyo: parts.slice(1, -1).join(":") };
  if (side !== null) return names[side];
  return names.hubspot === names.klaviyo ? names.hubspot : `${names.hubspot} and ${names.klaviyo}`;
}

/** A cause in the words of the contact that met it last: of several contacts it is an example, and says so. */
export function causeExample({ contacts, explanation }: Pick<Cause, "contacts" | "explanation">): string {
  return contacts === 1 ? explanation : `For example: ${explanation}`;
}
