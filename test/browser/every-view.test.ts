import { afterAll, beforeAll, expect, test } from "vitest";
import type { Watched } from "./browser.ts";
import { openPage } from "./browser.ts";
import { found } from "./every-view.ts";

let watched: Watched;
beforeAll(async () => void (watched = await openPage()));
afterAll(() => watched.close());

const DARK =
  "@media (prefers-color-scheme: dark) { body { background: #000; color: #fff } p { color: #222 } }";

/** A page that is in order but for this. */
async function foundIn(style: string, more = ""): Promise<string> {
  const { page } = watched;
  await page.setContent(`<!doctype html><html lang="en"><head><title>A page</title>
    <meta name="color-scheme" content="light dark"><style>${style}</style></head>
    <body><main><h1>A page</h1><p>Words</p>${more}</main></body></html>`);
  return JSON.stringify(await found(page, "every look"));
}

test("a page that is in order has nothing", async () => {
  expect(await foundIn("")).toBe("[]");
});

test.each([
  ["light", "320", "color-contrast", "@media (max-width: 600px) { p { color: #eee } }"],
  ["dark", "320", "color-contrast", DARK],
  ["dark", "1280", "color-contrast", DARK],
  ["light", "1280", "<p>Words</p>", "@media (min-width: 1000px) { p { width: 3000px } }"],
])("what is wrong only when it is %s and %s wide is found: %s", async (scheme, width, what, style) => {
  const told = await foundIn(style);
  expect(told).toContain(`["${scheme}",${width},`);
  expect(told).toContain(what);
});

test("what is wrong in every look is found", async () => {
  expect(await foundIn("", '<img src="data:,">')).toContain("image-alt");
});
