import { randomUUID } from "node:crypto";
import type { Call, Reply } from "../../route.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import type { OauthApp } from "./oauth-app.ts";
import type { TokenError } from "./oauth-grants.ts";
import { ACCESS_SECONDS, clientOf, granted, mint, USER } from "./oauth-grants.ts";
import { notFound, VendorError } from "../wire/vendor-error.ts";
import { objectBody, textIn } from "../wire/request-parts.ts";
import type { HubspotState } from "../state.ts";
import type { Token } from "../wire/token.ts";

const OPEN = { scopes: [], mutating: false, auth: "open", takes: "form" } as const;

/**
 * Tokens of apps: exchange, refresh, look at, take back. `/oauth/v3/token` is answered at its date-based paths too;
 * `/oauth/v1` is the older one, until it is switched off.
 */
export function oauthEndpoints(state: HubspotState): readonly Endpoint[] {
  return [
    { ...OPEN, method: "POST", path: "/oauth/v3/token", handle: (call) => newToken(state, call, "dated") },
    {
      ...OPEN,
      method: "POST",
      path: "/oauth/v3/token/introspect",
      handle: (call) => introspect(state, call),
    },
    { ...OPEN, method: "POST", path: "/oauth/v3/token/revoke", handle: (call) => revoke(state, call) },
    ...firstGeneration(state),
  ];
}

function firstGeneration(state: HubspotState): readonly Endpoint[] {
  const served = (handle: (call: Call) => Reply) => (call: Call) => {
    if (state.now() >= Date.parse(state.settings.oauthV1EndsAt)) throw notFound();
    return handle(call);
  };
  const refresh = "/oauth/v1/refresh-tokens/{token}";
  return [
    {
      ...OPEN,
      method: "POST",
      path: "/oauth/v1/token",
      handle: served((call) => newToken(state, call, "v1")),
    },
    {
      ...OPEN,
      method: "GET",
      path: "/oauth/v1/access-tokens/{token}",
      handle: served((call) => {
        const token = state.tokens.get(call.params["token"] ?? "");
        if (token?.kind !== "oauth") throw new VendorError(404, "access token not found");
        return { status: 200, body: { token: token.token, ...about(state, token), token_type: "access" } };
      }),
    },
    {
      ...OPEN,
      method: "GET",
      path: refresh,
      handle: served((call) => {
        const text = call.params["token"] ?? "";
        const grant = state.oauth.refreshTokens.get(text);
        const app = state.oauth.apps.get(grant?.appId ?? "");
        if (grant === undefined || app === undefined) throw new VendorError(404, "refresh token not found");
        const { clientId: client_id } = app;
        const body = {
          token: text,
          client_id,
          ...portal(state),
          scopes: grant.scopes,
          token_type: "refresh",
        };
        return { status: 200, body };
      }),
    },
    {
      ...OPEN,
      method: "DELETE",
      path: refresh,
      handle: served((call) => {
        state.oauth.refreshTokens.delete(call.params["token"] ?? "");
        return { status: 204 };
      }),
    },
  ];
}

function newToken(state: HubspotState, call: Call, generation: "v1" | "dated"): Reply {
  const form = objectBody(call);
  const app = clientOf(state, form);
  if ("status" in app) return refused(app, generation);
  const given = form["grant_type"] === "client_credentials" ? null : granted(state, app, form);
  if (given === null) return appToken(state, app, textIn(form["scope"]).split(" ").filter(Boolean));
  if ("status" in given) return refused(given, generation);
  const { token, scopes } = mint(state, app, given.grant);
  const common = {
    token_type: "bearer",
    refresh_token: given.refreshToken,
    access_token: token,
    expires_in: ACCESS_SECONDS,
  };
  if (generation === "v1") return { status: 200, body: common };
  const { hub_id, user_id } = portal(state);
  return {
    status: 200,
    body: { ...common, token_use: "access_token", hub_id, user_id, scopes: [...scopes] },
  };
}

/** A token of the app alone, of no portal: it opens nothing that a portal has. */
function appToken(state: HubspotState, app: OauthApp, scopes: readonly string[]): Reply {
  const { token } = mint(state, app, { appId: app.appId, scopes: [], redirectUri: "", expiresAt: null });
  const body = { access_token: token, expires_in: ACCESS_SECONDS, token_type: "bearer", scopes };
  return { status: 200, body: { ...body, token_use: "access_token" } };
}

/** An unknown token is no error: the answer says that it is not active. */
function introspect(state: HubspotState, call: Call): Reply {
  const form = objectBody(call);
  const app = clientOf(state, form);
  if ("status" in app) return refused(app, "dated");
  const text = textIn(form["token"]);
  const token = state.tokens.get(text);
  const live = token?.appId === app.appId && (token.expiresAt ?? 0) > state.now();
  if (token !== undefined && live) {
    const body = { active: true, ...about(state, token), token_type: "bearer", token_use: "access_token" };
    return { status: 200, body };
  }
  const grant = state.oauth.refreshTokens.get(text);
  if (grant?.appId !== app.appId) return { status: 200, body: { active: false } };
  const body = { active: true, ...portal(state), scopes: grant.scopes, app_id: Number(app.appId) };
  return { status: 200, body: { ...body, token_use: "refresh_token" } };
}

function revoke(state: HubspotState, call: Call): Reply {
  const form = objectBody(call);
  const app = clientOf(state, form);
  if ("status" in app) return refused(app, "dated");
  const text = textIn(form["token"]);
  if (state.oauth.refreshTokens.get(text)?.appId === app.appId) state.oauth.refreshTokens.delete(text);
  return { status: 200, body: {} };
}

function about(state: HubspotState, token: Token): Readonly<Record<string, unknown>> {
  const left = Math.max(0, Math.floor(((token.expiresAt ?? 0) - state.now()) / 1_000));
  const app_id = Number(token.appId);
  return { ...portal(state), scopes: [...token.scopes], app_id, expires_in: left };
}

function portal({ settings }: HubspotState) {
  return { ...USER, hub_id: settings.portalId, hub_domain: "rehearsal.example.com" };
}

/** Recorded for v1: a status that names the mistake. The date-based ones add what RFC 6749 asks for. */
function refused({ status, message, error }: TokenError, generation: "v1" | "dated"): Reply {
  const body = { status, message, correlationId: randomUUID() };
  const more = generation === "v1" ? {} : { error, error_description: message };
  return { status: 400, body: { ...body, ...more } };
}
