import type { CompanyEntry, FieldEntry } from "./schema/schema.ts";

const PREFIX = "company.";

/**
 * An entry of `company_fields:` as a field like any other, whose HubSpot property is `company.NAME` and flows to Klaviyo
 * only: companies are never written.
 */
export function companyField(entry: CompanyEntry): FieldEntry {
  return { ...entry, hubspot: PREFIX + entry.hubspot };
}

/** The company's own name of `company.NAME`; null for a property of contacts. */
export function companyProperty(property: string): string | null {
  return property.startsWith(PREFIX) ? property.slice(PREFIX.length) : null;
}
