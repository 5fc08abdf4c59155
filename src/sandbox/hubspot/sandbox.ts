import { randomUUID } from "node:crypto";
import type { Vendor } from "../server.ts";
import type { Call, Reply } from "../route.ts";
import type { World } from "../world.ts";
import { accountEndpoints } from "./account-endpoints.ts";
import { appEventEndpoints } from "./timeline/app-event-endpoints.ts";
import { associationEndpoints } from "./objects/association-endpoints.ts";
import { contactBatchEndpoints } from "./contacts/contact-batch-endpoints.ts";
import { contactEndpoints } from "./contacts/contact-endpoints.ts";
import { hubspotControl } from "./control/control-routes.ts";
import { customEventEndpoints } from "./timeline/custom-event-endpoints.ts";
import type { DumpPage } from "./control/dump.ts";
import { counts, dumpContacts } from "./control/dump.ts";
import type { EngagementOperations } from "./control/engagement-operations.ts";
import { engagementOperations } from "./control/engagement-operations.ts";
import type { HubspotRoute } from "./wire/endpoint.ts";
import { hubspotRoutes } from "./wire/endpoint.ts";
import { hubspotGate, withHubspotHeaders } from "./wire/gate.ts";
import { listEndpoints } from "./lists/list-endpoints.ts";
import { membershipEndpoints } from "./lists/membership-endpoints.ts";
import { noteEndpoints } from "./objects/note-endpoints.ts";
import { oauthEndpoints } from "./oauth/oauth-endpoints.ts";
import { objectEndpoints } from "./objects/object-endpoints.ts";
import type { HubspotOperations } from "./control/operations.ts";
import { hubspotOperations } from "./control/operations.ts";
import { preferencesV3Endpoints } from "./consent/preferences-v3-endpoints.ts";
import { preferencesV4Endpoints } from "./consent/preferences-v4-endpoints.ts";
import { propertyEndpoints } from "./properties/property-endpoints.ts";
import { propertyGroupEndpoints } from "./properties/property-group-endpoints.ts";
import { rateLimits } from "./wire/rate-limits.ts";
import { notFound, errorReply } from "./wire/vendor-error.ts";
import { searchEndpoint } from "./search/search-endpoint.ts";
import type { Settings } from "./settings.ts";
import type { HubspotData, HubspotState } from "./state.ts";
import { hubspotState, newPortal } from "./state.ts";
import { templateEndpoints } from "./timeline/template-endpoints.ts";
import { timelineEndpoints } from "./timeline/timeline-endpoints.ts";

export interface HubspotOptions {
  /** Tokens that are good from the start, with the usual scopes of a private app. */
  readonly tokens?: readonly string[];
  readonly settings?: Partial<Settings>;
  /** What an earlier one had kept; it continues from there. */
  readonly kept?: HubspotData;
}

/** A HubSpot that nobody has called yet, and what people do in it. */
export interface HubspotSandbox extends HubspotOperations, EngagementOperations {
  /** For `startVendor`. */
  readonly vendor: Vendor;
  readonly state: HubspotState;
  /** All of it as it stands, as plain data. Not a copy: it keeps changing. */
  keep(): HubspotData;
  dumpContacts(after?: string | null, limit?: number): DumpPage;
  counts(): Readonly<Record<string, number>>;
}

/**
 * The HubSpot rehearsal server: one portal with its contacts, lists, properties, companies, deals and e-mail consent,
 * answering the numbered and the date-based APIs as the official SDK expects them.
 */
export function hubspotSandbox(world: World, options: HubspotOptions = {}): HubspotSandbox {
  const data = options.kept ?? newPortal(world.clock.now(), options.settings);
  Object.assign(data.settings, options.settings);
  const state = hubspotState(world, data);
  const limits = rateLimits(state.settings, state.now, data.limits);
  const operations = { ...hubspotOperations(state), ...engagementOperations(state) };
  for (const token of options.tokens ?? []) operations.setToken(token);
  const routes = hubspotRoutes(state, [
    ...accountEndpoints(state, limits),
    ...contactEndpoints(state),
    ...contactBatchEndpoints(state),
    searchEndpoint(state),
    ...listEndpoints(state),
    ...membershipEndpoints(state),
    ...propertyGroupEndpoints(state),
    ...propertyEndpoints(state),
    ...noteEndpoints(state),
    ...templateEndpoints(state),
    ...timelineEndpoints(state),
    ...appEventEndpoints(state),
    ...customEventEndpoints(state),
    ...oauthEndpoints(state),
    ...objectEndpoints(state),
    ...associationEndpoints(state),
    ...preferencesV3Endpoints(state),
    ...preferencesV4Endpoints(state),
  ]);
  const vendor: Vendor = {
    name: "hubspot",
    world,
    routes,
    control: hubspotControl(state, operations),
    contentType: "application/json;charset=utf-8",
    gate: (call, route) => hubspotGate(state, limits, call, route as HubspotRoute),
    finish: (call, route, reply) => withHubspotHeaders(state, limits, call, route, reply),
    unknownRoute: () => errorReply(notFound()),
    malformedJson: (_call, message) => ({
      status: 400,
      body: { status: "error", message: `Invalid input JSON: ${message}`, correlationId: randomUUID() },
    }),
    failure,
  };
  return {
    ...operations,
    vendor,
    state,
    keep: () => data,
    dumpContacts: (after, limit) => dumpContacts(state, after, limit),
    counts: () => counts(state),
  };
}

/** What HubSpot says with a status nobody gave words to. */
function failure(_call: Call, status: number): Reply {
  const body = (message: string, more: Readonly<Record<string, string>> = {}): unknown => ({
    status: "error",
    message,
    correlationId: randomUUID(),
    ...more,
  });
  switch (status) {
    case 429: {
      const message = "You have reached your ten_secondly_rolling limit.";
      return { status, body: body(message, { errorType: "RATE_LIMIT", policyName: "TEN_SECONDLY_ROLLING" }) };
    }
    case 423:
      return { status, body: body("The record is locked. Please try again.") };
    case 477:
      // The account is being moved to another data centre; the only answer that says when to come back, in seconds.
      return { status, body: body("This account is being migrated."), headers: { "Retry-After": "3600" } };
    default:
      return { status, body: body("internal error") };
  }
}
