import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Watched } from "./browser.ts";
import { openPage, screenshot } from "./browser.ts";
import type { RealPage } from "./real-page.ts";
import { realPage } from "./real-page.ts";

/** A machine that does other things as well takes its time. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let it: RealPage;
let watched: Watched;
beforeAll(async () => {
  it = await realPage(10);
  watched = await openPage({ colorScheme: "dark", viewport: { width: 718, height: 1_000 } });
  await watched.page.emulateMedia({ media: "print", colorScheme: "dark" });
});
afterAll(async () => {
  await watched.close();
  await it.close();
});

const shown = (what: string): Promise<number> => watched.page.locator(what).filter({ visible: true }).count();

test("the errors on paper are the rows with their steps, and nothing that one presses", async () => {
  const { page } = watched;
  await page.goto(`${it.url}/errors`);
  expect(await shown("button, input, select, nav, footer")).toBe(0);
  expect(await shown("tbody th[scope=row]")).toBe(12);
  // Folded away on the screen.
  expect(await shown(".group .fix li")).toBeGreaterThanOrEqual(4);
  await screenshot(page, "errors on paper");
});

test("a contact on paper has its fields and its history, on white, with the exact time", async () => {
  const { page } = watched;
  const link = await it.fresh.database.link.findFirstOrThrow({
    where: { emailKey: "bad.phone.1@example.com" },
  });
  await page.goto(`${it.url}/contacts/${link.id}?show=all`);
  expect(await shown("button, input, select, nav, footer")).toBe(0);
  expect(await shown("#history, #fields")).toBe(2);
  const [colour, after] = await page.evaluate<string[]>(`[
    getComputedStyle(document.body).backgroundColor,
    getComputedStyle(document.querySelector(".history time"), "::after").content,
  ]`);
  expect(colour).toBe("rgb(255, 255, 255)");
  expect(after).toMatch(/UTC/);
  await screenshot(page, "contact on paper");
});
