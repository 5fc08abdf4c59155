import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hashPassword, passwordFits } from "../../../src/status/frame/access/password.ts";
import { ownAddress } from "../../../src/status/frame/layout/request-shell.ts";
import { trustedProxy } from "../../../src/status/frame/access/trusted-proxy.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { readAudit } from "../../../src/store/chains/audit.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { PASSWORD, closed, statusDeps, visit } from "../app.ts";
import { NOW, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
let fresh: FreshDatabase;
let app: FastifyInstance;
let connectionId: number;
let now = NOW;

beforeAll(async () => {
  fresh = await freshDatabase();
  ({ connectionId } = await seed(fresh, "acme-main"));
  app = await statusApp(statusDeps(fresh, connectionId, { access: closed([]), now: () => now }));
});
afterAll(async () => {
  await app.close();
  await fresh.drop();
});
// Tries of the test before are over.
beforeEach(() => void (now = new Date(now.getTime() + 61_000)));

const latest = async () => (await readAudit(storeOf(fresh.database, connectionId), 1))[0];

test("the password lets in, to the page that was asked for, and the session is a new one", async () => {
  const browser = visit(app);
  const requested = await browser.get("/errors?q=jo");
  expect(requested.status).toBe(401);
  expect(requested.body).toContain('name="next" value="/errors?q=jo"');
  const before = browser.cookies.get("tandem");
  const answer = await browser.post("/sign-in", { name: "admin", password: PASSWORD, next: "/errors?q=jo" });
  expect([answer.status, answer.location]).toEqual([303, "/errors?q=jo"]);
  expect(browser.cookies.get("tandem")).not.toBe(before);
  expect((await browser.get("/errors")).status).toBe(200);
  expect(await latest()).toMatchObject({ action: "sign_in", who: "admin", role: "admin", at: now });
});

test("the cookie says nothing and cannot be read by scripts or sent by other sites' forms", async () => {
  const answer = await app.inject({ url: "/sign-in", headers: { host: "127.0.0.1:8080" } });
  const cookie = answer.cookies.find(({ name }) => name === "tandem");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  const secure = await statusApp(
    statusDeps(fresh, connectionId, {
      access: closed([], { publicUrl: new URL("https://tandem.example.com") }),
    }),
  );
  const over = await secure.inject({ url: "/sign-in", headers: { host: "tandem.example.com" } });
  expect(over.cookies.find(({ name }) => name === "__Host-tandem")).toMatchObject({ secure: true });
  expect(over.headers["strict-transport-security"]).toBe("max-age=31536000");
  expect((await secure.inject({ url: "/sign-in", headers: { host: "evil.example" } })).statusCode).toBe(421);
  await secure.close();
});

test("a wrong password says so at its field, keeps where one wanted to go, and is in the audit", async () => {
  const browser = visit(app);
  await browser.get("/contacts");
  const answer = await browser.post("/sign-in", { name: "admin", password: "wrong", next: "/errors" });
  expect(answer.status).toBe(401);
  expect(answer.body).toContain("<title>Error: Sign in");
  expect(answer.body).toContain("There is a problem");
  expect(answer.body).toContain('name="next" value="/errors"');
  expect(answer.body).not.toMatch(/invalid password|forbidden|oops|sorry/i);
  expect(await latest()).toMatchObject({
    action: "sign_in_refused",
    who: "nobody",
    about: { name: "admin", from: expect.stringMatching(/^10\.9\./) },
    reason: "wrong name or password",
    at: now,
  });
});

test("a refused sign-in names who was tried and from where, whatever was typed, and cut short", async () => {
  const browser = visit(app);
  await browser.get("/sign-in");
  const name = `=cmd\u0000${"x".repeat(95)}`;
  await browser.post("/sign-in", { name, password: "wrong" }, { remoteAddress: "192.0.2.7" });
  const about = (await latest())?.about;
  expect(about?.["from"]).toBe("192.0.2.7");
  expect(String(about?.["name"])).toMatch(/^=cmd.x+/);
  expect(String(about?.["name"])).not.toContain("\u0000");
});

test("an admin downloads the audit as CSV, in which nothing that was typed is a formula; nobody else does", async () => {
  const browser = visit(app);
  expect((await browser.get("/settings/audit.csv")).status).toBe(401);
  await browser.post("/sign-in", { name: "=HYPERLINK(1)", password: "wrong" });
  await browser.post("/sign-in", { name: "admin", password: PASSWORD });
  const file = await browser.get("/settings/audit.csv");
  expect(file.status).toBe(200);
  const lines = file.body.trimEnd().split("\r\n");
  expect(lines[0]).toContain("Number,Time,Who,Role,Action,Contacts,Details,Why,Previous hash,Hash");
  expect(lines.at(-2)).toMatch(/,"from: 10\.9\.\d+\.\d+, name: =HYPERLINK\(1\)",/);
  expect(lines.at(-1)).toContain(",admin,admin,sign_in,");
  const hashes = lines.slice(1).map((line) => line.split(",").slice(-2));
  expect(hashes.slice(1).map(([previous]) => previous)).toEqual(hashes.slice(0, -1).map(([, hash]) => hash));
  expect((await browser.get("/settings")).body).toContain('href="/settings/audit.csv"');
});

test("a thousand wrong passwords from one machine get ten tries a minute", async () => {
  const browser = visit(app);
  await browser.get("/sign-in");
  const statuses: number[] = [];
  for (let index = 0; index < 1_000; index += 1)
    statuses.push((await browser.post("/sign-in", { name: "admin", password: `wrong ${index}` })).status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(990);
});

test("from fifty machines it is ten a minute too, and anybody who signed in before is not locked out", async () => {
  const owner = visit(app);
  await owner.get("/sign-in");
  const good = { name: "admin", password: PASSWORD };
  expect((await owner.post("/sign-in", good, { remoteAddress: "10.0.0.1" })).status).toBe(303);
  const attacker = visit(app);
  await attacker.get("/sign-in");
  const statuses: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    const from = { remoteAddress: `10.1.0.${index % 50}` };
    statuses.push(
      (await attacker.post("/sign-in", { name: "admin", password: `wrong ${index}` }, from)).status,
    );
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  await owner.get("/sign-in");
  expect((await owner.post("/sign-in", good, { remoteAddress: "10.0.0.1" })).status).toBe(303);
  const stranger = visit(app);
  await stranger.get("/sign-in");
  expect((await stranger.post("/sign-in", good, { remoteAddress: "10.2.0.1" })).status).toBe(429);
  now = new Date(now.getTime() + 61_000);
  expect((await stranger.post("/sign-in", good, { remoteAddress: "10.2.0.1" })).status).toBe(303);
});

test("guesses from the address that everybody shares, as behind a proxy, keep no known browser out", async () => {
  const good = { name: "admin", password: PASSWORD };
  const from = { remoteAddress: "10.7.0.1" };
  const owner = visit(app);
  await owner.get("/sign-in");
  expect((await owner.post("/sign-in", good, from)).status).toBe(303);
  const attacker = visit(app);
  await attacker.get("/sign-in");
  const statuses: number[] = [];
  for (let index = 0; index < 40; index += 1)
    statuses.push(
      (await attacker.post("/sign-in", { name: "admin", password: `wrong ${index}` }, from)).status,
    );
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
  await owner.get("/sign-in");
  expect((await owner.post("/sign-in", good, from)).status).toBe(303);
});

test("a known browser has ten tries a minute as well, and is known for the name that signed in", async () => {
  const owner = visit(app);
  await owner.get("/sign-in");
  await owner.post("/sign-in", { name: "admin", password: PASSWORD });
  await owner.get("/sign-in");
  const statuses: number[] = [];
  for (let index = 0; index < 30; index += 1)
    statuses.push((await owner.post("/sign-in", { name: "admin", password: `wrong ${index}` })).status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  const other: number[] = [];
  for (let index = 0; index < 30; index += 1)
    other.push((await owner.post("/sign-in", { name: "ann", password: `wrong ${index}` })).status);
  expect(other.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
});

test("a made-up device cookie is none", async () => {
  const attacker = visit(app);
  await attacker.get("/sign-in");
  const statuses: number[] = [];
  for (const cookie of ["x", ".", `${"a".repeat(22)}.${"a".repeat(43)}`]) {
    attacker.cookies.set("tandem_device", cookie);
    for (let index = 0; index < 5; index += 1)
      statuses.push((await attacker.post("/sign-in", { name: "admin", password: `wrong ${index}` })).status);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
});

test("the address that a trusted proxy names counts, and that of nobody else", async () => {
  const behind = await statusApp(
    statusDeps(fresh, connectionId, {
      access: closed([], { trustedProxy: trustedProxy("127.0.0.1, 10.0.0.0/8") }),
      now: () => now,
    }),
  );
  const tries = async (remoteAddress: string, clients: number) => {
    const browser = visit(behind);
    await browser.get("/sign-in");
    const statuses: number[] = [];
    for (let index = 0; index < 24; index += 1) {
      const headers = { "x-forwarded-for": `1.2.3.${index}, 203.0.113.${index % clients}` };
      // A form that is none counts as a try, and costs no comparison.
      const form = { name: "n".repeat(101), password: "wrong" };
      statuses.push((await browser.post("/sign-in", form, { headers, remoteAddress })).status);
    }
    return statuses.filter((status) => status === 400).length;
  };
  expect(await tries("10.1.2.3", 24)).toBe(24);
  expect(await tries("10.1.2.3", 1)).toBe(9);
  expect(await tries("192.0.2.7", 24)).toBe(10);
  await behind.close();
});

test.each([
  ["no token", { csrf: null }],
  ["a made-up token", { csrf: "aaaa-bbbb" }],
  ["another site", { headers: { origin: "https://evil.example" } }],
  ["no origin", { headers: { origin: "" } }],
  ["another port", { headers: { origin: "http://127.0.0.1:9" } }],
  ["a sandboxed frame", { headers: { origin: "null" } }],
  ["a sibling site", { headers: { "sec-fetch-site": "same-site" } }],
  ["a cross-site form", { headers: { "sec-fetch-site": "cross-site" } }],
])("a form with %s does nothing", async (_name, more) => {
  const browser = visit(app);
  await browser.get("/sign-in");
  const answer = await browser.post("/sign-in", { name: "admin", password: PASSWORD }, more);
  expect(answer.status).toBe(403);
  expect((await browser.get("/errors")).status).toBe(401);
  expect((await latest())?.at).not.toEqual(now);
});

test("a form's token is worth nothing to somebody else", async () => {
  const attacker = visit(app);
  const { body } = await attacker.get("/sign-in");
  const csrf = /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? "";
  const victim = visit(app);
  await victim.get("/sign-in");
  expect((await victim.post("/sign-in", { name: "admin", password: PASSWORD }, { csrf })).status).toBe(403);
});

test.each([
  { name: ["admin", "admin"], password: PASSWORD },
  { "name[]": "admin", password: PASSWORD },
  { name: "admin", "password[length]": "1" },
  { name: "admin", password: [PASSWORD, PASSWORD] },
  { name: "a".repeat(101), password: PASSWORD },
  { name: "__proto__", password: PASSWORD },
  { name: "constructor", password: "" },
])("a form that is none lets nobody in: %j", async (form) => {
  const browser = visit(app);
  await browser.get("/sign-in");
  expect((await browser.post("/sign-in", form)).status).toBeOneOf([400, 401]);
  expect((await browser.get("/errors")).status).toBe(401);
});

test.each([
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "javascript:alert(1)",
  "/.//evil.example",
  "/a/..//evil.example",
  "",
])("%j is no place to go to after signing in", (address) => expect(ownAddress(address)).toBe("/"));

test("an address with letters beyond ASCII goes into a header, and none that is longer than a page's", () => {
  expect(ownAddress("/errors?q=õ字#ü")).toBe("/errors?q=%C3%B5%E5%AD%97#%C3%BC");
  expect(ownAddress(`/${"a".repeat(2_000)}`)).toBe("/");
  expect(ownAddress("/errors?q=jo%40example.com&side=hubspot")).toBe(
    "/errors?q=jo%40example.com&side=hubspot",
  );
});

test("no text makes the sign-in page slow, however long a word is in it", async () => {
  const begun = performance.now();
  const long = "a".repeat(15_000);
  const browser = visit(app);
  expect((await browser.get(`/sign-in?next=/${long}`)).body).toContain('name="next" value="/"');
  await browser.post("/sign-in", { name: "admin", password: "wrong", next: `/${"a".repeat(60_000)}` });
  expect(performance.now() - begun).toBeLessThan(3_000);
});

test("the same password never makes the same hash, and only it fits", async () => {
  const [one, other] = await Promise.all([hashPassword("päss"), hashPassword("päss")]);
  expect(one).not.toBe(other);
  // The same letters, typed on another keyboard.
  expect(await passwordFits("pa\u0308ss", one)).toBe(true);
  expect(await passwordFits("pass", one)).toBe(false);
  expect(await passwordFits("päss", "scrypt:1:1:1:x:y")).toBe(false);
});
