import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { screenshot } from "./browser.ts";

const LOOKS = (["light", "dark"] as const).flatMap((scheme) =>
  ([320, 1280] as const).map((width) => ({ scheme, width })),
);

/** Of all that is looked at, only this one depends on the colours. */
const OF_COLOURS = ["color-contrast"];

/** In each look: violations, and what has to be moved sideways to be seen. */
export async function found(page: Page, name: string): Promise<readonly unknown[]> {
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
