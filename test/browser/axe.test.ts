import { afterAll, beforeAll, expect, test } from "vitest";
import { startStatusServer } from "../../src/status/frame/server.ts";
import { closed, statusDeps } from "../status/app.ts";
import type { Watched } from "./browser.ts";
import { openPage } from "./browser.ts";
import { found } from "./every-view.ts";
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

/** A page that says what is wrong is not to be taken for the page. */
const STATUSES: Readonly<Record<string, number>> = { "/errors?page=x": 400, "/nothing-here": 404 };

test.each(PAGES)("%s is accessible in light and dark, narrow and wide", async (address) => {
  const { page } = watched;
  const answer = await page.goto(it.url + address.replace(":id", failing));
  expect(answer?.status()).toBe(STATUSES[address] ?? 200);
  expect(await found(page, address)).toEqual([]);
});

test.each(QUESTIONS)(
  "the question behind $press is accessible in light and dark, narrow and wide",
  async (question) => {
    const { page } = watched;
    await page.goto(it.url + question.from.replace(":id", failing));
    if (question.tick !== null) await page.getByRole("checkbox", { name: question.tick }).check();
    await page.getByRole("button", { name: question.press }).click();
    await page.getByRole("link", { name: "Cancel" }).waitFor();
    expect(await found(page, `question ${question.press}`)).toEqual([]);
  },
);

test("signing in is accessible in light and dark, narrow and wide, also after a wrong try", async () => {
  const guarded = await startStatusServer({
    ...statusDeps(it.fresh, it.connectionId, { access: closed([]), now: () => new Date() }),
    port: 0,
  });
  const { page } = watched;
  await page.goto(`${guarded.url}/errors`);
  expect(await found(page, "sign in")).toEqual([]);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("There is a problem").waitFor();
  expect(await found(page, "sign in wrong")).toEqual([]);
  await guarded.close();
});

test("none of the pages did what a page must not do", () => {
  expect(watched.complaints).toEqual([]);
});
