import { expect, test } from "vitest";
import { openPage } from "./browser.ts";

test("a browser comes with npm ci: it needs no display, and may be started by root", async () => {
  const { page, close } = await openPage();
  await page.setContent("<title>Here</title><p>It is there.</p>");
  expect(await page.title()).toBe("Here");
  expect(await page.innerText("p")).toBe("It is there.");
  await close();
});

test("what a page must not do is told: scripts that fail, dialogs, reports of the policy", async () => {
  const { page, complaints, close } = await openPage();
  const policy = `<meta http-equiv="content-security-policy" content="script-src 'nonce-a'">`;
  await page.setContent(
    `${policy}<script nonce="a">alert("hello"); nothing.there</script><img src=x onerror=alert(1)>`,
  );
  await expect
    .poll(() => complaints.map((one) => one.split(":")[0]))
    .toEqual(expect.arrayContaining(["dialog", "policy", "script failed"]));
  await close();
});
