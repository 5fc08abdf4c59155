import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { PERMISSIONS } from "../../../src/status/frame/access/permissions.ts";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import { ROLES, mayDo } from "../../../src/status/frame/access/role.ts";
import type { Role } from "../../../src/status/frame/access/role.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { Visit } from "../app.ts";
import { HOST, closed, statusDeps, visit } from "../app.ts";
import { NOW, seed } from "../seed.ts";

let fresh: FreshDatabase;
let app: FastifyInstance;
let now = NOW;
const routes: { readonly method: string; readonly url: string }[] = [];

const SECRET = "jo@example.com";

beforeAll(async () => {
  fresh = await freshDatabase();
  const it = await seed(fresh, "acme-main");
  await it.problem(await it.link(SECRET, "failing", { hubspotId: "51" }), {});
  const hash = await hashPassword("a password for all");
  const users = ROLES.map((role) => ({ name: role, role, hash }));
  app = await statusApp(statusDeps(fresh, it.connectionId, { access: closed(users), now: () => now }));
  for (const line of Object.keys(PERMISSIONS)) {
    const [method = "", url = ""] = line.split(" ");
    if (app.hasRoute({ method: method === "GET" ? "GET" : "POST", url })) routes.push({ method, url });
  }
});
afterAll(async () => {
  await app.close();
  await fresh.drop();
});
beforeEach(() => void (now = NOW));

async function signedIn(role: Role): Promise<Visit> {
  const browser = visit(app);
  await browser.get("/sign-in");
  const answer = await browser.post("/sign-in", { name: role, password: "a password for all" });
  expect(answer.status).toBe(303);
  return browser;
}

/** Asks for it as `browser` would, with everything right but who it is. */
async function ask(browser: Visit, { method, url }: (typeof routes)[number]) {
  const address = url.replace(":id", "1");
  return method === "GET" ? browser.get(address) : browser.post(address, {});
}

const guarded = () => routes.filter(({ method, url }) => PERMISSIONS[`${method} ${url}`] !== "anybody");

test("the table names every route that is served, and there are some of each kind", () => {
  const served = app.printRoutes({ commonPrefix: false, includeHooks: false });
  const methods = [...served.matchAll(/\(([A-Z, ]+)\)/g)].flatMap(([, list = ""]) => list.split(", "));
  expect(routes).toHaveLength(methods.filter((method) => method !== "HEAD").length);
  expect(guarded().length).toBeGreaterThan(3);
});

test("without a credential every route but those for signing in is refused", async () => {
  for (const route of guarded()) {
    const browser = visit(app);
    await browser.get("/sign-in");
    const answer = await ask(browser, route);
    expect([route.url, answer.status]).toEqual([route.url, 401]);
    expect(answer.body).not.toContain("example.com");
    expect(answer.body).not.toContain("acme-main");
  }
});

test("a forged, a stranger's and an ended credential are none", async () => {
  const ended = await signedIn("admin");
  const kept = new Map(ended.cookies);
  await ended.get("/");
  expect((await ended.post("/sign-out", {})).status).toBe(303);
  const cookies = [
    "x",
    "a".repeat(200),
    `${kept.get("tandem")?.slice(0, -4) ?? ""}AAAA`,
    kept.get("tandem") ?? "",
  ];
  for (const cookie of cookies) {
    for (const { method, url } of guarded()) {
      const headers = {
        host: HOST,
        cookie: `tandem=${encodeURIComponent(cookie)}`,
        origin: `http://${HOST}`,
      };
      const answer = await app.inject({
        method: method === "GET" ? "GET" : "POST",
        url: url.replace(":id", "1"),
        headers,
      });
      expect([url, answer.statusCode]).toEqual([url, 401]);
      expect(answer.body).not.toContain("example.com");
    }
  }
});

test("a session ends after half an hour without a page, and after a working day in any case", async () => {
  const browser = await signedIn("admin");
  now = new Date(NOW.getTime() + 29 * 60_000);
  expect((await browser.get("/")).status).toBe(200);
  now = new Date(now.getTime() + 31 * 60_000);
  for (const route of guarded())
    expect([route.url, (await ask(browser, route)).status]).toEqual([route.url, 401]);
  const busy = await signedIn("admin");
  const began = now.getTime();
  for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
    now = new Date(began + minutes * 60_000);
    await busy.get("/sign-in");
    expect((await busy.get("/errors")).status).toBe(200);
  }
  now = new Date(began + 12 * 60 * 60_000);
  expect((await busy.get("/errors")).status).toBe(401);
});

test("a role that is too low is refused on every route, and one that is enough is not", async () => {
  for (const role of ROLES) {
    let browser = await signedIn(role);
    for (const route of guarded().filter(({ url }) => url !== "/sign-out")) {
      // The route before may have ended sessions.
      if ((await browser.get("/")).status === 401) {
        browser = await signedIn(role);
        await browser.get("/");
      }
      const needed = PERMISSIONS[`${route.method} ${route.url}`] ?? "anybody";
      const answer = await ask(browser, route);
      const enough = needed !== "anybody" && mayDo(role, needed);
      expect([route.url, answer.status !== 403]).toEqual([route.url, enough]);
    }
  }
});

test("what is not there is not told to somebody who is not signed in", async () => {
  expect((await visit(app).get("/nothing-here")).status).toBe(401);
  expect((await (await signedIn("viewer")).get("/nothing-here")).status).toBe(404);
});

test("a viewer sees that somebody fails, and not who; an operator sees who", async () => {
  for (const accept of ["text/html", "application/json"]) {
    const viewer = await (await signedIn("viewer")).get("/errors", accept);
    expect(viewer.body).not.toContain(SECRET);
    expect(viewer.body).toContain("j…@example.com");
    expect((await (await signedIn("operator")).get("/errors", accept)).body).toContain(SECRET);
  }
});
