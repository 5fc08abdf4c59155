import type { Locator, Page } from "playwright-core";

/** More than any of our pages has to stop at. */
const MOST_STOPS = 300;

/** How somebody uses a page. */
export interface Hands {
  readonly press: (what: Locator) => Promise<void>;
  readonly write: (what: Locator, text: string) => Promise<void>;
}

export function mouse(): Hands {
  return {
    press: (what) => what.click(),
    write: async (what, text) => {
      await what.click();
      await what.fill(text);
      await what.press("Enter");
    },
  };
}

/** Nothing but keys: what cannot be reached by Tab cannot be used. */
export function keyboard(page: Page): Hands {
  const reach = async (what: Locator): Promise<void> => {
    for (let stops = 0; stops < MOST_STOPS; stops += 1) {
      if (await what.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`the keyboard does not get to ${what.toString()}`);
  };
  return {
    async press(what) {
      await reach(what);
      const isBox = await what.evaluate((element) =>
        element.matches("input[type=checkbox], input[type=radio]"),
      );
      await page.keyboard.press(isBox ? "Space" : "Enter");
    },
    async write(what, text) {
      await reach(what);
      await page.keyboard.type(text);
      await page.keyboard.press("Enter");
    },
  };
}
