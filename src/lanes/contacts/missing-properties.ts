import type { Schema } from "../../connectors/connector.ts";
import { companyProperty } from "../../mapping/company-field.ts";
import type { FieldRule } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { PerSide } from "../../model/side.ts";
import { clip } from "../../model/clip.ts";

/**
 * HS-NOPROP for each field whose HubSpot property does not exist: HubSpot answers a reading that asks for one without a
 * word, so nobody would be told. Klaviyo's custom properties come into being when written; its own are checked offline.
 */
export function missingProperties(
  fields: readonly FieldRule[],
  { hubspot }: PerSide<Schema>,
): readonly Problem[] {
  // Every portal has hundreds of properties: none at all says only that nobody was told of them.
  if (hubspot.fields.length === 0) return [];
  const known = new Set(hubspot.fields.map(({ property }) => property));
  // A key that may not read companies sees none of their properties. The pull reports that.
  const companies = hubspot.fields.some(({ property }) => companyProperty(property) !== null);
  return fields
    .filter(({ property }) => companies || companyProperty(property.hubspot) === null)
    .filter((rule) => !known.has(rule.property.hubspot))
    .map(({ key, property, line }) => ({
      code: "HS-NOPROP",
      level: "mapping",
      side: "hubspot",
      field: key,
      title: clip(`HubSpot has no property ${property.hubspot}`, 60),
      explanation: `Line ${line} of the mapping names ${property.hubspot}, which HubSpot does not have. This field is off for everyone. The others keep syncing.`,
      fix: [`Create or restore the property in HubSpot, or change line ${line} of the mapping.`],
      retry: "soon",
      reference: null,
    }));
}
