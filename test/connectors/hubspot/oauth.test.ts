import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { oauthToken } from "../../../src/connectors/hubspot/oauth.ts";
import type { OAuthDeps } from "../../../src/connectors/hubspot/oauth.ts";
import { postForm } from "../../sandbox/hubspot/install-app.ts";
import { live, rehearse } from "./rehearsal.ts";

const MINUTE = 60_000;

/** An app installed in a portal, and its sign-in. */
async function installed(given: Partial<OAuthDeps> = {}) {
  const rehearsal = await rehearse();
  onTestFinished(rehearsal.close);
  const { portal, url, clock, world } = rehearsal;
  const app = portal.createApp();
  const { body } = await postForm(url, "/oauth/2026-03/token", {
    grant_type: "authorization_code",
    client_id: app.clientId,
    client_secret: app.clientSecret,
    redirect_uri: app.redirectUris[0] ?? "",
    code: portal.authorizeApp(app.appId),
  });
  const slept: number[] = [];
  const token = oauthToken({
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    refreshToken: String(body["refresh_token"]),
    baseUrl: url,
    now: () => clock.now(),
    async sleep(milliseconds) {
      slept.push(milliseconds);
      clock.advance(milliseconds);
    },
    ...given,
  });
  const requested = (): number => world.truth.calls.filter(({ path }) => path.includes("/oauth/")).length - 1;
  const secrets = [app.clientSecret, String(body["refresh_token"])];
  return { ...rehearsal, app, token, asked: requested, slept, secrets };
}

test("an app signs in with its refresh token, and its calls are made with what that gives", async () => {
  const { token, connect, portal } = await installed();
  const [id] = portal.seedContacts([{ properties: { email: "ada@example.com" } }]);
  const connector = connect({ token });
  const { contacts: found } = await connector.contacts.read([id ?? ""], [], live());
  expect(found.map(({ shownEmail }) => shownEmail)).toEqual(["ada@example.com"]);
});

test("a token is renewed at four fifths of its life, and once for all who ask", async () => {
  const { token, asked: requested, clock } = await installed();
  const first = await Promise.all([token(), token(), token()]);
  expect(new Set(first).size).toBe(1);
  expect(requested()).toBe(1);
  clock.advance(23 * MINUTE);
  expect(await token()).toBe(first[0]);
  expect(requested()).toBe(1);
  clock.advance(2 * MINUTE);
  const second = await Promise.all([token(), token()]);
  expect(second[0]).not.toBe(first[0]);
  expect(second[1]).toBe(second[0]);
  expect(requested()).toBe(2);
});

test("a 401 renews nothing: the call says that the token is refused", async () => {
  const { token, connect, portal, asked: requested } = await installed();
  const connector = connect({ token });
  await connector.account(live());
  portal.state.tokens.clear();
  for (let times = 0; times < 3; times += 1)
    await expect(connector.account(live())).rejects.toMatchObject({ problem: { code: "HS-AUTH" } });
  expect(requested()).toBe(1);
});

test("an app that was uninstalled is told so, with what to do and without a secret", async () => {
  const { token, connect, portal, app, secrets, clock } = await installed();
  await token();
  portal.uninstallApp(app.appId);
  clock.advance(25 * MINUTE);
  const error: unknown = await connect({ token })
    .account(live())
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    side: "hubspot",
    problem: { code: "HS-AUTH-REVOKED", title: "HubSpot does not accept the app's refresh token" },
  });
  const told = inspect(error, { depth: 10, showHidden: true });
  expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  expect(told).toContain("Install the app in HubSpot again");
});

test("a wrong client secret is another matter, and not tried again", async () => {
  const { token, asked: requested } = await installed({ clientSecret: "wrong" });
  await expect(token()).rejects.toMatchObject({ problem: { code: "HS-AUTH-CLIENT" } });
  expect(requested()).toBe(1);
});

test("trouble on the way is retried like a read", async () => {
  const { token, asked: requested, world, slept } = await installed();
  const reset = { match: "oauth", fault: { kind: "reset", applied: "before" } } as const;
  world.faults.add({ ...reset, times: 2 });
  expect(await token()).toMatch(/^CPDd-/);
  expect(slept).toHaveLength(2);
  expect(requested()).toBe(3);
});

test("an outage lets a token that is still good be used, and one that is over not", async () => {
  const { token, world, clock } = await installed();
  const first = await token();
  world.faults.add({
    match: "oauth",
    times: 100,
    fault: { kind: "html", status: 502, applied: "before" },
  });
  clock.advance(24.5 * MINUTE);
  expect(await token()).toBe(first);
  const pending = world.faults.pending()[0]?.times;
  expect(await token()).toBe(first);
  expect(world.faults.pending()[0]?.times).toBe(pending);
  clock.advance(6 * MINUTE);
  await expect(token()).rejects.toMatchObject({ problem: { code: "HS-DOWN" }, retryAfterMs: MINUTE });
  world.faults.clear();
  expect(await token()).not.toBe(first);
});

test("it is asked of HubSpot or of this machine alone", () => {
  const deps = { clientId: "", clientSecret: "", refreshToken: "", now: () => 0, sleep: async () => {} };
  expect(() => oauthToken({ ...deps, baseUrl: "https://example.com" })).toThrow(RangeError);
});
