import type { FieldRule, Mapping } from "../../model/mapping.ts";
import { EMAIL_FIELD } from "../../model/mapping.ts";
import { companyProperty } from "../company-field.ts";
import type { Path } from "../diagnostics/diagnostic.ts";

/** Does the field read a property of companies? */
export function ofCompany(rule: FieldRule): boolean {
  return companyProperty(rule.property.hubspot) !== null;
}

function shownBy({ property }: FieldRule): string {
  return property.klaviyo === "consent.email" ? "status_property" : "reason_property";
}

/** Every field with the place of its entry: `fields` and `company_fields` count for themselves, e-mail has none. */
export function placedFields(mapping: Mapping): readonly (readonly [rule: FieldRule, place: Path])[] {
  const shown = mapping.fields.filter(({ showsConsent }) => showsConsent === true);
  const fields = mapping.fields.filter((rule) => rule.key !== EMAIL_FIELD.key && !shown.includes(rule));
  const [contact, company] = [fields.filter((rule) => !ofCompany(rule)), fields.filter(ofCompany)];
  return [
    ...contact.map((rule, index) => [rule, ["fields", index]] as const),
    ...company.map((rule, index) => [rule, ["company_fields", index]] as const),
    ...shown.map((rule) => [rule, ["consent", "klaviyo_to_hubspot", shownBy(rule)]] as const),
  ];
}
