import type { Call, Reply, Route } from "../../route.ts";
import type { HubspotRoute } from "./endpoint.ts";
import { bearerOf } from "./endpoint.ts";
import type { RateLimits } from "./rate-limits.ts";
import { VendorError, errorReply } from "./vendor-error.ts";
import type { HubspotState } from "../state.ts";
import type { Token } from "./token.ts";

/** Lets a call in if its token is known and fresh, there is room for it, and the token may do this. */
export function hubspotGate(
  state: HubspotState,
  limits: RateLimits,
  call: Call,
  route: HubspotRoute,
): Reply | null {
  return noSuchPath(call) ?? authError(state, limits, call, route) ?? bodyError(call, route);
}

/**
 * The date-based paths have no slash at their end (corrections of 2026-11-30); HubSpot's front answers such an address
 * with a web page. The numbered ones take it: HubSpot's own SDK sends it.
 */
function noSuchPath({ path }: Call): Reply | null {
  if (!/\/20\d\d-\d\d(\/[^?]*)?\/(\?|$)/.test(path)) return null;
  return {
    status: 404,
    html: "<!DOCTYPE html><html><head><title>Page not found</title></head><body></body></html>",
  };
}

function authError(state: HubspotState, limits: RateLimits, call: Call, route: HubspotRoute): Reply | null {
  if (route.auth === "open") return null;
  if (route.auth === "developer-key") return developerKeyError(state, call);
  const token = state.tokens.get(bearerOf(call) ?? "");
  if (token === undefined) return errorReply(notAuthenticated());
  const expired = expiry(token, state.now());
  if (expired !== null) return errorReply(expired);
  const vendorError = limits.admit(token, route.limit);
  if (vendorError !== null) return vendorError;
  const missing = route.scopes.find((group) => !group.some((scope) => token.scopes.has(scope)));
  return missing === undefined ? null : errorReply(missingScopes(missing));
}

const CONTENT_TYPES = { json: "application/json", form: "application/x-www-form-urlencoded" } as const;

/** A body in another form than the endpoint takes. The words are not known; that it is not read is what matters. */
function bodyError(call: Call, { takes }: HubspotRoute): Reply | null {
  const type = call.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (call.body === undefined || type === CONTENT_TYPES[takes]) return null;
  return errorReply(new VendorError(415, `Unsupported Media Type: ${CONTENT_TYPES[takes]} is taken here`));
}

/** Adds the rate headers and repeats the correlation id of the body. */
export function withHubspotHeaders(
  state: HubspotState,
  limits: RateLimits,
  call: Call,
  route: Route & Partial<HubspotRoute>,
  reply: Reply,
): Reply {
  const token = state.tokens.get(bearerOf(call) ?? "");
  const rates = token === undefined ? {} : limits.headers(token, route.limit ?? "burst");
  const { correlationId } = (reply.body ?? {}) as { correlationId?: unknown };
  const correlation = typeof correlationId === "string" ? { "X-HubSpot-Correlation-Id": correlationId } : {};
  return { ...reply, headers: { ...rates, ...correlation, ...reply.headers } };
}

function notAuthenticated(): VendorError {
  return new VendorError(
    401,
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more " +
      "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
    { category: "INVALID_AUTHENTICATION" },
  );
}

function expiry(token: Token, now: number): VendorError | null {
  if (token.expiresAt === null || now < token.expiresAt) return null;
  const seconds = Math.floor((now - token.expiresAt) / 1_000);
  return new VendorError(401, `The OAuth token used to make this call expired ${seconds} second(s) ago.`, {
    category: "EXPIRED_AUTHENTICATION",
    context: { "expire time": [new Date(token.expiresAt).toISOString()] },
  });
}

/** The key belongs to the developer of an app, not to a portal; a bearer token does not help here. */
function developerKeyError(state: HubspotState, call: Call): Reply | null {
  const key = call.query.get("hapikey");
  if (key === null) return errorReply(notAuthenticated());
  const app = state.oauth.apps.get(call.params["appId"] ?? "");
  if (app?.developerKey === key) return null;
  return errorReply(
    new VendorError(401, "This hapikey doesn't exist.", { category: "INVALID_AUTHENTICATION" }),
  );
}

export function missingScopes(group: readonly string[]): VendorError {
  return new VendorError(
    403,
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: " +
      "https://developers.hubspot.com/scopes.",
    {
      category: "MISSING_SCOPES",
      errors: [
        {
          message: "One or more of the following scopes are required.",
          context: { requiredGranularScopes: group },
        },
      ],
      links: { scopes: "https://developers.hubspot.com/scopes" },
    },
  );
}
