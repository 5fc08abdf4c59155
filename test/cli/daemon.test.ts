import { afterAll, beforeAll, expect, test } from "vitest";
import { tandem } from "./command-line.ts";
import type { Company } from "./company.ts";
import { company } from "./company.ts";
import { GRACE_MS, startDaemon } from "./running-daemon.ts";

let it: Company;
beforeAll(async () => void (it = await company(20)));
afterAll(() => it.close());

const daemon = (args: readonly string[] = []) => startDaemon(it, args);

const leaseHeld = async (): Promise<boolean> => {
  const rows = await it.fresh.database.$queryRaw<
    { held: boolean }[]
  >`SELECT expires_at > now() AS held FROM lease`;
  return rows.some(({ held }) => held);
};

test("while a vendor hangs at the very first start, the page is served and a signal ends the process", async () => {
  const { faults } = it.rehearsal.klaviyo.world;
  faults.add({ match: "", times: 100, fault: { kind: "slow", milliseconds: 120_000 } });
  const running = daemon();
  const page = await fetch(await running.url());
  expect(page.status).toBe(200);
  expect(await it.fresh.database.run.count()).toBe(0);
  const { status, ms } = await running.stop();
  expect(status).toBe(0);
  expect(ms).toBeLessThan(GRACE_MS);
  faults.clear();
});

test("the daemon syncs at once, links contacts to both accounts, and stops in order", async () => {
  const running = daemon(["--json"]);
  const url = await running.url();
  await running.says(/"msg":"run ended"/);
  expect(JSON.parse(running.out())).toEqual({ connection: "demo", url });
  const errors = async (): Promise<string> => (await fetch(`${url}/errors`)).text();
  await expect.poll(errors).toContain('href="https://www.klaviyo.com/profile/');
  expect(await errors()).toMatch(/href="https:\/\/app-eu1\.hubspot\.com\/contacts\/\d+\/record\/0-1\/\d+"/);
  const page: unknown = await (await fetch(url, { headers: { accept: "application/json" } })).json();
  const command: unknown = JSON.parse((await it.run(["status", "--json"])).out);
  // The command also tells of engagement and of calls a day, which have pages.
  const own = { engagement: undefined, older: undefined, apiDays: undefined };
  expect({ ...Object(command), ...own, at: null, health: null }).toEqual({
    ...Object(page),
    at: null,
    health: null,
  });
  const { status, ms } = await running.stop();
  expect(status).toBe(0);
  expect(ms).toBeLessThan(GRACE_MS);
  expect(await leaseHeld()).toBe(false);
});

test("a vendor that is away at start is told of, the page is there, and the next run heals it", async () => {
  const { faults } = it.rehearsal.klaviyo.world;
  faults.add({ match: "", times: 1_000_000, fault: { kind: "status", status: 401, applied: "before" } });
  const running = daemon();
  const url = await running.url();
  await running.says(/"level":"warn".*run ended: Klaviyo no longer accepts our key/);
  expect((await fetch(url)).status).toBe(200);
  faults.clear();
  expect(await running.stop()).toMatchObject({ status: 0 });
  expect(await it.run(["sync"])).toMatchObject({ status: 1 });
});

test("a connection that another process syncs is left to it, with a reason and without a trace", async () => {
  await it.fresh.database.$executeRaw`
    UPDATE lease SET token = token + 1, holder = 'another', expires_at = now() + interval '5 minutes'`;
  const before = it.writes();
  const second = daemon();
  await second.says(/"level":"warn".*no run: The contacts of demo are being synced by another process/);
  const { status, out, talk } = await it.run(["sync", "--json"]);
  expect({ status, talk }).toEqual({ status: 75, talk: "" });
  expect(JSON.parse(out)).toMatchObject({ exitCode: 75, error: expect.stringContaining("another process") });
  expect(await second.stop()).toMatchObject({ status: 0 });
  expect(second.talk()).not.toContain("stack");
  expect(it.writes()).toBe(before);
  expect(await leaseHeld()).toBe(true);
  await it.fresh.database.$executeRaw`UPDATE lease SET expires_at = 'epoch'`;
});

test("SIGTERM in the middle of a write ends with 0, gives the lease back and leaves nothing half done", async () => {
  const { sandbox, world } = it.rehearsal.hubspot;
  const [contact] = sandbox.dumpContacts(null, 1).contacts;
  const email = String(contact?.properties["email"]);
  sandbox.editContact({ email }, { jobtitle: "Stopped in the middle" });
  world.clock.advance(60_000);
  const { faults } = it.rehearsal.klaviyo.world;
  faults.add({
    method: "PATCH",
    match: "/api/profiles",
    times: 1,
    fault: { kind: "slow", milliseconds: 2_000 },
  });
  const running = daemon();
  await expect
    .poll(() => it.fresh.database.journalRow.count({ where: { outcome: "sent" } }), {
      interval: 20,
    })
    .toBeGreaterThan(0);
  expect(await leaseHeld()).toBe(true);
  const { status, ms } = await running.stop();
  expect(status).toBe(0);
  expect(ms).toBeLessThan(GRACE_MS);
  expect(await leaseHeld()).toBe(false);
  await it.fresh.database.$executeRaw`UPDATE journal SET sent_at = sent_at - interval '1 minute'`;
  await it.run(["sync"]);
  expect(await it.fresh.database.journalRow.count({ where: { outcome: "sent" } })).toBe(0);
  expect(it.rehearsal.klaviyo.sandbox.profile(email)?.attributes["title"]).toBe("Stopped in the middle");
});

test("a port that is taken, or that is none, is told with what to do", async () => {
  const running = daemon(["--no-worker"]);
  const port = new URL(await running.url()).port;
  const taken = await it.run(["start", "--port", port]);
  expect(taken.status).toBe(69);
  expect(taken.talk).toMatch(/port \d+ is taken on this machine[\s\S]*--port/);
  await running.stop();
  expect(await tandem(["start", "--port", "99999"], { cwd: it.folder.path })).toMatchObject({ status: 64 });
  const odd = await it.run(["start"], { PORT: "http" });
  expect(odd).toMatchObject({ status: 64 });
  expect(odd.talk).toContain('PORT is "http"');
});
