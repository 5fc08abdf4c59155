import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readAudit } from "../../src/store/chains/audit.ts";
import type { Watched } from "./browser.ts";
import { openPage, screenshot } from "./browser.ts";
import type { Hands } from "./keyboard.ts";
import { keyboard, mouse } from "./keyboard.ts";
import type { RealPage } from "./real-page.ts";
import { realPage } from "./real-page.ts";
import { storeOf } from "../../src/store/database/store.ts";
/** What a reader of README loads for each. Bytes. */
const LARGEST_PICTURE = 150_000;

let it: RealPage;
/** A machine that does other things as well takes its time. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

beforeAll(async () => void (it = await realPage(20)));
afterAll(() => it.close());

test("README shows the Errors page and a contact as they are", async () => {
  const { page, close } = await openPage({ colorScheme: "light" });
  const link = await it.fresh.database.link.findFirstOrThrow({
    where: { emailKey: "bad.phone.1@example.com" },
  });
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
  // The fields of a contact stand below what is wrong with it.
  for (const [name, address, height] of [
    ["errors", "/errors", 800],
    ["contact", `/contacts/${link.id}?show=all`, 1_040],
  ] as const) {
    await page.setViewportSize({ width: 1_280, height });
    await page.goto(it.url + address);
    const now = await page.screenshot();
    const path = join(import.meta.dirname, "readme", `${name}.png`);
    if (process.env["README_PICTURES"] === "1") writeFileSync(path, now);
    const kept = readFileSync(path);
    expect(readme).toContain(`(test/browser/readme/${name}.png)`);
    // A PNG has its width and height at these places. Other fonts make other pictures, so no more is compared.
    for (const picture of [now, kept])
      expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1_280, height]);
    expect(kept.length).toBeLessThan(LARGEST_PICTURE);
  }
  await close();
});

const WAYS: readonly (readonly [string, number, boolean, (watched: Watched) => Hands])[] = [
  ["by mouse", 1, true, mouse],
  ["by keyboard only", 2, true, ({ page }) => keyboard(page)],
  ["without JavaScript", 3, false, mouse],
];

test.each(WAYS)(
  "a contact that fails is found by its address in two actions, %s",
  async (way, nth, scripts, hands) => {
    const watched = await openPage({ javaScriptEnabled: scripts });
    const { page, complaints } = watched;
    const { press, write } = hands(watched);
    await page.goto(it.url);
    await press(page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: /^Errors/ }));
    await page.waitForURL("**/errors");
    await write(page.getByRole("searchbox", { name: /^Search/ }), `bad.phone.${nth}@example.com`);
    await page.waitForURL("**/errors?*");
    const row = page.getByRole("row", { name: /bad\.phone/ });
    expect(await row.count()).toBe(1);
    expect(await row.innerText()).toContain('"ask at reception"');
    const words = await page.getByRole("row", { name: /^Value is not a phone number/ }).innerText();
    expect(words).toContain('"ask at reception" is not a phone number.');
    expect(words).toContain("Enter a phone number in HubSpot, or empty the field there.");
    expect(words).toContain("You don't need to press Retry");
    expect(await row.getByRole("link", { name: /Open in HubSpot/ }).getAttribute("href")).toMatch(/^http/);
    await screenshot(page, `found ${way}`);
    expect(complaints).toEqual([]);
    await watched.close();
  },
);

test.each(WAYS)(
  "all that match are selected, the number is asked for, and the result is told, %s",
  async (_way, nth, scripts, hands) => {
    const watched = await openPage({ javaScriptEnabled: scripts });
    const { page, complaints } = watched;
    const { press } = hands(watched);
    await page.goto(`${it.url}/errors?cause=SK-TWO`);
    await press(page.getByRole("checkbox", { name: /matching this search/ }));
    await press(page.getByRole("button", { name: "Retry selected" }));
    await page.getByRole("heading", { name: "Retry 3 contacts?" }).waitFor();
    const words = await page.getByRole("main").innerText();
    expect(words).toContain("the cause SK-TWO");
    expect(words).toContain("Nothing has changed in HubSpot or Klaviyo since they failed");
    expect(words).toContain("The number can change before this runs");
    await screenshot(page, `confirm ${nth}`);
    await press(page.getByRole("button", { name: "Retry 3 contacts" }));
    await page.waitForURL("**/errors?cause=SK-TWO");
    expect(await page.getByRole("status").first().innerText()).toContain("Retry of 3 contacts queued");
    await it.settled();
    await page.reload();
    expect(await page.getByRole("row", { name: /^Select two\.contacts/ }).count()).toBe(3);
    expect((await readAudit(storeOf(it.fresh.database, it.connectionId), 1))[0]).toMatchObject({
      action: "retry",
      contacts: 3,
    });
    expect(complaints).toEqual([]);
    await watched.close();
  },
);

test.each(WAYS)(
  "once it is mended in HubSpot the row leaves by itself with the next cycle, %s",
  async (_way, nth, scripts) => {
    const email = `bad.phone.${nth}@example.com`;
    const watched = await openPage({ javaScriptEnabled: scripts });
    const { page } = watched;
    await page.goto(`${it.url}/errors?q=bad.phone`);
    expect(await page.getByRole("row", { name: email }).count()).toBe(1);
    it.rehearsal.hubspot.sandbox.editContact({ email }, { phone: `+1212555017${nth}` });
    await it.cycle();
    await page.reload();
    expect(await page.getByRole("row", { name: email }).count()).toBe(0);
    await watched.close();
  },
);

test("a link to a filtered page opens the same view for a colleague, and going back restores it", async () => {
  const ann = await openPage();
  await ann.page.goto(`${it.url}/errors`);
  await ann.page.getByText("Filters", { exact: true }).click();
  await ann.page.getByLabel("Cause", { exact: true }).selectOption("HS-OPTION");
  await ann.page.getByLabel("Sort").selectOption("email");
  await ann.page.getByRole("button", { name: "Search" }).click();
  await ann.page.waitForURL("**/errors?*");
  const rows = (page: typeof ann.page) => page.locator("tbody th[scope=row] a").first().innerText();
  const bob = await openPage();
  await bob.page.goto(ann.page.url());
  expect(await rows(bob.page)).toBe(await rows(ann.page));
  expect(await bob.page.getByLabel("Cause", { exact: true }).inputValue()).toBe("HS-OPTION");
  const address = ann.page.url();
  await ann.page.locator("tbody th[scope=row] a").first().click();
  await ann.page.getByRole("heading", { level: 1, name: /missing\.option/ }).waitFor();
  await ann.page.goBack();
  expect(ann.page.url()).toBe(address);
  expect(await ann.page.getByLabel("Sort").inputValue()).toBe("email");
  await ann.close();
  await bob.close();
});

test("what is missing in a form is said at its field, and the focus is there", async () => {
  const { page, close } = await openPage();
  await page.goto(`${it.url}/errors?cause=KL-PHONE-TAKEN`);
  await page.getByRole("checkbox", { name: /^Select all 3 on this page/ }).check();
  expect(await page.locator("#ticked").innerText()).toBe("3 selected");
  await page.getByRole("button", { name: "Ignore selected…" }).click();
  await page.getByRole("button", { name: "Ignore 3 contacts" }).click();
  await page.getByText("There is a problem").waitFor();
  expect(await page.title()).toMatch(/^Error: Ignore 3 contacts/);
  expect(await page.evaluate("document.activeElement?.id")).toBe("problem");
  await screenshot(page, "ignore");
  await page.getByLabel("Reason, for the record").fill("The number is shared on purpose");
  await page.getByLabel("Never, until someone stops ignoring it").check();
  await page.getByRole("button", { name: "Ignore 3 contacts" }).click();
  await page.getByText("3 contacts ignored").waitFor();
  await it.cycle();
  await page.goto(`${it.url}/errors?state=ignored`);
  expect(await page.getByText("The number is shared on purpose").count()).toBe(3);
  await close();
});

test("the colours that one chose come with the page", async () => {
  const { page, close } = await openPage({ colorScheme: "light" });
  await page.goto(it.url);
  await page.getByLabel("Colors").selectOption("dark");
  await page.getByRole("button", { name: "Use" }).click();
  await page.waitForLoadState();
  const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
  await expect.poll(background).toBe("rgb(13, 17, 23)");
  await page.goto(`${it.url}/contacts`);
  expect(await background()).toBe("rgb(13, 17, 23)");
  await close();
});

test("an admin erases somebody by typing their address; they do not come back with the next cycle", async () => {
  const email = "two.contacts.1@example.com";
  const { page, complaints, close } = await openPage();
  await page.goto(`${it.url}/contacts?email=${email}`);
  await page.getByRole("heading", { name: "Consent" }).waitFor();
  await page.getByRole("button", { name: "Erase…" }).click();
  await page.getByLabel(`Type ${email}`).fill(email);
  await page.getByRole("button", { name: "Erase for good" }).click();
  await page.waitForURL("**/contacts");
  expect(await page.getByRole("status").first().innerText()).toMatch(
    /^Erased: \d contacts under 1 address\./,
  );
  await it.cycle();
  await page.goto(`${it.url}/contacts?q=${email}`);
  await page.getByText(/No contact found with/).waitFor();
  expect(complaints).toEqual([]);
  await close();
});
