import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { inject } from "vitest";

let connected: Promise<Browser> | null = null;

/** The browser of this run. @throws with the reason and the fix where none starts on this machine */
function browser(): Promise<Browser> {
  connected ??= connect();
  return connected;
}

async function connect(): Promise<Browser> {
  const answer = await fetch(inject("browserBroker"));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return chromium.connect(text);
}

/** What a page of a test may not do: it is told, and a test looks that there is nothing. */
export interface Watched {
  readonly page: Page;
  /** Scripts that were refused or failed, dialogs, and reports of the content policy. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

/** A fresh window with nothing remembered. */
export async function openPage(options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await (await browser()).newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`script failed: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(`policy: ${message.text()}`);
  });
  return { page, complaints, close: () => context.close() };
}

const FOLDER = join(import.meta.dirname, "screenshots");

/** For a person to look at; not committed. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
}
