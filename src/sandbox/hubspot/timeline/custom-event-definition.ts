import type { TemplateToken } from "./event-template.ts";
import { tokenFrom } from "./event-template.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { textField } from "../wire/request-parts.ts";

/** A kind of custom event that a portal has defined. Times are milliseconds since 1970. */
export interface CustomEventDefinition {
  readonly id: string;
  /** `pe{portal}_{name}` */
  readonly fullyQualifiedName: string;
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly primaryObject: "CONTACT" | "COMPANY" | "DEAL";
  readonly properties: readonly TemplateToken[];
  /** Takes HubSpot's own properties (`hs_…`) as well. */
  readonly includeDefaultProperties: boolean;
  readonly headerTemplate: string;
  readonly detailTemplate: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const LONGEST_NAME = 50;

/** @throws VendorError 400 where it cannot be one */
export function definitionFrom(
  body: JsonObject,
  { id, portalId, now }: { readonly id: string; readonly portalId: number; readonly now: number },
): CustomEventDefinition {
  const label = textField(body, "label");
  const given = body["name"];
  const name =
    typeof given === "string" && given !== "" ? given : label.toLowerCase().replaceAll(/\W+/g, "_");
  if (name.length > LONGEST_NAME || label.length > LONGEST_NAME)
    throw invalid(`Name and label have at most ${LONGEST_NAME} characters`);
  if (!/^[a-z][a-z0-9_-]*$/.test(name)) throw invalid(`"${name}" is not a valid event name`);
  const primaryObject = (["CONTACT", "COMPANY", "DEAL"] as const).find(
    (known) => known === (body["primaryObject"] ?? "CONTACT"),
  );
  if (primaryObject === undefined)
    throw invalid(`${String(body["primaryObject"])} is not a valid object type`);
  const properties = body["propertyDefinitions"] ?? [];
  if (!Array.isArray(properties)) throw invalid("propertyDefinitions is not an array");
  return {
    id,
    fullyQualifiedName: `pe${portalId}_${name}`,
    name,
    label,
    description: typeof body["description"] === "string" ? body["description"] : "",
    primaryObject,
    properties: properties.map((property: unknown) => definedProperty(property as JsonObject)),
    includeDefaultProperties: body["includeDefaultProperties"] === true,
    headerTemplate: "",
    detailTemplate: "",
    createdAt: now,
    updatedAt: now,
  };
}

/** `datetime` is what a date is called here. @throws VendorError 400 */
export function definedProperty(body: JsonObject): TemplateToken {
  const type = body["type"] === "datetime" ? "date" : (body["type"] ?? "string");
  return tokenFrom({ ...body, label: body["label"] ?? body["name"], type });
}

/** A definition as HubSpot answers it. */
export function definitionView(definition: CustomEventDefinition): Readonly<Record<string, unknown>> {
  const { id, fullyQualifiedName, name, label, description, primaryObject, properties } = definition;
  return {
    id,
    fullyQualifiedName,
    name,
    labels: { singular: label, plural: null },
    description,
    primaryObject,
    primaryObjectId: { CONTACT: "0-1", COMPANY: "0-2", DEAL: "0-3" }[primaryObject],
    archived: false,
    objectTypeId: `6-${id.replace(/\D/g, "").slice(-9) || "1"}`,
    associations: [],
    trackingType: "MANUAL",
    properties: properties.map(definedPropertyView),
    createdAt: new Date(definition.createdAt).toISOString(),
    updatedAt: new Date(definition.updatedAt).toISOString(),
  };
}

const FIELD_TYPES: Readonly<Record<string, string>> = {
  number: "number",
  enumeration: "select",
  date: "date",
};

/** A property of a definition as HubSpot answers it. */
export function definedPropertyView(token: TemplateToken): Readonly<Record<string, unknown>> {
  const { objectPropertyName: _none, type, ...property } = token;
  return {
    ...property,
    type: type === "date" ? "datetime" : type,
    fieldType: FIELD_TYPES[type] ?? "text",
  };
}
