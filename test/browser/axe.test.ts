import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closed } from "../status/app.ts";
import type { Watched } from "./browser.ts";
import { openPage, screenshot } from "./browser.ts";
import { PAGES, QUESTIONS } from "./pages.ts";
import type { RealPage } from "./real-page.ts";
import { realPage } from "./real-page.ts";

let it: RealPage;
let failing: string;
let watched: Watched;
beforeAll(async () => {
  it = await realPage(10);
  const link = await it.fresh.database.link.findFirstOrThrow({
    where: { emailKey: "bad.phone.1@example.com" },
  });
  failing = String(link.id);
  watched = await openPage();
});
afterAll(async () => {
  await watched.close();
  await it.close();
});

const LOOKS = (["light", "dark"] as const).flatMap((scheme) =>
  ([320, 1280] as const).map((width) => ({ scheme, width })),
);

/** Of all that is looked at, only this one depends on the colours. */
const OF_COLOURS = ["color-contrast"];

/** A page that says what is wrong is not to be taken for the page. */
const STATUSES: Readonly<Record<string, number>> = { "/errors?page=x": 400, "/nothing-here": 404 };

/** A machine that does other things as well takes its time. */
const PATIENCE_MS = 120_000;

/** In each look: violations, and what has to be moved sideways to be seen. */
async function found(page: Page, name: string): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for (const { scheme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 800 });
    // One window is enough: there are no frames of others.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const { violations } = await (scheme === "light" ? axe : axe.withRules(OF_COLOURS)).analyze();
    const told = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => [id, html, failureSummary]),
    );
    all.push(...[...told, ...(await sticksOut(page))].map((one) => [scheme, width, one]));
    if ((scheme === "light") === (width === 1280))
      await screenshot(page, `${name.replaceAll(/\W+/g, "-")} ${scheme} ${width}`);
  }
  return all;
}

/** What is wider than the window, where the page is. */
async function sticksOut(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("main *, header *, nav *, footer *")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 200))`);
}

test.each(PAGES)(
  "%s is accessible in light and dark, narrow and wide",
  async (address) => {
    const { page } = watched;
    const answer = await page.goto(it.url + address.replace(":id", failing));
    expect(answer?.status()).toBe(STATUSES[address] ?? 200);
    expect(await found(page, address)).toEqual([]);
  },
  PATIENCE_MS,
);

test.each(QUESTIONS)(
  "the question behind $press is accessible in light and dark, narrow and wide",
  async (question) => {
    const { page } = watched;
    await page.goto(it.url + question.from.replace(":id", failing));
    if (question.tick !== null) await page.getByRole("checkbox", { name: question.tick }).check();
    await page.getByRole("button", { name: question.press }).click();
    await page.getByRole("link", { name: "Do nothing" }).waitFor();
    expect(await found(page, `question ${question.press}`)).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "signing in is accessible in light and dark, narrow and wide, also after a wrong try",
  async () => {
    const guarded = await realPage(0, closed([]));
    const { page } = watched;
    await page.goto(`${guarded.url}/errors`);
    expect(await found(page, "sign in")).toEqual([]);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("There is a problem").waitFor();
    expect(await found(page, "sign in wrong")).toEqual([]);
    await guarded.close();
  },
  PATIENCE_MS,
);

test("none of the pages did what a page must not do", () => {
  expect(watched.complaints).toEqual([]);
});
