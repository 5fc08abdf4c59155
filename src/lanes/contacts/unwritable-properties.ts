import type { Schema } from "../../connectors/connector.ts";
import { companyProperty } from "../../mapping/company-field.ts";
import type { FieldRule } from "../../model/mapping.ts";
import { directionAllows } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { PerSide } from "../../model/side.ts";
import { clip } from "../../model/clip.ts";

/**
 * The fields, each with the sides that cannot be written now: HubSpot's property is not there, or HubSpot lets nobody
 * write it. `check` refuses such a mapping; an account changes after it was checked (P8). Klaviyo's own
 * properties come into being when they are written, and the others never change.
 */
export function markUnwritable(
  fields: readonly FieldRule[],
  { hubspot }: PerSide<Schema>,
): readonly FieldRule[] {
  if (hubspot.fields.length === 0) return fields;
  const writable = new Set(
    hubspot.fields.filter(({ readOnly }) => !readOnly).map(({ property }) => property),
  );
  return fields.map((rule) =>
    writable.has(rule.property.hubspot) ? rule : { ...rule, unwritable: ["hubspot"] },
  );
}

/** HS-READONLY for each field that is to be written to a property that HubSpot lets nobody write. */
export function lockedProperties(
  fields: readonly FieldRule[],
  { hubspot }: PerSide<Schema>,
): readonly Problem[] {
  const locked = new Set(hubspot.fields.filter(({ readOnly }) => readOnly).map(({ property }) => property));
  return fields
    .filter(
      ({ property, direction }) => locked.has(property.hubspot) && directionAllows(direction, "klaviyo"),
    )
    .filter(({ property }) => companyProperty(property.hubspot) === null)
    .map(({ key, property, line }) => ({
      code: "HS-READONLY",
      level: "mapping",
      side: "hubspot",
      field: key,
      title: clip(`HubSpot property ${property.hubspot} is read-only`, 60),
      explanation: `Line ${line} of the mapping writes ${property.hubspot}, which is read-only or calculated in HubSpot. This field is not written to HubSpot. The others keep syncing.`,
      fix: [
        `Set direction: to_klaviyo on line ${line} of the mapping, or make the property writable in HubSpot.`,
      ],
      retry: "soon",
      reference: null,
    }));
}
