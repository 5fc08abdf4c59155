import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Pulse } from "../../../src/status/frame/pulse.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { Visit } from "../app.ts";
import { PASSWORD, closed, statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";

let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
let now = NOW;

beforeAll(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  app = await statusApp(statusDeps(fresh, it.connectionId, { access: closed([]), now: () => now }));
});
afterAll(async () => {
  await app.close();
  await fresh.drop();
});

async function signedIn(): Promise<Visit> {
  const browser = visit(app);
  await browser.get("/sign-in");
  await browser.post("/sign-in", { name: "admin", password: PASSWORD, next: "/" });
  return browser;
}

const minutes = (count: number): void => void (now = new Date(NOW.getTime() + count * 60_000));

test("a page that was left open keeps nobody signed in, and tells how long one still is", async () => {
  minutes(0);
  const browser = await signedIn();
  const lefts: unknown[] = [];
  for (const at of [10, 20, 29]) {
    minutes(at);
    const pulse = (await browser.get("/pulse")).json() as Pulse;
    lefts.push([pulse.session?.leftMs, pulse.session?.mayStay]);
  }
  expect(lefts).toEqual([
    [20 * 60_000, true],
    [10 * 60_000, true],
    [60_000, true],
  ]);
  minutes(31);
  expect((await browser.get("/pulse")).status).toBe(401);
  expect((await browser.get("/errors")).status).toBe(401);
});

test("another page puts the end off, but not beyond a working day", async () => {
  minutes(0);
  const browser = await signedIn();
  for (let at = 25; at < 12 * 60; at += 25) {
    minutes(at);
    expect((await browser.get("/errors")).status).toBe(200);
  }
  const { session } = (await browser.get("/pulse")).json() as Pulse;
  expect(session).toEqual({ leftMs: 20 * 60_000, mayStay: false });
});

test("the pulse takes nothing out of the session: what an action said is said by the next page", async () => {
  minutes(0);
  const browser = await signedIn();
  await browser.get("/");
  const { location } = await browser.post("/sync", {});
  await browser.get("/pulse");
  expect((await browser.get(location ?? "")).body).toContain("Sync queued.");
});

test("the last look is told again, so that an open page does not keep calling it fresh", async () => {
  minutes(0);
  await it.run("finished", 5);
  const browser = await signedIn();
  minutes(7);
  const { look } = (await browser.get("/pulse")).json() as Pulse;
  expect(look).toMatchObject({ words: "11 min ago", exact: "2026-11-22 08:55 UTC" });
});

test("contacts that began to fail since the page was made are counted, those that failed before are not", async () => {
  minutes(0);
  const known = await it.link("known@example.com", "failing");
  await it.problem(known, { firstSeen: before(60) });
  await it.problem(known, { code: "HS-OPTION", firstSeen: before(1) });
  await it.problem(await it.link("fresh@example.com", "failing"), { firstSeen: before(1) });
  await it.problem(await it.link("mended@example.com", "in_sync"), { firstSeen: before(1) });
  const browser = await signedIn();
  const since = async (at: string): Promise<number | null> =>
    ((await browser.get(`/pulse?since=${at}`)).json() as Pulse).newFailing;
  expect(await since(before(10).toISOString())).toBe(1);
  expect(await since(before(100).toISOString())).toBe(2);
  expect(await since("yesterday")).toBeNull();
});

test("where nobody is asked who they are nobody is signed out", async () => {
  const open = await statusApp(statusDeps(fresh, it.connectionId));
  expect(((await visit(open).get("/pulse")).json() as Pulse).session).toBeNull();
  await open.close();
});
