import { afterAll, beforeAll, expect, test } from "vitest";
import type { Company } from "./company.ts";
import { company } from "./company.ts";
import { startDaemon } from "./running-daemon.ts";

let it: Company;
beforeAll(async () => void (it = await company(60)));
afterAll(() => it.close());

/** Addresses, names and phone numbers of everybody in both accounts, in lower case. */
function everybody(): readonly string[] {
  const { contacts } = it.rehearsal.hubspot.sandbox.dumpContacts(null, 1_000);
  const { profiles } = it.rehearsal.klaviyo.sandbox.dump(null, 1_000);
  const text = JSON.stringify([contacts, profiles]).toLowerCase();
  const addresses = text.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g) ?? [];
  const phones = text.match(/\+\d{7,}/g) ?? [];
  return [...new Set([...addresses, ...phones])];
}

test("the most talkative log of a daemon names nobody, so that erasing somebody leaves nothing in it", async () => {
  const people = everybody();
  expect(people.length).toBeGreaterThan(60);
  const { faults } = it.rehearsal.klaviyo.world;
  faults.add({ match: "", times: 3, fault: { kind: "status", status: 503, applied: "before" } });
  const running = startDaemon(it, ["--json"], { LOG_LEVEL: "trace" });
  await running.says(/"lane":"contacts".*"msg":"run ended/);
  const [address = ""] = people;
  expect(await it.run(["erase", address, "--yes"])).toMatchObject({ status: 0 });
  await running.stop();
  const log = running.talk().toLowerCase();
  expect(log).toContain('"status":503');
  const named = people.filter((one) => [one, encodeURIComponent(one)].some((form) => log.includes(form)));
  expect(named).toEqual([]);
});
