import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { demoMapping } from "../../../src/cli/rehearsal/demo-mapping.ts";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import { hubspotVersion, klaviyoRevision } from "../../../src/status/settings/api-versions.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import type { StatusDeps } from "../../../src/status/frame/status-app.ts";
import { rememberMapping } from "../../../src/store/runs/mapping-versions.ts";
import type { SideNote } from "../../../src/store/runs/side-notes.ts";
import { saveSideNote } from "../../../src/store/runs/side-notes.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { closed, statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
const TEXT = demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2");

const NOTE: SideNote = {
  account: { id: "AbC123", name: "Acme & Sons", timeZone: null },
  missingScopes: ["lists:read"],
  maySubscribe: false,
  quotas: [{ name: "get_profiles, per minute", limit: 700, left: 650, at: before(2).getTime() }],
  requests: { get_profiles: 12 },
  skewMs: 400,
};

let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance | null = null;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "demo");
});
afterEach(async () => {
  await app?.close();
  await fresh.drop();
});

async function serve(more: Partial<StatusDeps> = {}) {
  app = await statusApp(statusDeps(fresh, it.connectionId, more));
  const browser = visit(app);
  return {
    browser,
    page: async () => (await browser.get("/settings")).body.replaceAll(/\s+/g, " "),
    json: async () => (await browser.get("/settings", "application/json")).json(),
  };
}

test("accounts, scopes, limits and lanes stand there as they were told", async () => {
  await rememberMapping(storeOf(fresh.database, it.connectionId), "h", TEXT, NOW);
  await saveSideNote(storeOf(fresh.database, it.connectionId), "klaviyo", NOTE, before(1));
  await it.run("finished", 5, { counts: { created: 3, updated: 1_041 } });
  const nextRuns = () => [{ name: "contacts", schedule: "every 15m", timezone: "UTC", at: before(-9) }];
  const { page } = await serve({ nextRuns });
  const body = await page();
  expect(body).toContain("Acme &#38; Sons");
  expect(body).toContain("environment variable TANDEM_DEMO_KLAVIYO");
  expect(body).toMatch(/<code>lists:read<\/code>.*?Missing/);
  expect(body).toMatch(/<code>profiles:read<\/code>.*?There/);
  expect(body).toContain("get_profiles, per minute");
  expect(body).toContain("in 9 min");
  expect(body).toContain("1,041");
});

test("a version that ends is told with its day, and what is soon is marked", () => {
  expect(hubspotVersion("2026-03").ends?.toISOString()).toBe("2027-09-01T00:00:00.000Z");
  expect(hubspotVersion("v3").ends?.toISOString()).toBe("2027-09-01T00:00:00.000Z");
  expect(hubspotVersion("2026-09").ends?.toISOString()).toBe("2028-03-01T00:00:00.000Z");
  expect(klaviyoRevision("2026-07-15").ends?.toISOString()).toBe("2028-07-15T00:00:00.000Z");
  expect(klaviyoRevision("odd").ends).toBeNull();
});

test("diagnostics hold nothing of anybody: no address, name, key, or word of a problem", async () => {
  await rememberMapping(storeOf(fresh.database, it.connectionId), "h", TEXT, NOW);
  await saveSideNote(storeOf(fresh.database, it.connectionId), "klaviyo", NOTE, before(1));
  await it.problem(await it.link("jo@example.com", "failing"), {
    explanation: "jo@example.com has 5123 4567",
  });
  await it.problem(null, {
    code: "HS-AUTH",
    level: "connection",
    title: "Key pat-123456789 refused",
    field: null,
  });
  await it.run("stopped", 5, { note: "jo@example.com" });
  const { page } = await serve();
  const text = /<pre id="diagnostics-text"[^>]*>(.*?)<\/pre\s*>/.exec(await page())?.[1] ?? "";
  expect(text).toContain("KL-PHONE");
  expect(text).toContain("HS-AUTH");
  for (const secret of ["jo@", "example.com", "5123", "pat-", "Acme", "AbC123", "TANDEM_DEMO", "Newsletter"])
    expect([secret, text.includes(secret)]).toEqual([secret, false]);
});

test("who may come in is told by name to admins alone, and what they did", async () => {
  const hash = await hashPassword("a password for all");
  const users = (["viewer", "operator", "admin"] as const).map((role) => ({
    name: `${role}-name`,
    role,
    hash,
  }));
  const { browser, page } = await serve({ access: closed(users) });
  const signIn = async (name: string): Promise<string> => {
    await browser.get("/sign-in");
    await browser.post("/sign-in", { name, password: "a password for all" });
    const body = await page();
    await browser.post("/sign-out", {});
    return body;
  };
  const operator = await signIn("operator-name");
  expect(operator).toContain("3 people of <code>TANDEM_USERS_FILE</code>");
  expect(operator).not.toContain("viewer-name");
  const admin = await signIn("admin-name");
  expect(admin).toContain("viewer-name");
  expect(admin).toContain("sign in");
});

test("before the first start, and where nobody is asked who they are, the page says so", async () => {
  const { page, json } = await serve();
  expect(await page()).toContain("There is no sign-in");
  expect(await page()).toContain("not told yet");
  expect(await json()).toMatchObject({ mapping: null, scopes: [], versions: { tandem: expect.any(String) } });
});
