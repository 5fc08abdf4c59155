import type { Call } from "../../route.ts";
import { batchReply } from "../wire/batch-reply.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import type { PropertyDefinition, PropertyOption } from "./property-definition.ts";
import { propertyDefinition, propertyOptions } from "./property-definition.ts";
import { invalid, notFound, VendorError } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { batchInputs, objectBody, textField } from "../wire/request-parts.ts";
import { READ_PROPERTIES, WRITE_PROPERTIES } from "../wire/scopes.ts";
import type { ObjectType } from "./seed-properties.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "../contacts/write-contact.ts";

const PROPERTIES = "/crm/v3/properties";
const LARGEST_BATCH = 100;

/** Which field types HubSpot lets a type be shown as. */
const FIELD_TYPES: Readonly<Record<string, readonly string[]>> = {
  string: ["text", "textarea", "html", "phonenumber", "file"],
  number: ["number"],
  bool: ["booleancheckbox"],
  enumeration: ["select", "radio", "checkbox", "booleancheckbox"],
  date: ["date"],
  datetime: ["date"],
  phone_number: ["phonenumber"],
};

/** The properties of contacts, companies, deals and notes. */
export function propertyEndpoints(state: HubspotState): readonly Endpoint[] {
  return (["contacts", "companies", "deals", "notes"] as const).flatMap((type) => endpointsOf(state, type));
}

function endpointsOf(state: HubspotState, type: ObjectType): readonly Endpoint[] {
  const path = `${PROPERTIES}/${type}`;
  const properties = state.properties[type];
  const read = { method: "GET", scopes: READ_PROPERTIES, mutating: false } as const;
  const write = { scopes: WRITE_PROPERTIES, mutating: true } as const;
  const existing = (call: Call): PropertyDefinition => {
    const property = properties.get(call.params["propertyName"] ?? "");
    const archived = call.query.get("archived") === "true";
    if (property === undefined || property.archived !== archived) throw notFound();
    return property;
  };
  return [
    {
      ...read,
      path,
      handle(call) {
        const archived = call.query.get("archived") === "true";
        const results = [...properties.values()].filter((property) => property.archived === archived);
        return { status: 200, body: { results } };
      },
    },
    { ...read, path: `${path}/{propertyName}`, handle: (call) => ({ status: 200, body: existing(call) }) },
    {
      ...write,
      method: "POST",
      path,
      handle: (call, { writer }) => ({
        status: 201,
        body: createProperty(state, writer, type, objectBody(call)),
      }),
    },
    {
      ...write,
      method: "POST",
      path: `${path}/batch/create`,
      handle(call, { writer, version }) {
        const results: PropertyDefinition[] = [];
        const vendorErrors: VendorError[] = [];
        for (const input of batchInputs(call, LARGEST_BATCH)) {
          try {
            results.push(createProperty(state, writer, type, input));
          } catch (error) {
            if (!(error instanceof VendorError)) throw error;
            vendorErrors.push(error);
          }
        }
        // 2026-09 answers this one with 200.
        const status = version === "2026-09" ? 200 : 201;
        return batchReply({ status, version, at: state.now(), results, vendorErrors });
      },
    },
    {
      ...write,
      method: "PATCH",
      path: `${path}/{propertyName}`,
      handle(call, { writer }) {
        const property = existing(call);
        if (property.modificationMetadata.readOnlyDefinition)
          throw invalid(`Property ${property.name} is read only`);
        const { label, description, options, groupName, hidden, fieldType } = objectBody(call);
        const change: Partial<PropertyDefinition> = {
          ...(typeof label === "string" ? { label } : {}),
          ...(typeof description === "string" ? { description } : {}),
          ...(typeof groupName === "string" ? { groupName } : {}),
          ...(typeof hidden === "boolean" ? { hidden } : {}),
          ...(typeof fieldType === "string" ? { fieldType } : {}),
          // Replaced as a whole: what is not sent is gone.
          ...(Array.isArray(options)
            ? { options: propertyOptions(options as Partial<PropertyOption>[]) }
            : {}),
        };
        return { status: 200, body: changeProperty(state, writer, type, property, change) };
      },
    },
    {
      ...write,
      method: "DELETE",
      path: `${path}/{propertyName}`,
      handle(call, { writer }) {
        const property = existing(call);
        if (!property.modificationMetadata.archivable)
          throw invalid(`Property ${property.name} cannot be archived`);
        changeProperty(state, writer, type, property, { archived: true });
        return { status: 204 };
      },
    },
  ];
}

/** Makes a property from a request's body; throws 400, or 409 where the name is taken. */
export function createProperty(
  state: HubspotState,
  { actor }: Writer,
  objectType: ObjectType,
  body: JsonObject,
): PropertyDefinition {
  const draft = {
    name: textField(body, "name").toLowerCase(),
    label: textField(body, "label"),
    type: textField(body, "type"),
    fieldType: textField(body, "fieldType"),
    groupName: textField(body, "groupName"),
    description: typeof body["description"] === "string" ? body["description"] : "",
    hasUniqueValue: body["hasUniqueValue"] === true,
    hidden: body["hidden"] === true,
    formField: body["formField"] === true,
    options: Array.isArray(body["options"]) ? (body["options"] as Partial<PropertyOption>[]) : [],
  };
  if (!/^[a-z][a-z0-9_]*$/.test(draft.name)) throw invalid(`"${draft.name}" is not a valid property name`);
  if (FIELD_TYPES[draft.type]?.includes(draft.fieldType) !== true) {
    throw invalid(`Property type "${draft.type}" cannot have field type "${draft.fieldType}"`);
  }
  const known = state.properties[objectType].get(draft.name);
  if (known !== undefined && !known.archived) {
    throw new VendorError(409, `A property named '${draft.name}' already exists.`, { category: "CONFLICT" });
  }
  if (state.propertyGroups[objectType].get(draft.groupName)?.archived !== false) {
    throw invalid(`Property group "${draft.groupName}" does not exist`);
  }
  const property = propertyDefinition(draft, new Date(state.now()).toISOString());
  state.properties[objectType].set(property.name, property);
  const after = { type: draft.type, fieldType: draft.fieldType };
  state.world.truth.applied({ actor, action: "property.create", id: property.name, before: null, after });
  return property;
}

/** Changes a definition. Values that are there stay, even those the definition no longer allows. */
export function changeProperty(
  state: HubspotState,
  { actor }: Writer,
  objectType: ObjectType,
  property: PropertyDefinition,
  change: Partial<PropertyDefinition>,
): PropertyDefinition {
  const changed = { ...property, ...change, updatedAt: new Date(state.now()).toISOString() };
  state.properties[objectType].set(property.name, changed);
  const names = Object.keys(change) as (keyof PropertyDefinition)[];
  state.world.truth.applied({
    actor,
    action: change.archived === true ? "property.archive" : "property.update",
    id: property.name,
    before: Object.fromEntries(names.map((name) => [name, property[name]])),
    after: { ...change },
  });
  return changed;
}
