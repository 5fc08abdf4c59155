import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Watched } from "./browser.ts";
import { openPage } from "./browser.ts";
import type { RealPage } from "./real-page.ts";
import { realPage } from "./real-page.ts";
import type { RichPage } from "./rich-page.ts";
import { richPage } from "./rich-page.ts";

const FOLDER = join(import.meta.dirname, "screenshots", "review");
const VIEWS = (["light", "dark"] as const).flatMap((scheme) =>
  ([1280, 375] as const).map((width) => ({ scheme, width })),
);

/** `real` has two rehearsal servers synced once; `rich` has something in every part of every page. */
const SHOTS: readonly { readonly name: string; readonly of: "real" | "rich"; readonly address: string }[] = [
  { name: "overview", of: "real", address: "/" },
  { name: "errors", of: "real", address: "/errors" },
  { name: "contacts", of: "real", address: "/contacts" },
  { name: "contact", of: "real", address: "/contacts/:id" },
  { name: "runs", of: "rich", address: "/runs" },
  { name: "run", of: "rich", address: "/runs/:run" },
  { name: "mapping", of: "rich", address: "/mapping" },
  { name: "held", of: "rich", address: "/mapping?show=held" },
  { name: "conflicts", of: "rich", address: "/conflicts" },
  { name: "consent", of: "rich", address: "/consent?email=nobody@example.com" },
  { name: "engagement", of: "rich", address: "/engagement" },
  { name: "settings", of: "rich", address: "/settings" },
];

let real: RealPage;
let rich: RichPage;
let watched: Watched;
let failing: string;
const WORDS = ["Ann Tamm", "Head of Buying", "Klaviyo did not answer", "acme-main", "jo"];

beforeAll(async () => {
  let index = 0;
  real = await realPage(200);
  rich = await richPage(() => WORDS[(index += 1) % WORDS.length] ?? "");
  const link = await real.fresh.database.link.findFirstOrThrow({
    where: { emailKey: "bad.phone.1@example.com" },
  });
  failing = String(link.id);
  watched = await openPage();
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "index.html"), reviewPage());
});
afterAll(async () => {
  await watched.close();
  await rich.close();
  await real.close();
});

const only = process.env["SHOTS"]?.split(",");
const wanted = SHOTS.filter(({ name }) => only === undefined || only.includes(name));

test.each(wanted)("$name is taken in each look", async ({ name, of, address }) => {
  const { page } = watched;
  const server = of === "real" ? real.url : rich.server.url;
  for (const { scheme, width } of VIEWS) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 800 });
    const path = address.replace(":id", failing).replace(":run", String(rich.runId));
    const answer = await page.goto(server + path);
    expect(answer?.status()).toBe(200);
    await page.screenshot({ path: join(FOLDER, `${name}-${width}-${scheme}.png`), fullPage: true });
  }
});

/** All pictures on one page, a row for each page of Tandem. */
function reviewPage(): string {
  const rows = SHOTS.map(({ name }) => {
    const pictures = VIEWS.map(({ scheme, width }) => {
      const file = `${name}-${width}-${scheme}.png`;
      return `<a href="${file}"><img src="${file}" alt="${name}, ${width} pixels wide, ${scheme}" loading="lazy"></a>`;
    });
    return `<h2>${name}</h2><p>${pictures.join("\n")}</p>`;
  });
  return `<!doctype html><meta charset="utf-8"><title>Pages of Tandem</title>
<style>img { width: 24%; vertical-align: top; border: 1px solid #999 } body { font: 16px sans-serif }</style>
${rows.join("\n")}\n`;
}
