import type { PropertyDefinition, PropertyDraft } from "./property-definition.ts";
import { propertyDefinition } from "./property-definition.ts";

export type ObjectType = "contacts" | "companies" | "deals" | "notes";

/** The stages in the order a contact may pass through them; the API moves forward only. */
export const LIFECYCLE_STAGES = [
  "subscriber",
  "lead",
  "marketingqualifiedlead",
  "salesqualifiedlead",
  "opportunity",
  "customer",
  "evangelist",
  "other",
] as const;

const TRUE_FALSE = [
  { label: "Yes", value: "true" },
  { label: "No", value: "false" },
];

const contact = (
  name: string,
  label: string,
  type: string,
  fieldType: string,
  more: Partial<PropertyDraft> = {},
): PropertyDraft => ({
  name,
  label,
  type,
  fieldType,
  groupName: "contactinformation",
  hubspotDefined: true,
  ...more,
});

const custom = (...parts: Parameters<typeof contact>): PropertyDraft => ({
  ...contact(...parts),
  hubspotDefined: false,
});

const values = (...texts: readonly string[]): readonly { label: string; value: string }[] =>
  texts.map((value) => ({ label: value, value }));

const READ_ONLY = { readOnlyValue: true } as const;
const CALCULATED = { readOnlyValue: true, calculated: true } as const;

const CONTACTS: readonly PropertyDraft[] = [
  contact("email", "Email", "string", "text", { formField: true }),
  contact("firstname", "First Name", "string", "text", { formField: true }),
  contact("lastname", "Last Name", "string", "text", { formField: true }),
  contact("phone", "Phone Number", "string", "phonenumber", { formField: true }),
  contact("mobilephone", "Mobile Phone Number", "string", "phonenumber", { formField: true }),
  contact("company", "Company Name", "string", "text", { formField: true }),
  contact("jobtitle", "Job Title", "string", "text", { formField: true }),
  contact("website", "Website URL", "string", "text", { formField: true }),
  contact("address", "Street Address", "string", "text"),
  contact("city", "City", "string", "text", { formField: true }),
  contact("state", "State/Region", "string", "text"),
  contact("zip", "Postal Code", "string", "text"),
  contact("country", "Country/Region", "string", "text", { formField: true }),
  contact("lifecyclestage", "Lifecycle Stage", "enumeration", "radio", {
    options: values(...LIFECYCLE_STAGES),
  }),
  contact("hs_lead_status", "Lead Status", "enumeration", "radio", {
    options: values("NEW", "OPEN", "IN_PROGRESS", "OPEN_DEAL", "UNQUALIFIED", "CONNECTED"),
  }),
  contact("hubspot_owner_id", "Contact owner", "enumeration", "select", { externalOptions: true }),
  contact("hs_object_id", "Record ID", "number", "number", READ_ONLY),
  contact("associatedcompanyid", "Primary Associated Company ID", "number", "number", READ_ONLY),
  contact("createdate", "Create Date", "datetime", "date", READ_ONLY),
  contact("lastmodifieddate", "Last Modified Date", "datetime", "date", READ_ONLY),
  contact("hs_merged_object_ids", "Merged record IDs", "enumeration", "checkbox", {
    ...READ_ONLY,
    externalOptions: true,
  }),
  contact("hs_additional_emails", "Additional email addresses", "enumeration", "select", {
    ...CALCULATED,
    externalOptions: true,
  }),
  contact("hs_all_contact_vids", "All vids for a contact", "enumeration", "checkbox", {
    ...CALCULATED,
    externalOptions: true,
  }),
  contact("hs_email_optout", "Unsubscribed from all email", "bool", "booleancheckbox", {
    ...READ_ONLY,
    options: TRUE_FALSE,
  }),
  contact(
    "hs_email_optout_1",
    "Opted out of email: Marketing Information",
    "enumeration",
    "booleancheckbox",
    {
      ...READ_ONLY,
      options: TRUE_FALSE,
    },
  ),
  contact("hs_email_optout_2", "Opted out of email: One to One", "enumeration", "booleancheckbox", {
    ...READ_ONLY,
    options: TRUE_FALSE,
  }),
  contact("hs_marketable_status", "Marketing contact status", "enumeration", "select", {
    ...READ_ONLY,
    options: TRUE_FALSE,
  }),
  contact("hs_email_domain", "Email Domain", "string", "text", CALCULATED),
  contact("hs_full_name_or_email", "Full name or email", "string", "calculation_equation", CALCULATED),
  contact("hs_searchable_calculated_phone_number", "Phone number for search", "string", "text", CALCULATED),
  contact("hs_is_contact", "Is a contact", "bool", "booleancheckbox", { ...CALCULATED, options: TRUE_FALSE }),
  contact("hs_is_unworked", "Contact unworked", "bool", "calculation_equation", {
    ...CALCULATED,
    options: TRUE_FALSE,
  }),
  contact("hs_pipeline", "Pipeline", "enumeration", "select", { externalOptions: true }),
  contact("hs_lifecyclestage_lead_date", "Became a Lead Date", "datetime", "date", READ_ONLY),
  contact("hs_object_source", "Record creation source", "enumeration", "select", {
    ...READ_ONLY,
    externalOptions: true,
  }),
  contact("hs_object_source_id", "Record creation source ID", "string", "text", READ_ONLY),
  contact("hs_object_source_label", "Record source", "string", "text", READ_ONLY),
  contact("notes_last_updated", "Last Activity Date", "datetime", "date", READ_ONLY),
  contact("num_notes", "Number of Sales Activities", "number", "number", CALCULATED),
  contact("hs_predictivecontactscore", "Likelihood to close", "number", "calculation_equation", CALCULATED),
  custom("persona", "Persona", "enumeration", "select", { options: values("buyer", "champion", "user") }),
  custom("interests", "Interests", "enumeration", "checkbox", {
    options: values("news", "offers", "events", "training"),
  }),
  custom("renewal_date", "Renewal date", "date", "date"),
  custom("last_demo_at", "Last demo", "datetime", "date"),
  custom("seats", "Seats", "number", "number"),
  custom("lead_score", "Lead score", "number", "number"),
  custom("is_vip", "VIP", "bool", "booleancheckbox", { options: TRUE_FALSE }),
  custom("klaviyo_ltv", "Klaviyo lifetime value", "number", "number"),
  custom("notes_text", "Notes", "string", "textarea"),
];

const company = (
  name: string,
  label: string,
  type: string,
  more: Partial<PropertyDraft> = {},
): PropertyDraft => ({
  ...contact(name, label, type, type === "string" ? "text" : type === "datetime" ? "date" : "number", more),
  groupName: "companyinformation",
});

const COMPANIES: readonly PropertyDraft[] = [
  company("name", "Company name", "string"),
  company("domain", "Company Domain Name", "string"),
  company("industry", "Industry", "string"),
  company("city", "City", "string"),
  company("country", "Country/Region", "string"),
  company("numberofemployees", "Number of Employees", "number"),
  company("annualrevenue", "Annual Revenue", "number"),
  company("hs_object_id", "Record ID", "number", READ_ONLY),
  company("createdate", "Create Date", "datetime", READ_ONLY),
  company("hs_lastmodifieddate", "Last Modified Date", "datetime", READ_ONLY),
];

const deal = (...parts: Parameters<typeof company>): PropertyDraft => ({
  ...company(...parts),
  groupName: "dealinformation",
});

const DEALS: readonly PropertyDraft[] = [
  deal("dealname", "Deal Name", "string"),
  deal("dealstage", "Deal Stage", "string"),
  deal("pipeline", "Pipeline", "string"),
  deal("amount", "Amount", "number"),
  deal("closedate", "Close Date", "datetime"),
  deal("hs_is_closed", "Is Deal Closed?", "string", CALCULATED),
  deal("hs_is_closed_won", "Is Closed Won", "string", CALCULATED),
  deal("hs_object_id", "Record ID", "number", READ_ONLY),
  deal("createdate", "Create Date", "datetime"),
  deal("hs_lastmodifieddate", "Last Modified Date", "datetime", READ_ONLY),
];

const note = (...parts: Parameters<typeof company>): PropertyDraft => ({
  ...company(...parts),
  groupName: "engagement",
});

/** What a logged note has; its owner is picked from a list that is not part of the definition. */
const NOTES: readonly PropertyDraft[] = [
  note("hs_timestamp", "Activity date", "datetime"),
  note("hs_note_body", "Note body", "string", { fieldType: "html" }),
  note("hubspot_owner_id", "Activity assigned to", "enumeration", { externalOptions: true }),
  note("hs_body_preview", "Body preview", "string", CALCULATED),
  note("hs_body_preview_html", "Body preview HTML", "string", CALCULATED),
  note("hs_body_preview_is_truncated", "Body preview is truncated", "bool", CALCULATED),
  note("hs_obj_coords", "Unique record identifier", "string", CALCULATED),
  note("hs_object_id", "Record ID", "number", READ_ONLY),
  note("hs_createdate", "Create date", "datetime", READ_ONLY),
  note("hs_lastmodifieddate", "Last modified date", "datetime", READ_ONLY),
];

/** The properties of a portal nobody has changed much, by object type and name. `at` is an ISO time. */
export function seedProperties(at: string): Record<ObjectType, Map<string, PropertyDefinition>> {
  const named = (drafts: readonly PropertyDraft[]): Map<string, PropertyDefinition> =>
    new Map(drafts.map((draft) => [draft.name, propertyDefinition(draft, at)]));
  return { contacts: named(CONTACTS), companies: named(COMPANIES), deals: named(DEALS), notes: named(NOTES) };
}
