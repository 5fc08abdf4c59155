import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { screenshot } from "./browser.ts";

const VIEWS = (["light", "dark"] as const).flatMap((scheme) =>
  ([320, 1280] as const).map((width) => ({ scheme, width })),
);

/** Of all that is looked at, only this one depends on the colours. */
const OF_COLOURS = ["color-contrast"];

/** In each look: violations, and what has to be moved sideways to be seen. */
export async function found(page: Page, name: string): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for (const [index, { scheme, width }] of VIEWS.entries()) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 800 });
    const { violations } = await analyze(page, index === 0, scheme === "light");
    const told = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => [id, html, failureSummary]),
    );
    all.push(...[...told, ...(await sticksOut(page))].map((one) => [scheme, width, one]));
    if ((scheme === "light") === (width === 1280))
      await screenshot(page, `${name.replaceAll(/\W+/g, "-")} ${scheme} ${width}`);
  }
  return all;
}

/** Nothing: what was put into the page before is there still. */
const NO_SOURCE = ";";

/** Putting the rules into a page, and telling of everything that is right, takes three times as long as looking. */
function analyze(page: Page, first: boolean, allRules: boolean): ReturnType<AxeBuilder["analyze"]> {
  // One window is enough: there are no frames of others.
  const axe = new AxeBuilder(first ? { page } : { page, axeSource: NO_SOURCE }).setLegacyMode();
  const rules = allRules ? {} : { runOnly: OF_COLOURS };
  return axe.options({ resultTypes: ["violations"], ...rules }).analyze();
}

/** What is wider than the window, where the page is. */
async function sticksOut(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("main *, header *, nav *, footer *")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 200))`);
}
