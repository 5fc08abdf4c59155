import type { Caller, Endpoint } from "../wire/endpoint.ts";
import type { OauthApp } from "../oauth/oauth-app.ts";
import { prepareOccurrence, timeOf } from "./record-occurrence.ts";
import { invalid, notFound, VendorError } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { batchInputs, objectBody, textField } from "../wire/request-parts.ts";
import { SEND_APP_EVENTS } from "../wire/scopes.ts";
import type { HubspotState } from "../state.ts";
import { installedApp } from "./timeline-endpoints.ts";
import type { Occurrence } from "./timeline-store.ts";

const BASE = "/integrators/timeline/2026-03";
/** Not told by HubSpot; that of its other batches. */
const LARGEST_BATCH = 100;
const LARGEST_ID = 500;

/**
 * App events, the successor of Timeline v3: of approved apps, with types that come with the app's project. An
 * occurrence is immutable; one that is there already is a 409, and in a batch none is taken.
 */
export function appEventEndpoints(state: HubspotState): readonly Endpoint[] {
  const write = { method: "POST", scopes: SEND_APP_EVENTS, mutating: true } as const;
  return [
    {
      ...write,
      path: `${BASE}/events`,
      handle(call, caller) {
        const record = prepare(state, caller, objectBody(call), new Set());
        return { status: 201, body: view(record()) };
      },
    },
    {
      ...write,
      path: `${BASE}/events/batch`,
      handle(call, caller) {
        const ids = new Set<string>();
        const prepared = batchInputs(call, LARGEST_BATCH).map((event) => prepare(state, caller, event, ids));
        const results = prepared.map((record) => view(record()));
        const time = new Date(state.now()).toISOString();
        return { status: 200, body: { status: "COMPLETE", results, startedAt: time, completedAt: time } };
      },
    },
    {
      ...write,
      mutating: false,
      // Only a developer's key has it: no installation of an app does (specification 2026-03).
      scopes: [["developers-read"]],
      path: `${BASE}/types/projects`,
      handle(call, caller) {
        const body = objectBody(call);
        const key = `${textField(body, "projectName")}/${textField(body, "developerSymbol")}`;
        const fullyQualifiedName = approved(state, caller).projects.get(key);
        if (fullyQualifiedName === undefined) throw notFound();
        return { status: 200, body: { fullyQualifiedName } };
      },
    },
  ];
}

function approved(state: HubspotState, caller: Caller): OauthApp {
  const app = installedApp(state, caller);
  // HubSpot tells that apps need its approval, and not what one without it is answered.
  if (!app.appEvents) throw new VendorError(403, "This app is not approved for app events.");
  return app;
}

/** @param ids those of the same batch, which must differ too */
function prepare(state: HubspotState, caller: Caller, event: JsonObject, ids: Set<string>): () => Occurrence {
  const app = approved(state, caller);
  const name = textField(event, "eventTypeName");
  // By its full name, or by the `uid` that it has in the project.
  const byUid = [...app.projects].find(([key]) => key.endsWith(`/${name}`))?.[1];
  const template = app.eventTypes.get(name) ?? app.eventTypes.get(byUid ?? "");
  if (template === undefined) throw invalid(`No event type named ${name} exists`);
  const id = textField(event, "id");
  if (Buffer.byteLength(id) > LARGEST_ID) throw invalid(`Event ${id} failed with validation error(s)`);
  const record = prepareOccurrence(state, caller.writer, {
    kind: "app-event",
    appId: app.appId,
    id,
    template,
    event,
    values: "properties",
    at: timeOf(event, "timestamp", state.now()),
    visibleAt: state.now(),
    rules: { emailChanges: true, emailCreates: true },
  });
  const key = `${name}\n${id}`;
  if (state.timeline.get("app-event", app.appId, name, id) !== undefined || ids.has(key)) {
    state.timeline.incidents.sentAgain += 1;
    throw new VendorError(409, `An occurrence with id ${id} already exists. Occurrences are immutable.`, {
      category: "CONFLICT",
    });
  }
  ids.add(key);
  return record;
}

function view(event: Occurrence): Readonly<Record<string, unknown>> {
  const { id, type, objectId, objectType, email, values, extraData, iframe, at, createdAt } = event;
  return {
    id,
    eventTypeName: type,
    objectType,
    objectId,
    ...(email === null ? {} : { email }),
    properties: values,
    ...(extraData === null ? {} : { extraData }),
    ...(iframe === null ? {} : { timelineIFrame: iframe }),
    timestamp: new Date(at).toISOString(),
    createdAt: new Date(createdAt).toISOString(),
  };
}
