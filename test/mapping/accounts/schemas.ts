import type { FieldSpec, Schema } from "../../../src/connectors/connector.ts";
import type { FieldType } from "../../../src/model/value.ts";

function property(name: string, type: FieldType = "text", more: Partial<FieldSpec> = {}): FieldSpec {
  return { property: name, label: name, type, readOnly: false, options: null, ...more };
}

/** What a small HubSpot portal has. */
export const portal: Schema = {
  fields: [
    property("firstname", "text", { label: "First Name" }),
    property("lastname", "text", { label: "Last Name" }),
    property("jobtitle", "text", { label: "Job Title" }),
    property("city"),
    property("phone", "phone"),
    property("persona", "option", { options: ["persona_1", "persona_2"] }),
    property("interests", "list", { options: ["Sport", "Music"] }),
    property("renewal_date", "date"),
    property("score", "number"),
    property("vip", "boolean"),
    property("createdate", "datetime", { readOnly: true }),
    property("num_associated_deals", "number", { readOnly: true }),
  ],
  collections: [
    { id: "1", name: "All customers", kind: "list", writable: false, doubleOptIn: false, size: null },
    { id: "2", name: "Leads", kind: "segment", writable: false, doubleOptIn: false, size: null },
    { id: "3", name: "Twins", kind: "list", writable: false, doubleOptIn: false, size: null },
    { id: "4", name: "Twins", kind: "list", writable: false, doubleOptIn: false, size: null },
    { id: "5", name: "1", kind: "list", writable: false, doubleOptIn: false, size: null },
  ],
};

/** What a small Klaviyo account has. */
export const shop: Schema = {
  fields: [
    property("first_name"),
    property("last_name"),
    property("title"),
    property("phone_number", "phone"),
    property("location.city"),
    property("location.latitude", "number"),
    property("updated", "datetime", { readOnly: true }),
    property("properties.Persona"),
    property("properties.Tier", "number"),
  ],
  collections: [
    { id: "Y6nRLr", name: "Newsletter", kind: "list", writable: true, doubleOptIn: false, size: null },
    { id: "DoUbLe", name: "Careful", kind: "list", writable: true, doubleOptIn: true, size: null },
    { id: "LoCked", name: "Locked", kind: "list", writable: false, doubleOptIn: false, size: null },
    {
      id: "SeGmnt",
      name: "Engaged 90 days",
      kind: "segment",
      writable: false,
      doubleOptIn: false,
      size: null,
    },
  ],
};
