import { storeOf } from "../../src/store/database/store.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Work } from "../../src/connectors/connector.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { makePlan } from "../../src/lanes/plans/make-plan.ts";
import { performUndos } from "../../src/lanes/plans/perform-undos.ts";
import { pageTaskRunner } from "../../src/service/run-page-tasks.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import { requestUndo } from "../../src/store/writes/conflict-undos.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { mapping } from "../support/rule.ts";
import { TEST_KEYS } from "../support/test-keys.ts";
const OUT = plainConsent("unsubscribed");
const HOUR = 3_600_000;
const used = mapping({
  consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" },
  limits: { ...mapping().limits, unsubscribes: { count: 5 } },
});

let it: Engine;
beforeEach(async () => {
  it = await engine();
  it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(used);
  await it.sync(used);
});
afterEach(() => it.fresh.drop());

const contact = (): string => it.hubspot.user.all()[0]?.id ?? "";
const status = (): string | undefined =>
  it.klaviyo.user.see(it.klaviyo.user.all()[0]?.id ?? "")?.consent?.status;
const lane = () => {
  it.wait(60_000);
  return runConsent(it.deps(), used, "test");
};

test("an opt-out that could not be carried is looked for again, however long the other side is out", async () => {
  it.hubspot.user.setConsent(contact(), OUT);
  const out = problem({ code: "KL-DOWN", side: "klaviyo" });
  it.klaviyo.quirks.unavailable = (call) =>
    call === "read" || call === "write" ? new SystemUnavailable("klaviyo", out, null) : null;
  expect(await lane()).toMatchObject({ result: "stopped" });
  it.wait(2 * HOUR);
  it.klaviyo.quirks.unavailable = () => null;
  await lane();
  expect(status()).toBe("unsubscribed");
});

test("an opt-out is carried while a run still reads", async () => {
  const before = await it.fresh.database.run.count({ where: { kind: "consent" } });
  let pages = 0;
  it.hubspot.quirks.before = (call) => {
    if (call !== "pull" || (pages += 1) !== 1) return;
    // A page that takes a minute, and somebody opts out meanwhile.
    it.wait(60_000);
    it.hubspot.user.setConsent(contact(), OUT);
  };
  let whenCompared: string | undefined;
  const deps = {
    ...it.deps(),
    progress: ({ step }: { readonly step: string }) => {
      if (step === "compare") whenCompared ??= status();
    },
  };
  it.wait(60_000);
  it.hubspot.user.create("al@example.com", { firstname: "Al" }, ["all"]);
  await runContacts(deps, used, { trigger: "test" });
  expect(whenCompared).toBe("unsubscribed");
  expect(await it.fresh.database.run.count({ where: { kind: "consent" } })).toBe(before + 1);
});

test("an opt-out is carried while a run writes a long page, within a minute", async () => {
  const cost = {
    ...it.klaviyo.contacts,
    cost: ({ updates }: Work) => ({ requests: updates, seconds: updates }),
  };
  const people = Array.from({ length: 150 }, (_, n) =>
    it.hubspot.user.create(`p${n}@example.com`, { firstname: "P" }, ["all"]),
  );
  const rules = mapping({ ...used, limits: { ...used.limits, creates: { count: 200 } } });
  for (let runs = 0; runs < 2; runs += 1) await it.sync(rules);
  for (const id of people) it.hubspot.user.edit(id, { firstname: "Pat" });
  it.wait(60_000);
  let [writes, refusedAt, carriedAt] = [0, 0, 0];
  it.klaviyo.quirks.before = (call) => {
    if (call !== "write") return;
    it.wait(1_000);
    writes += 1;
    if (writes === 20) {
      it.hubspot.user.setConsent(contact(), OUT);
      refusedAt = it.deps().now().getTime();
    }
    if (carriedAt === 0 && status() === "unsubscribed") carriedAt = it.deps().now().getTime();
  };
  const deps = {
    ...it.deps(),
    now: () => it.deps().now(),
    connectors: { hubspot: it.hubspot, klaviyo: { ...it.klaviyo, contacts: cost } },
  };
  await runContacts(deps, rules, { trigger: "test" });
  expect(writes).toBeGreaterThan(149);
  expect(carriedAt - refusedAt).toBeGreaterThan(0);
  expect(carriedAt - refusedAt).toBeLessThanOrEqual(62_000);
});

test("a plan writes nothing, and lends its lease to the daemon's consent lane between two pages", async () => {
  it.hubspot.user.setConsent(contact(), OUT);
  const daemon = openDatabase(it.fresh.url, { keys: () => TEST_KEYS });
  const carried = async (): Promise<void> => {
    await expect
      .poll(() => runConsent({ ...it.deps(), database: daemon }, used, "test").catch(() => null))
      .not.toBeNull();
    order.push("opt-out");
  };
  const order: string[] = [];
  const lanes: Promise<void>[] = [];
  const isWanted = async (): Promise<boolean> =>
    (await it.fresh.database.lease.findFirstOrThrow()).wantedAt !== null;
  const contacts = {
    ...it.klaviyo.contacts,
    async *pull(...requested: Parameters<typeof it.klaviyo.contacts.pull>) {
      if (lanes.length === 0) lanes.push(carried());
      // HubSpot, read at the same time, may have lent it already.
      await expect.poll(async () => order.length > 0 || (await isWanted())).toBe(true);
      yield* it.klaviyo.contacts.pull(...requested);
    },
  };
  const connectors = { hubspot: it.hubspot, klaviyo: { ...it.klaviyo, contacts } };
  it.newWrites();
  const options = { email: null, field: null, examples: 5, out: null };
  await makePlan({ ...it.deps(), connectors }, used, options);
  order.push("plan");
  await Promise.all(lanes);
  await daemon.$disconnect();
  expect(order).toEqual(["opt-out", "plan"]);
  expect(status()).toBe("unsubscribed");
  expect(it.newWrites()).toBe(1);
});

test.each(["a dry run on a page", "putting back what lost"])(
  "an opt-out is carried while %s reads",
  async (what) => {
    it.hubspot.user.edit(contact(), { firstname: "Joan" });
    it.klaviyo.user.edit(it.klaviyo.user.all()[0]?.id ?? "", { first_name: "Joanna" });
    await it.sync(used);
    let pulls = 0;
    const conflict = await it.fresh.database.conflict.findFirstOrThrow();
    await requestUndo(storeOf(it.fresh.database, 1), conflict.id, "jo", it.deps().now());
    it.hubspot.quirks.before = (call) => {
      if (call !== "pull" || (pulls += 1) !== 1) return;
      it.wait(60_000);
      it.hubspot.user.setConsent(contact(), OUT);
    };
    const deps = { ...it.deps(), now: () => it.deps().now() };
    if (what.startsWith("a dry run")) {
      const tasks = pageTaskRunner({
        current: () => ({ deps, mapping: used }),
        wake: () => {},
        failed: () => {},
      });
      tasks.begin({ kind: "dry_run" }, "jo");
      await tasks.work();
    } else await performUndos(deps, used);
    expect(status()).toBe("unsubscribed");
  },
);
