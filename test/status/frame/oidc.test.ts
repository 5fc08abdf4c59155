import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { OidcAccess } from "../../../src/status/frame/access/access.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { Visit, Visited } from "../app.ts";
import { HOST, closed, statusDeps, visit } from "../app.ts";
import type { OidcIssuer } from "./oidc-issuer.ts";
import { CLIENT, oidcIssuer } from "./oidc-issuer.ts";
import { seed } from "../seed.ts";

/** Where people open the page. */
const HERE = new URL(`http://${HOST}`);

let fresh: FreshDatabase;
let issuer: OidcIssuer;
let app: FastifyInstance;
let connectionId: number;

beforeAll(async () => {
  fresh = await freshDatabase();
  issuer = await oidcIssuer();
  ({ connectionId } = await seed(fresh, "acme-main"));
  const people: OidcAccess["people"] = [
    { who: "ann@example.com", role: "admin" },
    { who: "@example.com", role: "viewer" },
  ];
  const oidc = {
    issuer: issuer.url,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    people,
    trustEmail: false,
  };
  app = await statusApp(
    statusDeps(fresh, connectionId, { access: closed([], { adminPassword: null, oidc, publicUrl: HERE }) }),
  );
});
afterAll(async () => {
  await app.close();
  await issuer.close();
  await fresh.drop();
});
beforeEach(() => {
  issuer.fault = "none";
  issuer.claims = { email: "ann@example.com", email_verified: true };
});

/** Where the issuer sends the browser back to. */
async function backFrom(browser: Visit, next = "/errors"): Promise<string> {
  const begun = await browser.get(`/sign-in/oidc?next=${encodeURIComponent(next)}`);
  expect(begun.status).toBe(303);
  const answer = await fetch(begun.location ?? "", { redirect: "manual" });
  const back = new URL(answer.headers.get("location") ?? "");
  return `${back.pathname}${back.search}`;
}

async function comeIn(browser: Visit): Promise<Visited> {
  return browser.get(await backFrom(browser));
}

test("everybody whom the company knows comes in with the role that the settings give", async () => {
  const browser = visit(app);
  expect((await browser.get("/errors")).body).toContain('href="/sign-in/oidc?next=%2Ferrors"');
  const answer = await comeIn(browser);
  expect([answer.status, answer.location]).toEqual([303, "/errors"]);
  expect((await browser.get("/errors")).body).toContain("ann@example.com, admin");
  issuer.claims = { email: "Bob@Example.com", email_verified: true };
  const other = visit(app);
  await comeIn(other);
  expect((await other.get("/errors")).body).toContain("b…@example.com, viewer");
});

test.each([
  ["an address of another company", { email: "eve@evil.example", email_verified: true }],
  ["a domain that only ends alike", { email: "eve@notexample.com", email_verified: true }],
  ["an address that nobody checked", { email: "ann@example.com", email_verified: false }],
  ["an address of which it is not said", { email: "ann@example.com" }],
  ["no address", {}],
])("%s does not come in", async (_name, claims) => {
  issuer.claims = claims;
  const browser = visit(app);
  expect((await comeIn(browser)).status).toBe(403);
  expect((await browser.get("/errors")).status).toBe(401);
});

test.each(["nonce", "audience", "signature"] as const)("a token with a wrong %s is none", async (fault) => {
  issuer.fault = fault;
  const browser = visit(app);
  expect((await comeIn(browser)).status).toBe(403);
  expect((await browser.get("/errors")).status).toBe(401);
});

test("an answer that another browser asked for, was used before, or has another state is none", async () => {
  const browser = visit(app);
  const back = await backFrom(browser);
  expect((await visit(app).get(back)).status).toBe(401);
  expect((await browser.get(back.replace(/state=[^&]+/, "state=another"))).status).toBe(403);
  expect((await browser.get(back)).status).toBe(401);
  expect((await browser.get("/errors")).status).toBe(401);
});

test("after signing in nobody is sent to another site", async () => {
  const browser = visit(app);
  expect((await browser.get(await backFrom(browser, "//evil.example"))).location).toBe("/");
});

test("a session is worth what the OIDC settings of today say, over a restart", async () => {
  const { id: clientId, secret: clientSecret } = CLIENT;
  const serve = (people: OidcAccess["people"], more: Partial<OidcAccess> = {}) => {
    const oidc = { issuer: issuer.url, clientId, clientSecret, people, trustEmail: false, ...more };
    const access = closed([], { adminPassword: null, oidc, publicUrl: HERE, secretKey: "k".repeat(43) });
    return statusApp(statusDeps(fresh, connectionId, { access }));
  };
  const first = await serve([{ who: "ann@example.com", role: "admin" }]);
  const browser = visit(first);
  await comeIn(browser);
  await first.close();
  const elsewhere = async (...settings: Parameters<typeof serve>) => {
    const again = await serve(...settings);
    const same = visit(again);
    for (const [name, value] of browser.cookies) same.cookies.set(name, value);
    const { status, body } = await same.get("/errors");
    await again.close();
    return status === 200
      ? /ann@example\.com, (\w+)|a…@example\.com, (\w+)/.exec(body)?.slice(1).join("")
      : status;
  };
  expect(await elsewhere([{ who: "ann@example.com", role: "admin" }])).toBe("admin");
  expect(await elsewhere([{ who: "@example.com", role: "viewer" }])).toBe("viewer");
  expect(await elsewhere([{ who: "@other.example", role: "viewer" }])).toBe(401);
  expect(await elsewhere([{ who: "ann@example.com", role: "admin" }])).toBe(401);
});

test("an issuer that is down says so, and does not say that somebody may not come in", async () => {
  const gone = await oidcIssuer();
  const oidc = {
    issuer: gone.url,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    people: [],
    trustEmail: false,
  };
  const access = closed([], { adminPassword: null, oidc, publicUrl: HERE });
  const behind = await statusApp(statusDeps(fresh, connectionId, { access }));
  const browser = visit(behind);
  const begun = await browser.get("/sign-in/oidc?next=/errors");
  const answer = await fetch(begun.location ?? "", { redirect: "manual" });
  const back = new URL(answer.headers.get("location") ?? "");
  await gone.close();
  const returned = await browser.get(`${back.pathname}${back.search}`);
  expect(returned.status).toBe(503);
  expect(returned.body).toContain("sign-in does not answer");
  await behind.close();
  const later = await statusApp(statusDeps(fresh, connectionId, { access }));
  const requested = await visit(later).get("/sign-in/oidc?next=/errors");
  expect(requested.status).toBe(503);
  expect(requested.body).toContain("sign-in does not answer");
  await later.close();
});

test("an address that is not said to be verified is accepted only by an explicit setting, and a false one never", async () => {
  const people: OidcAccess["people"] = [{ who: "ann@example.com", role: "admin" }];
  const oidc = {
    issuer: issuer.url,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    people,
    trustEmail: true,
  };
  const access = closed([], { adminPassword: null, oidc, publicUrl: HERE });
  const entra = await statusApp(statusDeps(fresh, connectionId, { access }));
  issuer.claims = { email: "ann@example.com" };
  expect((await comeIn(visit(entra))).status).toBe(303);
  issuer.claims = { email: "ann@example.com", email_verified: false };
  expect((await comeIn(visit(entra))).status).toBe(403);
  await entra.close();
});

test("the issuer sends people back to the public URL, whatever the request calls the page", async () => {
  const answer = await app.inject({ url: "/sign-in/oidc", headers: { host: "localhost:9999" } });
  expect(new URL(answer.headers.location ?? "").searchParams.get("redirect_uri")).toBe(
    `http://${HOST}/sign-in/oidc/back`,
  );
});
