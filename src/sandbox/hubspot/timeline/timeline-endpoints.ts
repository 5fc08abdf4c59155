import type { Call, Reply } from "../../route.ts";
import { batchReply } from "../wire/batch-reply.ts";
import type { Caller, Endpoint } from "../wire/endpoint.ts";
import type { EventTemplate } from "./event-template.ts";
import { missingScopes } from "../wire/gate.ts";
import type { OauthApp } from "../oauth/oauth-app.ts";
import { secret } from "../oauth/oauth-grants.ts";
import { prepareOccurrence, timeOf } from "./record-occurrence.ts";
import { invalid, notFound, VendorError } from "../wire/vendor-error.ts";
import { renderTemplate } from "./render-template.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { batchInputs, objectBody, textField, textIn } from "../wire/request-parts.ts";
import { WRITE_TIMELINE } from "../wire/scopes.ts";
import type { HubspotState } from "../state.ts";
import { notForNewApps } from "./template-endpoints.ts";
import type { Occurrence } from "./timeline-store.ts";

const EVENTS = "/integrators/timeline/v3/events";
/** v1 took so many; of v3 HubSpot says nothing. */
const LARGEST_BATCH = 100;
/** Changelog of March 2025; bytes. */
const LARGEST_ID = 500;
const LARGEST_TOKEN = 510 * 1024;
const LARGEST_EVENT = 1024 * 1024;

/** Timeline v3: events of an app's templates, by the OAuth token of the portal it is installed in. */
export function timelineEndpoints(state: HubspotState): readonly Endpoint[] {
  const write = { scopes: WRITE_TIMELINE, mutating: true } as const;
  const read = { method: "GET", scopes: WRITE_TIMELINE, mutating: false } as const;
  const found = (call: Call, caller: Caller): { event: Occurrence; template: EventTemplate } => {
    const app = v3App(state, caller);
    const template = app.templates.get(call.params["eventTemplateId"] ?? "");
    const event =
      template && state.timeline.get("timeline", app.appId, template.id, call.params["eventId"] ?? "");
    if (template === undefined || event === undefined) throw notFound();
    return { event, template };
  };
  const rendered = ({ event, template }: ReturnType<typeof found>, detail: boolean): string =>
    renderTemplate(detail ? template.detailTemplate : template.headerTemplate, event);
  return [
    {
      ...write,
      method: "POST",
      path: EVENTS,
      handle(call, caller) {
        const event = objectBody(call);
        const tooLarge = oversize(event);
        if (tooLarge !== null) return tooLarge;
        return { status: 201, body: eventView(prepare(state, caller, event)()) };
      },
    },
    {
      ...write,
      method: "POST",
      path: `${EVENTS}/batch/create`,
      handle: (call, caller) => batch(state, call, caller),
    },
    {
      ...read,
      path: `${EVENTS}/{eventTemplateId}/{eventId}`,
      handle: (call, caller) => ({ status: 200, body: eventView(found(call, caller).event) }),
    },
    {
      ...read,
      path: `${EVENTS}/{eventTemplateId}/{eventId}/detail`,
      handle: (call, caller) => ({ status: 200, body: { details: rendered(found(call, caller), true) } }),
    },
    {
      ...read,
      path: `${EVENTS}/{eventTemplateId}/{eventId}/render`,
      handle: (call, caller) => ({
        status: 200,
        html: rendered(found(call, caller), call.query.get("detail") === "true"),
      }),
    },
  ];
}

/**
 * The app behind an OAuth token. Private apps and service keys have no timeline whatever their scopes ("Private apps do
 * not support custom timeline events"); the words of that vendor error are not known, so it is that of a missing scope.
 */
export function installedApp(state: HubspotState, { token }: Caller): OauthApp {
  const app = token?.kind === "oauth" ? state.oauth.apps.get(token.appId) : undefined;
  if (app === undefined) throw missingScopes(["timeline"]);
  return app;
}

function v3App(state: HubspotState, caller: Caller): OauthApp {
  const app = installedApp(state, caller);
  if (!app.timelineV3) throw notForNewApps();
  return app;
}

/** Good ones are recorded and the others told in `errors`. */
function batch(state: HubspotState, call: Call, caller: Caller): Reply {
  const results: unknown[] = [];
  const vendorErrors: VendorError[] = [];
  v3App(state, caller);
  for (const event of batchInputs(call, LARGEST_BATCH)) {
    try {
      if (oversize(event) !== null) throw invalid(failedValidation(event));
      results.push(eventView(prepare(state, caller, event)()));
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      const { status, message, detail } = error;
      const context = { id: [textIn(event["id"])] };
      vendorErrors.push(
        new VendorError(status, message, { ...detail, context: { ...detail.context, ...context } }),
      );
    }
  }
  return batchReply({ status: 201, version: caller.version, at: state.now(), results, vendorErrors });
}

function prepare(state: HubspotState, caller: Caller, event: JsonObject): () => Occurrence {
  const app = v3App(state, caller);
  const template = app.templates.get(textField(event, "eventTemplateId"));
  if (template === undefined)
    throw invalid(`No event template with id ${String(event["eventTemplateId"])} exists`);
  const id = (typeof event["id"] === "string" && event["id"] !== "" ? event["id"] : "{{uuid}}").replaceAll(
    "{{uuid}}",
    () => secret(state),
  );
  return prepareOccurrence(state, caller.writer, {
    kind: "timeline",
    appId: app.appId,
    id,
    template,
    event,
    values: "tokens",
    at: timeOf(event, "timestamp", state.now()),
    visibleAt: state.now(),
    rules: { emailChanges: true, emailCreates: true },
  });
}

/** The answer to what is too large, as the changelog shows it: without the usual envelope. */
function oversize(event: JsonObject): Reply | null {
  const bytes = (value: unknown): number => Buffer.byteLength(textIn(value));
  const tokens = Object.values(event["tokens"] ?? {});
  const within =
    bytes(event["id"]) <= LARGEST_ID &&
    tokens.every((value) => bytes(value) <= LARGEST_TOKEN) &&
    bytes(JSON.stringify(event)) <= LARGEST_EVENT;
  if (within) return null;
  return { status: 400, body: { status: 400, errors: [{ message: failedValidation(event) }] } };
}

function failedValidation(event: JsonObject): string {
  return `Event ${textIn(event["id"])} failed with validation error(s)`;
}

function eventView(event: Occurrence): Readonly<Record<string, unknown>> {
  const { id, type, objectType, objectId, email, values, extraData, iframe, at, createdAt } = event;
  return {
    id,
    eventTemplateId: type,
    objectType,
    objectId,
    ...(email === null ? {} : { email }),
    tokens: values,
    ...(extraData === null ? {} : { extraData }),
    ...(iframe === null ? {} : { timelineIFrame: iframe }),
    timestamp: new Date(at).toISOString(),
    createdAt: new Date(createdAt).toISOString(),
  };
}
