import { afterAll, beforeAll, expect, test } from "vitest";
import type { Company } from "./company.ts";
import { company } from "./company.ts";
import type { RunningDaemon } from "./running-daemon.ts";
import { GRACE_MS, startDaemon } from "./running-daemon.ts";

let it: Company;
let daemon: RunningDaemon;
let url: string;
beforeAll(async () => {
  it = await company(20);
  // The whole quota: Klaviyo tells whose account it is fifteen times a minute, and each look asks.
  const config = await it.mapping(
    (text) => `${text}limits: { api_share: { hubspot: 100%, klaviyo: 100% } }\n`,
  );
  daemon = startDaemon(it, ["--config", config]);
});
afterAll(() => it.close());

/** Somebody at the page of the daemon: keeps the cookie, and sends forms with the token of the page before. */
async function press(from: string, action: string, form: Record<string, string> = {}): Promise<Response> {
  const page = await fetch(url + from);
  const cookie = page.headers
    .getSetCookie()
    .map((one) => one.split(";")[0] ?? "")
    .join("; ");
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
  return fetch(url + action, {
    method: "POST",
    redirect: "manual",
    headers: { cookie, origin: url.replace(/\/$/, ""), "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ _csrf: csrf, ...form }),
  });
}

async function json<T>(address: string): Promise<T> {
  return (await (await fetch(url + address, { headers: { accept: "application/json" } })).json()) as T;
}

const runs = () =>
  json<{ runs: readonly { id: string; trigger: string; result: string; kind: string }[] }>("/runs");

/** Somebody gives the first HubSpot contact another title; answers their address. */
function retitle(jobtitle: string): string {
  const { sandbox, world } = it.rehearsal.hubspot;
  const [contact] = sandbox.dumpContacts(null, 1).contacts;
  const email = String(contact?.properties["email"]);
  sandbox.editContact({ email }, { jobtitle });
  world.clock.advance(60_000);
  return email;
}

const title = (email: string) => it.rehearsal.klaviyo.sandbox.profile(email)?.attributes["title"];

test("the daemon is up, and has synced once", async () => {
  url = await daemon.url();
  await daemon.says(/"lane":"contacts".*"msg":"run ended"/);
  expect(await json("/")).toMatchObject({ connection: "demo", pause: null });
});

test("Sync now on the page begins a run in the name of the person who pressed it, and the change arrives", async () => {
  const email = retitle("Head of Pressing");
  expect((await press("/", "/sync")).status).toBe(303);
  await expect.poll(() => title(email)).toBe("Head of Pressing");
  await expect
    .poll(
      async () =>
        (await runs()).runs.filter(
          ({ trigger, result }) => trigger === "this machine" && result !== "running",
        ).length,
    )
    .toBe(1);
});

test("a dry run on the page shows what would change, and writes nothing", async () => {
  retitle("Head of Looking");
  const before = it.writes();
  expect((await press("/mapping?show=dry-run", "/mapping/dry-run")).status).toBe(303);
  interface Answer {
    readonly dryRun: { readonly state: string; readonly totals?: { readonly people: number } } | null;
  }
  const dryRun = async () => (await json<Answer>("/mapping?show=dry-run")).dryRun;
  await expect.poll(async () => (await dryRun())?.state).toBe("ready");
  expect((await dryRun())?.totals?.people).toBe(1);
  expect(it.writes()).toBe(before);
  const page = await (await fetch(`${url}/mapping?show=dry-run`)).text();
  expect(page).toContain("Head of Looking");
});

test("one person is read on both sides at once where somebody wants it, and nothing is written", async () => {
  const emailKey = retitle("Head of Reading");
  const before = it.writes();
  const { id } = await it.fresh.database.link.findFirstOrThrow({ where: { emailKey } });
  const address = `/contacts/${id}`;
  expect((await press(address, `${address}/read`)).status).toBe(303);
  const person = () => json<{ readonly reading: string | null }>(address);
  await expect.poll(async () => (await person()).reading).toBe("ready");
  expect(JSON.stringify(await person())).toContain("Head of Reading");
  expect(it.writes()).toBe(before);
  expect((await runs()).runs.some(({ kind }) => kind === "read")).toBe(false);
});

test("an undo is shown before it is done, and puts back exactly what was shown", async () => {
  const email = retitle("A mistake");
  const was = title(email);
  await press("/", "/sync");
  await expect.poll(() => title(email)).toBe("A mistake");
  const wrote = async () =>
    it.fresh.database.journalRow.findFirst({ where: { outcome: "done" }, orderBy: { sentAt: "desc" } });
  await expect.poll(async () => JSON.stringify((await wrote())?.after)).toContain("A mistake");
  const run = String((await wrote())?.runId);
  expect((await press(`/runs/${run}`, `/runs/${run}/undo`)).status).toBe(303);
  interface Undo {
    readonly state: string;
    readonly hash?: string;
    readonly operations?: number;
    readonly done?: number;
    readonly work: string;
  }
  const undo = () => json<Undo>(`/runs/${run}/undo`);
  await expect.poll(async () => (await undo()).state).toBe("ready");
  const shown = await undo();
  expect(shown).toMatchObject({ operations: 1 });
  expect(title(email)).toBe("A mistake");
  await press(`/runs/${run}/undo`, `/runs/${run}/undo/apply`, { hash: "cd".repeat(32), reason: "not this" });
  await expect.poll(async () => (await undo()).state).toBe("failed");
  expect(title(email)).toBe("A mistake");
  await press(`/runs/${run}/undo`, `/runs/${run}/undo/apply`, {
    hash: shown.hash ?? "",
    reason: "a mistake",
  });
  await expect.poll(() => title(email)).toBe(was);
});

test("a pause is in the head of the page and in `tandem status`, and Sync now says so", async () => {
  expect((await press("/", "/pause", { reason: "list clean-up" })).status).toBe(303);
  const { status, out } = await it.run(["status"]);
  expect(status).toBe(0);
  expect(out).toMatch(/Paused by this machine .*list clean-up/);
  expect((await press("/", "/sync")).status).toBe(409);
  expect((await press("/", "/resume")).status).toBe(303);
  expect((await it.run(["status"])).out).not.toContain("Paused");
});

test("after a page task it still stops in order", async () => {
  const { status, ms } = await daemon.stop();
  expect(status).toBe(0);
  expect(ms).toBeLessThan(GRACE_MS);
});
