import type { FieldRule, Mapping } from "../model/mapping.ts";
import { EMAIL_FIELD } from "../model/mapping.ts";
import { companyProperty } from "./company-field.ts";
import type { Path } from "./diagnostic.ts";

/** Does the field read a property of companies? */
export function ofCompany(rule: FieldRule): boolean {
  return companyProperty(rule.property.hubspot) !== null;
}

/** Every field with the place of its entry: `fields` and `company_fields` count for themselves, e-mail has none. */
export function placedFields(mapping: Mapping): readonly (readonly [rule: FieldRule, place: Path])[] {
  const fields = mapping.fields.filter((rule) => rule.key !== EMAIL_FIELD.key);
  const [contact, company] = [fields.filter((rule) => !ofCompany(rule)), fields.filter(ofCompany)];
  return [
    ...contact.map((rule, index) => [rule, ["fields", index]] as const),
    ...company.map((rule, index) => [rule, ["company_fields", index]] as const),
  ];
}
