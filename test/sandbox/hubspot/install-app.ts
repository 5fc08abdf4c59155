import { Client } from "@hubspot/api-client";
import type { AppGiven } from "../../../src/sandbox/hubspot/control/engagement-operations.ts";
import type { OauthApp } from "../../../src/sandbox/hubspot/oauth/oauth-app.ts";
import type { Answer, StartedHubspot } from "./start-hubspot.ts";

/** An app that is installed in the portal, and what it can do with its token. */
export interface InstalledApp {
  readonly app: OauthApp;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly client: Client;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

export async function installApp(started: StartedHubspot, given: AppGiven = {}): Promise<InstalledApp> {
  const app = started.hubspot.createApp(given);
  const { appId, clientId: client_id, clientSecret: client_secret } = app;
  const [redirect_uri = ""] = app.redirectUris;
  const code = started.hubspot.authorizeApp(appId);
  const form = { grant_type: "authorization_code", client_id, client_secret, redirect_uri, code };
  const { body } = await postForm(started.url, "/oauth/2026-03/token", form);
  const accessToken = String(body["access_token"]);
  return {
    app,
    accessToken,
    refreshToken: String(body["refresh_token"]),
    client: new Client({ accessToken, developerApiKey: app.developerKey, basePath: started.url }),
    call: (method, path, sent) => callWith(started.url, accessToken, method, path, sent),
  };
}

export async function postForm(
  url: string,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<Pick<Answer, "status" | "body">> {
  const response = await fetch(url + path, { method: "POST", body: new URLSearchParams(form) });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

export async function callWith(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
  const parsed: unknown = json ? JSON.parse(text) : { text };
  return { status: response.status, headers: response.headers, body: parsed as Answer["body"] };
}
