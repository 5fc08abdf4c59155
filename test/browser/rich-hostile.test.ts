import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Watched } from "./browser.ts";
import { openPage } from "./browser.ts";
import { INJECTED } from "./injected.ts";
import { PAYLOADS } from "./payloads.ts";
import type { RichPage } from "./rich-page.ts";
import { richPage } from "./rich-page.ts";
import { RICH_PAGES } from "./rich-pages.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** Each page has some dozen places: as many sets as it takes for every payload to have been in one. */
const SETS = 4;

let its: readonly RichPage[] = [];
let watched: Watched;
let used = 0;

/** PostgreSQL keeps no NUL in text. */
const next = (): string => (PAYLOADS[used++ % PAYLOADS.length] ?? "").replaceAll("\0", "");

beforeAll(async () => {
  const all: RichPage[] = [];
  for (let set = 0; set < SETS; set += 1) all.push(await richPage(next));
  its = all;
  watched = await openPage();
});
afterAll(async () => {
  await watched.close();
  for (const it of its) await it.close();
});

test("every payload stands in some place of these pages", () => {
  expect(PAYLOADS.length).toBeGreaterThanOrEqual(300);
  expect(used).toBeGreaterThanOrEqual(PAYLOADS.length);
});

test.each(RICH_PAGES)("%s shows whatever anybody wrote as text", async (address) => {
  const { page, complaints } = watched;
  for (const { server, runId } of its) {
    const answer = await page.goto(server.url + address.replace(":run", String(runId)));
    expect(answer?.status()).toBe(200);
    expect(await page.evaluate<string[]>(INJECTED)).toEqual([]);
    expect(await page.evaluate<unknown>("top.hit ?? null")).toBeNull();
    expect(new URL(page.url()).origin).toBe(server.url.replace(/\/$/, ""));
    // A page that shows nothing does not pass.
    expect(await page.innerText("body")).toMatch(/top\.hit|evil\.example/);
  }
  expect(complaints).toEqual([]);
});

test("what is asked for in the address is shown as text too", async () => {
  const { page, complaints } = watched;
  const [it] = its;
  for (const payload of PAYLOADS.filter((_, index) => index % 20 === 3)) {
    const words = encodeURIComponent(payload.replaceAll(/\p{Cc}/gu, ""));
    const addresses = [`/consent?email=${words}`, `/runs?trigger=${words}`, `/conflicts?field=${words}`];
    for (const address of addresses) {
      await page.goto(`${it?.server.url ?? ""}${address}`);
      expect([address, await page.evaluate<string[]>(INJECTED)]).toEqual([address, []]);
    }
  }
  expect(complaints).toEqual([]);
});
