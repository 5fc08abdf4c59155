import { expect, test } from "vitest";
import { callWith, installApp, postForm } from "./install-app.ts";
import { startHubspot, TOKEN } from "./start-hubspot.ts";

/** Error bodies of v1 are as recorded in public repositories. */

test("a code becomes a token that opens what was granted, for half an hour of the sandbox's time", async () => {
  const started = await startHubspot();
  const { app, accessToken, call } = await installApp(started);
  expect((await call("GET", "/crm/v3/objects/contacts")).status).toBe(200);
  started.clock.advance(1_800_000);
  const expired = await call("GET", "/crm/v3/objects/contacts");
  expect(expired).toMatchObject({ status: 401, body: { category: "EXPIRED_AUTHENTICATION" } });
  const form = { client_id: app.clientId, client_secret: app.clientSecret, token: accessToken };
  const inactive = await postForm(started.url, "/oauth/2026-03/token/introspect", form);
  expect(inactive).toEqual({ status: 200, body: { active: false } });
});

test.each(["/oauth/2026-03/token", "/oauth/2026-09/token", "/oauth/v3/token", "/oauth/v1/token"])(
  "a refresh at %s gives another token and keeps the refresh token, until that is revoked",
  async (path) => {
    const started = await startHubspot();
    const { app, accessToken, refreshToken } = await installApp(started);
    const client = { client_id: app.clientId, client_secret: app.clientSecret };
    const form = { ...client, grant_type: "refresh_token", refresh_token: refreshToken };
    const { status, body } = await postForm(started.url, path, form);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { refresh_token: refreshToken, expires_in: 1_800, token_type: "bearer" },
    });
    expect(body["access_token"]).not.toBe(accessToken);
    // What the first endpoint does not tell of the token it gave.
    const told = path === "/oauth/v1/token" ? [undefined, undefined] : [147_893_286, "access_token"];
    expect([body["hub_id"], body["token_use"]]).toEqual(told);
    await postForm(started.url, "/oauth/2026-03/token/revoke", { ...client, token: refreshToken });
    const refused = await postForm(started.url, path, form);
    expect(refused).toMatchObject({
      status: 400,
      body: { status: "BAD_REFRESH_TOKEN", message: "missing or invalid refresh token" },
    });
    // The date-based ones add the name of RFC 6749.
    expect(refused.body["error"]).toBe(path === "/oauth/v1/token" ? undefined : "invalid_grant");
  },
);

test("a code works once, in time, for its own client and redirect address only", async () => {
  const { hubspot, url, clock } = await startHubspot();
  const app = hubspot.createApp({ redirectUris: ["http://localhost/back"] });
  const form = (code: string, change: Readonly<Record<string, string>> = {}) => ({
    grant_type: "authorization_code",
    client_id: app.clientId,
    client_secret: app.clientSecret,
    redirect_uri: "http://localhost/back",
    code,
    ...change,
  });
  const status = async (sent: Record<string, string>) =>
    (await postForm(url, "/oauth/2026-03/token", sent)).body["status"];
  const code = hubspot.authorizeApp(app.appId);
  expect(await status(form(code, { redirect_uri: "http://evil/" }))).toBe("MISMATCH_REDIRECT_URI_AUTH_CODE");
  expect(await status(form(code, { client_secret: "wrong" }))).toBe("BAD_CLIENT_SECRET");
  expect(await status(form(code, { client_id: "wrong" }))).toBe("BAD_CLIENT_ID");
  expect(await status(form(code, { grant_type: "password" }))).toBe("BAD_GRANT_TYPE");
  expect(await status(form(code))).toBe(undefined);
  expect(await status(form(code))).toBe("BAD_AUTH_CODE");
  const late = hubspot.authorizeApp(app.appId);
  clock.advance(3_600_000);
  expect(await status(form(late))).toBe("BAD_AUTH_CODE");
});

test("both ways of looking at a token tell its scopes, its portal and its app", async () => {
  const started = await startHubspot();
  const { app, accessToken } = await installApp(started, { scopes: ["oauth", "timeline"] });
  const told = {
    hub_id: 147_893_286,
    app_id: Number(app.appId),
    scopes: ["oauth", "timeline"],
    expires_in: 1_800,
  };
  const form = { client_id: app.clientId, client_secret: app.clientSecret, token: accessToken };
  const introspected = await postForm(started.url, "/oauth/2026-03/token/introspect", form);
  expect(introspected.body).toMatchObject({ active: true, ...told });
  const old = await callWith(started.url, "", "GET", `/oauth/v1/access-tokens/${accessToken}`);
  expect(old).toMatchObject({ status: 200, body: { token: accessToken, ...told } });
});

test("an app has the limit of its kind: 110 calls in ten seconds, and no day", async () => {
  const started = await startHubspot();
  const { call } = await installApp(started);
  const first = await call("GET", "/account-info/v3/details");
  expect(first.headers.get("x-hubspot-ratelimit-max")).toBe("110");
  expect(first.headers.has("x-hubspot-ratelimit-daily")).toBe(false);
  for (let number = 1; number < 110; number += 1) await call("GET", "/account-info/v3/details");
  const refused = await call("GET", "/account-info/v3/details");
  expect(refused).toMatchObject({ status: 429, body: { policyName: "TEN_SECONDLY_ROLLING" } });
});

test("an app that is uninstalled has lost every token", async () => {
  const started = await startHubspot();
  const { app, call, refreshToken } = await installApp(started);
  started.hubspot.uninstallApp(app.appId);
  expect((await call("GET", "/account-info/v3/details")).status).toBe(401);
  const client = { client_id: app.clientId, client_secret: app.clientSecret };
  const form = { ...client, grant_type: "refresh_token", refresh_token: refreshToken };
  expect((await postForm(started.url, "/oauth/2026-03/token", form)).status).toBe(400);
});

test("the first OAuth endpoints are gone from 16 February 2027 on", async () => {
  const started = await startHubspot();
  const { accessToken } = await installApp(started);
  const path = `/oauth/v1/access-tokens/${accessToken}`;
  expect((await callWith(started.url, "", "GET", path)).status).toBe(200);
  started.clock.advance(Date.parse("2027-02-16T00:00:00Z") - started.clock.now());
  expect((await callWith(started.url, "", "GET", path)).status).toBe(404);
});

test("a body is taken in the form of its endpoint only: JSON by the API, a form by the token endpoint", async () => {
  const started = await startHubspot();
  const { hubspot, url } = started;
  const { app, refreshToken } = await installApp(started);
  const send = async (path: string, type: string | null, body: string) => {
    const headers = { authorization: `Bearer ${TOKEN}`, ...(type === null ? {} : { "content-type": type }) };
    return (await fetch(url + path, { method: "POST", headers, body: new TextEncoder().encode(body) }))
      .status;
  };
  const contact = JSON.stringify({ properties: { email: "ann@example.com" } });
  for (const type of [null, "text/plain", "application/x-www-form-urlencoded"])
    expect(await send("/crm/v3/objects/contacts", type, contact)).toBe(415);
  expect(hubspot.counts()["contacts"]).toBe(0);
  const json = "application/json; charset=utf-8";
  expect(await send("/crm/v3/objects/contacts", json, contact)).toBe(201);
  const refresh = {
    client_id: app.clientId,
    client_secret: app.clientSecret,
    grant_type: "refresh_token",
    refresh_token: refreshToken,
  };
  expect(await send("/oauth/2026-03/token", json, JSON.stringify(refresh))).toBe(415);
});
