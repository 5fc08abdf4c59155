import type { Call } from "../../route.ts";
import type { CustomEventDefinition } from "./custom-event-definition.ts";
import {
  definedProperty,
  definedPropertyView,
  definitionFrom,
  definitionView,
} from "./custom-event-definition.ts";
import type { Caller, Endpoint } from "../wire/endpoint.ts";
import { missingScopes } from "../wire/gate.ts";
import { invalid, notFound, VendorError } from "../wire/vendor-error.ts";
import { batchInputs, objectBody } from "../wire/request-parts.ts";
import { DEFINE_CUSTOM_EVENTS, SEND_CUSTOM_EVENTS } from "../wire/scopes.ts";
import { readOccurrences } from "./read-occurrences.ts";
import { sendCustomEvent } from "./send-custom-event.ts";
import type { Settings } from "../settings.ts";
import type { HubspotState } from "../state.ts";

const DEFINITIONS = "/events/v3/event-definitions";
const MOST_DEFINITIONS = 500;
const LARGEST_BATCH = 500;

/** Custom events of the portal itself: any token with the scopes, Enterprise only. */
export function customEventEndpoints(state: HubspotState): readonly Endpoint[] {
  const send = { method: "POST", scopes: SEND_CUSTOM_EVENTS, mutating: true, limit: "events" } as const;
  return [
    ...definitionEndpoints(state),
    {
      ...send,
      path: "/events/v3/send",
      handle(call, caller) {
        requirePlan(state.settings);
        sendCustomEvent(state, caller.writer, objectBody(call))();
        return { status: 204 };
      },
    },
    {
      ...send,
      path: "/events/v3/send/batch",
      handle(call, caller) {
        requirePlan(state.settings);
        const inputs = batchInputs(call, LARGEST_BATCH);
        // All of them are looked at before the first is taken: the answer has no place for some.
        for (const record of inputs.map((event) => sendCustomEvent(state, caller.writer, event))) record();
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: "/events/v3/events",
      scopes: [],
      mutating: false,
      handle: (call) => ({ status: 200, body: readOccurrences(state, call) }),
    },
  ];
}

function definitionEndpoints(state: HubspotState): readonly Endpoint[] {
  const known = { scopes: DEFINE_CUSTOM_EVENTS } as const;
  const definitions = state.customEvents;
  const existing = (call: Call): CustomEventDefinition => {
    requirePlan(state.settings);
    const definition = definitions.get(call.params["eventName"] ?? "");
    if (definition === undefined) throw notFound();
    return definition;
  };
  const keep = (definition: CustomEventDefinition): CustomEventDefinition => {
    definitions.set(definition.fullyQualifiedName, definition);
    return definition;
  };
  return [
    {
      ...known,
      method: "GET",
      path: DEFINITIONS,
      mutating: false,
      handle() {
        requirePlan(state.settings);
        const results = [...definitions.values()].map(definitionView);
        return { status: 200, body: { total: results.length, results } };
      },
    },
    {
      ...known,
      method: "POST",
      path: DEFINITIONS,
      mutating: true,
      handle: (call, caller) => ({ status: 201, body: definitionView(keep(defined(state, call, caller))) }),
    },
    {
      ...known,
      method: "GET",
      path: `${DEFINITIONS}/{eventName}`,
      mutating: false,
      handle: (call) => ({ status: 200, body: definitionView(existing(call)) }),
    },
    {
      ...known,
      method: "PATCH",
      path: `${DEFINITIONS}/{eventName}`,
      mutating: true,
      handle(call, { version }) {
        const definition = existing(call);
        const body = objectBody(call);
        const unknown = ["headerTemplate", "detailTemplate"].find((name) => name in body);
        if (version !== "numbered" && unknown !== undefined)
          throw invalid(`Invalid input JSON: unrecognized field "${unknown}"`);
        const text = (name: "label" | "description" | "headerTemplate" | "detailTemplate"): string =>
          typeof body[name] === "string" ? body[name] : definition[name];
        const changed = keep({
          ...definition,
          label: text("label"),
          description: text("description"),
          headerTemplate: text("headerTemplate"),
          detailTemplate: text("detailTemplate"),
          updatedAt: state.now(),
        });
        // The specification says 201 of a PATCH too.
        return { status: 201, body: definitionView(changed) };
      },
    },
    {
      ...known,
      method: "DELETE",
      path: `${DEFINITIONS}/{eventName}`,
      mutating: true,
      handle(call) {
        definitions.delete(existing(call).fullyQualifiedName);
        return { status: 204 };
      },
    },
    {
      ...known,
      method: "POST",
      path: `${DEFINITIONS}/{eventName}/property`,
      mutating: true,
      handle(call) {
        const definition = existing(call);
        const property = definedProperty(objectBody(call));
        keep({ ...definition, properties: [...definition.properties, property], updatedAt: state.now() });
        return { status: 201, body: definedPropertyView(property) };
      },
    },
  ];
}

function defined(state: HubspotState, call: Call, { writer: { actor } }: Caller): CustomEventDefinition {
  requirePlan(state.settings);
  if (state.customEvents.size >= MOST_DEFINITIONS)
    throw invalid(`An account has at most ${MOST_DEFINITIONS} event definitions`);
  const { portalId } = state.settings;
  const id = String(1 + state.customEvents.size);
  const definition = definitionFrom(objectBody(call), { id, portalId, now: state.now() });
  if (state.customEvents.has(definition.fullyQualifiedName)) {
    throw new VendorError(409, `An event definition named ${definition.fullyQualifiedName} already exists.`, {
      category: "CONFLICT",
    });
  }
  const { fullyQualifiedName, label } = definition;
  const after = { label };
  state.world.truth.applied({
    actor,
    action: "custom-event.define",
    id: fullyQualifiedName,
    before: null,
    after,
  });
  return definition;
}

/** What an account without the plan is answered is not told; such scopes cannot be granted there. */
function requirePlan({ customEvents, tier }: Settings): void {
  if (!(customEvents ?? tier === "enterprise")) throw missingScopes(SEND_CUSTOM_EVENTS[0]);
}
