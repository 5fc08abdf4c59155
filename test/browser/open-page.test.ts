import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { StatusServer } from "../../src/status/frame/server.ts";
import { startStatusServer } from "../../src/status/frame/server.ts";
import { PASSWORD, closed, statusDeps } from "../status/app.ts";
import type { Seed } from "../status/seed.ts";
import { NOW, before, seed } from "../status/seed.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { Watched } from "./browser.ts";
import { openPage } from "./browser.ts";
import { found } from "./every-view.ts";

/** A machine that does other things as well takes its time. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let fresh: FreshDatabase;
let it: Seed;
let server: StatusServer;
let watched: Watched;
let now = NOW;

beforeAll(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  await it.run("finished", 5);
  await it.problem(await it.link("jo@example.com", "failing"), {});
  const deps = statusDeps(fresh, it.connectionId, { access: closed([]), now: () => now });
  server = await startStatusServer({ ...deps, port: 0 });
  watched = await openPage();
  const { page } = watched;
  await page.goto(`${server.url}/errors`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Errors" }).waitFor();
});
afterAll(async () => {
  await watched.close();
  await server.close();
  await fresh.drop();
});

/** What the page asks by itself every ten seconds, and when one comes back to it. */
async function comeBack(): Promise<void> {
  const { page } = watched;
  const answered = page.waitForResponse((response) => response.url().includes("/pulse"));
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await answered;
}

test("who fails since the page was opened is told without moving the rows, and Refresh shows them", async () => {
  const { page, complaints } = watched;
  await comeBack();
  expect(await page.locator("#newer").isVisible()).toBe(false);
  await it.problem(await it.link("kim@example.com", "failing"), {
    firstSeen: new Date(NOW.getTime() + 1_000),
  });
  await comeBack();
  const newer = page.locator("#newer");
  await newer.waitFor();
  expect(await newer.innerText()).toContain("1 new since you opened this page.");
  expect(await page.getByText("kim@example.com").count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("an open page keeps telling how old the last look is", async () => {
  now = NOW;
  const { page } = watched;
  await page.goto(`${server.url}/errors`);
  const lastSync = page.locator("#pulse time");
  expect(await lastSync.innerText()).toBe("4 min ago");
  now = new Date(NOW.getTime() + 20 * 60_000);
  await comeBack();
  await vi.waitFor(async () => expect(await lastSync.innerText()).toBe("24 min ago"));
});

test("an open page says so where Tandem does not answer any more, and takes it back", async () => {
  const { page } = watched;
  const silent = page.getByText("Tandem does not answer");
  await page.route("**/pulse*", (route) => route.abort());
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await silent.waitFor();
  await page.unroute("**/pulse*");
  await comeBack();
  await silent.waitFor({ state: "hidden" });
  expect(await page.locator("#pulse .look").isVisible()).toBe(true);
});

test("two minutes before one is signed out it is said, and one press puts it off", async () => {
  const { page, complaints } = watched;
  now = new Date(before(0).getTime() + 28.5 * 60_000);
  await comeBack();
  const stay = page.getByRole("button", { name: "Stay signed in" });
  await stay.waitFor();
  expect(await found(page, "signed out soon")).toEqual([]);
  await stay.click();
  await stay.waitFor({ state: "hidden" });
  now = new Date(now.getTime() + 20 * 60_000);
  expect((await page.goto(`${server.url}/errors`))?.status()).toBe(200);
  expect(complaints).toEqual([]);
});

test("who was signed out reads it on the open page, before a form is lost", async () => {
  const { page } = watched;
  now = new Date(now.getTime() + 31 * 60_000);
  await comeBack();
  await page.getByText("You were signed out.").waitFor();
  await page.getByRole("link", { name: "Sign in again" }).click();
  await page.getByLabel("Password").waitFor();
  expect(new URL(page.url()).pathname).toBe("/sign-in");
});
