import type { Client } from "@hubspot/api-client";
import type { PropertyCreate } from "@hubspot/api-client/lib/codegen/crm/properties/index.js";
import type { Permit } from "../../permit.ts";
import type { PutMutation, PutTogether } from "../wire/put-together.ts";
import type { PlainRequest } from "../wire/plain-request.ts";
import type { EventField } from "./entry-words.ts";

/** What a developer of an app signs in with: its templates belong to the app, not to the portal. */
export interface DeveloperAccess {
  readonly appId: string;
  readonly developerKey: string;
}

/** One value of a template; by the specification it has options, however few. */
export interface TemplateToken {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly options: readonly { readonly label: string; readonly value: string }[];
  readonly objectPropertyName?: string;
}

export interface TemplateBody {
  readonly name: string;
  readonly headerTemplate: string;
  readonly detailTemplate: string;
  readonly tokens: readonly TemplateToken[];
}

/** An event on a contact. There is no place for an address in it: one could make or change a contact (P14). */
export interface EventInput {
  readonly id: string;
  /** The id of a template or the name of a type. */
  readonly type: string;
  readonly objectId: string;
  /** ISO, UTC. */
  readonly at: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface NoteInput {
  readonly traceId: string;
  /** ISO, UTC. */
  readonly at: string;
  readonly body: string;
}

/** HubSpot's own number for "this note is about that contact". */
const NOTE_TO_CONTACT = 202;
const DEFINITIONS = "/events/v3/event-definitions";
const APP_EVENTS = "/integrators/timeline/2026-03";

export interface EndpointTools {
  readonly call: PutTogether;
  readonly mutation: PutMutation;
  readonly crm: Client["crm"];
  readonly plain: PlainRequest;
}

/**
 * HubSpot's endpoints that show what happened. The SDK has no app events and no event definitions, and turns values of
 * events into its own types: those are plain requests.
 */
export function engagementEndpoints({ call, mutation, crm, plain }: EndpointTools) {
  const templatesOf = ({ appId }: DeveloperAccess) =>
    `/integrators/timeline/v3/${encodeURIComponent(appId)}/event-templates`;
  return {
    ...noteEndpoints({ call, mutation, crm }),
    ...propertyEndpoints({ call, mutation, crm }),
    templates: (app: DeveloperAccess) =>
      call("timeline templates", (signal) => plain("GET", templatesOf(app), signal, app)),
    createTemplate: (permit: Permit, app: DeveloperAccess, template: TemplateBody) =>
      mutation(permit, "create timeline template", (signal) =>
        plain("POST", templatesOf(app), signal, { ...app, body: { ...template, objectType: "contacts" } }),
      ),
    updateTemplate: (permit: Permit, app: DeveloperAccess, id: string, template: TemplateBody) =>
      mutation(permit, "update timeline template", (signal) =>
        plain("PUT", `${templatesOf(app)}/${encodeURIComponent(id)}`, signal, {
          ...app,
          body: { id, ...template },
        }),
      ),
    timelineEvents: (permit: Permit, inputs: readonly EventInput[]) =>
      mutation(permit, "timeline events", (signal) =>
        plain("POST", "/integrators/timeline/v3/events/batch/create", signal, {
          body: {
            inputs: inputs.map(({ id, type, objectId, at, values }) => ({
              id,
              eventTemplateId: type,
              objectId,
              timestamp: at,
              tokens: values,
            })),
          },
        }),
      ),
    appEvents: (permit: Permit, inputs: readonly EventInput[]) => {
      const events = inputs.map(({ id, type, objectId, at, values }) => ({
        id,
        eventTypeName: type,
        objectId,
        timestamp: at,
        properties: values,
      }));
      const [only] = events;
      return mutation(permit, "app events", (signal) =>
        events.length === 1 && only !== undefined
          ? plain("POST", `${APP_EVENTS}/events`, signal, { body: only })
          : plain("POST", `${APP_EVENTS}/events/batch`, signal, { body: { inputs: events } }),
      );
    },
    eventDefinitions: (after: string | null) =>
      call("event definitions", (signal) =>
        plain(
          "GET",
          `${DEFINITIONS}?includeProperties=true&limit=100${after === null ? "" : `&after=${encodeURIComponent(after)}`}`,
          signal,
        ),
      ),
    defineEvent: (
      permit: Permit,
      name: string,
      label: string,
      description: string,
      fields: readonly EventField[],
    ) =>
      mutation(permit, "define event", (signal) =>
        plain("POST", DEFINITIONS, signal, {
          body: {
            name,
            label,
            description,
            primaryObject: "CONTACT",
            includeDefaultProperties: false,
            propertyDefinitions: fields.map((field) => ({ ...field, type: "string" })),
          },
        }),
      ),
    defineEventProperty: (permit: Permit, event: string, field: EventField) =>
      mutation(permit, "define event property", (signal) =>
        plain("POST", `${DEFINITIONS}/${encodeURIComponent(event)}/property`, signal, {
          body: { ...field, type: "string" },
        }),
      ),
    /** Of what the numbered path takes, the dated specifications have the label and the description alone. */
    showEvent: (permit: Permit, event: string, headerTemplate: string, detailTemplate: string) =>
      mutation(permit, "event templates", (signal) =>
        plain("PATCH", `${DEFINITIONS}/${encodeURIComponent(event)}`, signal, {
          body: { headerTemplate, detailTemplate },
          numbered: true,
        }),
      ),
    customEvents: (permit: Permit, inputs: readonly EventInput[]) =>
      mutation(permit, "custom events", (signal) =>
        plain("POST", "/events/v3/send/batch", signal, {
          body: {
            inputs: inputs.map(({ id, type, objectId, at, values }) => ({
              uuid: id,
              eventName: type,
              objectId,
              occurredAt: at,
              properties: values,
            })),
          },
        }),
      ),
  };
}

function noteEndpoints({ call, mutation, crm }: Omit<EndpointTools, "plain">) {
  const { batchApi, basicApi } = crm.objects.notes;
  const properties = ({ at, body }: NoteInput) => ({ hs_timestamp: at, hs_note_body: body });
  return {
    /** May notes be read at all? */
    anyNote: () => call("notes", () => basicApi.getPage(1)),
    createNotes: (permit: Permit, inputs: readonly (NoteInput & { readonly contact: string })[]) =>
      mutation(permit, "create notes", () =>
        batchApi.create({
          inputs: inputs.map((input) => ({
            objectWriteTraceId: input.traceId,
            properties: properties(input),
            associations: [
              {
                to: { id: input.contact },
                // An enum of the SDK with the very text that travels.
                types: [
                  { associationCategory: "HUBSPOT_DEFINED" as never, associationTypeId: NOTE_TO_CONTACT },
                ],
              },
            ],
          })),
        }),
      ),
    updateNotes: (permit: Permit, inputs: readonly (NoteInput & { readonly id: string })[]) =>
      mutation(permit, "update notes", () =>
        batchApi.update({
          inputs: inputs.map((input) => ({
            id: input.id,
            objectWriteTraceId: input.traceId,
            properties: properties(input),
          })),
        }),
      ),
    /** At most 100. */
    notes: (ids: readonly string[]) =>
      call("read notes", () =>
        batchApi.read({
          inputs: ids.map((id) => ({ id })),
          properties: ["hs_note_body", "hs_timestamp"],
          propertiesWithHistory: [],
        }),
      ),
    /** Whose notes are asked for, and after which; at most 1,000 contacts. */
    contactNotes: (inputs: readonly { readonly id: string; readonly after?: string }[]) =>
      call("contact notes", () =>
        crm.associations.v4.batchApi.getPage("contacts", "notes", {
          inputs: inputs.map((input) => ({ ...input })),
        }),
      ),
  };
}

function propertyEndpoints({ call, mutation, crm }: Omit<EndpointTools, "plain">) {
  return {
    propertyGroups: () => call("property groups", () => crm.properties.groupsApi.getAll("contacts")),
    createPropertyGroup: (permit: Permit, name: string, label: string) =>
      mutation(permit, "create property group", () =>
        crm.properties.groupsApi.create("contacts", { name, label, displayOrder: -1 }),
      ),
    createProperties: (permit: Permit, inputs: readonly PropertyCreate[]) =>
      mutation(permit, "create properties", () =>
        crm.properties.batchApi.create("contacts", { inputs: [...inputs] }),
      ),
  };
}
