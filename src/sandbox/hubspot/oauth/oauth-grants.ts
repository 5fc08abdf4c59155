import type { Grant, OauthApp } from "./oauth-app.ts";
import { VendorError } from "../wire/vendor-error.ts";
import { textIn } from "../wire/request-parts.ts";
import type { HubspotState } from "../state.ts";
import type { Token } from "../wire/token.ts";

/** The life of an access token, in seconds; HubSpot says it in every answer. */
export const ACCESS_SECONDS = 1_800;
/** How long an authorization code may wait to be exchanged; not told by HubSpot. */
const CODE_MS = 600_000;
/** A person at the consent page of the portal. */
export const USER = { user: "admin@example.com", user_id: 9_586_504 } as const;

/** A vendor error of the token endpoint: it has its own status in place of `error`, and no category. */
export interface TokenError {
  readonly status: string;
  readonly message: string;
  /** RFC 6749's name for it, which the date-based endpoints add. */
  readonly error: string;
}

/** Somebody grants an app what it asks for. Returns the code that the browser would carry back. */
export function authorize(
  state: HubspotState,
  app: OauthApp,
  {
    scopes = app.scopes,
    redirectUri,
  }: { readonly scopes?: readonly string[]; readonly redirectUri?: string },
): string {
  const uri = redirectUri ?? app.redirectUris[0] ?? "";
  const stranger = scopes.find((scope) => !app.scopes.includes(scope));
  if (stranger !== undefined)
    throw new VendorError(400, `${app.appName} does not ask for the scope ${stranger}`);
  const code = `eu1-${secret(state)}`;
  state.oauth.codes.set(code, {
    appId: app.appId,
    scopes,
    redirectUri: uri,
    expiresAt: state.now() + CODE_MS,
  });
  return code;
}

/** Takes back everything an app was ever given. */
export function uninstall(state: HubspotState, appId: string): void {
  const { codes, refreshTokens } = state.oauth;
  for (const grants of [codes, refreshTokens]) {
    for (const [key, grant] of grants) if (grant.appId === appId) grants.delete(key);
  }
  for (const [key, token] of state.tokens) {
    if (token.appId === appId && token.kind === "oauth") state.tokens.delete(key);
  }
}

/** The app behind a client id and secret, or why there is none. */
export function clientOf(
  state: HubspotState,
  form: Readonly<Record<string, unknown>>,
): OauthApp | TokenError {
  const app = [...state.oauth.apps.values()].find(({ clientId }) => clientId === form["client_id"]);
  if (app === undefined)
    return { status: "BAD_CLIENT_ID", message: "missing or unknown client id", error: "invalid_client" };
  if (app.clientSecret !== form["client_secret"])
    return {
      status: "BAD_CLIENT_SECRET",
      message: "missing or invalid client secret",
      error: "invalid_client",
    };
  return app;
}

/** What a token request gives: the grant it stands for and the refresh token that stays, or why nothing. */
export function granted(
  state: HubspotState,
  app: OauthApp,
  form: Readonly<Record<string, unknown>>,
): { readonly grant: Grant; readonly refreshToken: string } | TokenError {
  switch (form["grant_type"]) {
    case "authorization_code":
      return exchanged(state, app, form);
    case "refresh_token": {
      const refreshToken = textIn(form["refresh_token"]);
      const grant = state.oauth.refreshTokens.get(refreshToken);
      if (grant?.appId === app.appId) return { grant, refreshToken };
      return {
        status: "BAD_REFRESH_TOKEN",
        message: "missing or invalid refresh token",
        error: "invalid_grant",
      };
    }
    default:
      return {
        status: "BAD_GRANT_TYPE",
        message: "missing or unknown grant type",
        error: "unsupported_grant_type",
      };
  }
}

function exchanged(state: HubspotState, app: OauthApp, form: Readonly<Record<string, unknown>>) {
  const code = textIn(form["code"]);
  const grant = state.oauth.codes.get(code);
  if (grant?.appId !== app.appId || (grant.expiresAt ?? 0) <= state.now()) {
    return { status: "BAD_AUTH_CODE", message: "missing or unknown auth code", error: "invalid_grant" };
  }
  if (grant.redirectUri !== form["redirect_uri"]) {
    return {
      status: "MISMATCH_REDIRECT_URI_AUTH_CODE",
      message: "The redirect uri does not match the one of the auth code",
      error: "invalid_grant",
    };
  }
  state.oauth.codes.delete(code);
  const refreshToken = `eu1-${secret(state)}`;
  const lasting = { ...grant, expiresAt: null };
  state.oauth.refreshTokens.set(refreshToken, lasting);
  return { grant: lasting, refreshToken };
}

/** An access token that lives for half an hour. Those of the app that died a day ago are forgotten. */
export function mint(state: HubspotState, app: OauthApp, { scopes }: Grant): Token {
  const now = state.now();
  for (const [key, { appId, expiresAt }] of state.tokens) {
    if (appId === app.appId && expiresAt !== null && expiresAt < now - 86_400_000) state.tokens.delete(key);
  }
  const token: Token = {
    token: `CPDd-${secret(state)}${secret(state)}`,
    kind: "oauth",
    appId: app.appId,
    appName: app.appName,
    scopes: new Set(scopes),
    expiresAt: now + ACCESS_SECONDS * 1_000,
  };
  state.tokens.set(token.token, token);
  return token;
}

/** Text that cannot be guessed by accident; the same portal gives the same ones again. */
export function secret({ world }: HubspotState): string {
  return Array.from({ length: 32 }, () => world.random.below(16).toString(16)).join("");
}
