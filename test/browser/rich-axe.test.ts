import { afterAll, beforeAll, expect, test } from "vitest";
import type { Watched } from "./browser.ts";
import { openPage } from "./browser.ts";
import { found } from "./every-view.ts";
import type { RichPage } from "./rich-page.ts";
import { richPage } from "./rich-page.ts";
import { RICH_PAGES } from "./rich-pages.ts";

let it: RichPage;
let watched: Watched;
const WORDS = ["Ann Tamm", "Head of Buying", "Klaviyo did not answer", "acme-main", "jo"];
beforeAll(async () => {
  let index = 0;
  it = await richPage(() => WORDS[(index += 1) % WORDS.length] ?? "");
  watched = await openPage();
});
afterAll(async () => {
  await watched.close();
  await it.close();
});

test.each(RICH_PAGES)("%s is accessible in light and dark, narrow and wide", async (address) => {
  const { page } = watched;
  const answer = await page.goto(it.server.url + address.replace(":run", String(it.runId)));
  expect(answer?.status()).toBe(200);
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
  expect(await found(page, `rich ${address}`)).toEqual([]);
});

test("none of the pages did what a page must not do", () => {
  expect(watched.complaints).toEqual([]);
});
