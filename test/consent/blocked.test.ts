import { afterEach, beforeEach, expect, test } from "vitest";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import type { Consent } from "../../src/model/consent.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { ledgerOf, verdictOfEntry } from "../../src/store/consent/consent-ledger.ts";
import { recordChangedConsent } from "../../src/store/consent/record-consent.ts";
import { NO_RUN } from "../../src/store/runs/runs.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { shownConsent } from "../support/shown-consent.ts";
import { SUBSCRIBING } from "./subscribing.ts";
import { storeOf } from "../../src/store/database/store.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const JO = "jo@example.com";
const NEVER = plainConsent("never_subscribed");
const suppressed = (reason: string): Consent => ({
  ...NEVER,
  suppressions: [{ reason, at: "2026-11-01T07:00:00Z" }],
});

test.each([
  ["unsubscribed in Klaviyo", { klaviyo: plainConsent("unsubscribed") }],
  ["suppressed in Klaviyo: HARD_BOUNCE", { klaviyo: suppressed("HARD_BOUNCE") }],
  ["suppressed in Klaviyo: OF_TOMORROW", { klaviyo: suppressed("OF_TOMORROW") }],
  ["opted out of email of this kind in HubSpot", { hubspot: { ...NEVER, optedOutTypes: ["7"] } }],
])(
  "whom a rule wants subscribed and Tandem does not ask for is blocked in the ledger once: %s",
  async (because, shown) => {
    const contact = it.hubspot.user.create(JO, { firstname: "Jo" }, ["all"]);
    const profile = it.klaviyo.user.create(JO);
    const consents: { readonly klaviyo?: Consent; readonly hubspot?: Consent } = shown;
    it.klaviyo.user.setConsent(profile, consents.klaviyo ?? NEVER);
    it.hubspot.user.setConsent(contact, consents.hubspot ?? NEVER);
    const first = await it.sync(SUBSCRIBING);
    const told = [first.counts["blocked"], (await it.sync(SUBSCRIBING)).counts["blocked"]];
    for (let runs = 0; runs < 2; runs += 1) await it.sync({ ...SUBSCRIBING, hash: String(runs) });
    const blocked = (await ledgerOf(storeOf(it.fresh.database, 1), JO)).filter(
      ({ kind }) => kind === "blocked",
    );
    expect(blocked.map(({ evidence, list }) => [evidence, list])).toContainEqual([
      { because },
      blocked[0]?.list ?? "",
    ]);
    const reasons = blocked.map(({ evidence }) => JSON.stringify(evidence));
    expect(new Set(reasons).size).toBe(reasons.length);
    expect(told.reduce((sum = 0, one = 0) => sum + one, 0)).toBeGreaterThan(0);
    expect(it.klaviyo.requests().get("subscribe") ?? 0).toBe(0);
  },
);

test("a run records whose snapshot changed, and goes over everybody only the first time and after a clock was put back", async () => {
  const { database } = it.fresh;
  it.hubspot.user.create(JO, { firstname: "Jo" }, ["all"]);
  await it.sync(SUBSCRIBING);
  await it.sync(SUBSCRIBING);
  for (let runs = 0; runs < 2; runs += 1) {
    it.wait(60 * 60_000);
    await it.sync(SUBSCRIBING);
  }
  const record = (now: Date) => recordChangedConsent(storeOf(database, 1), NO_RUN, now);
  const now = it.deps().now();
  const kinds = async () => (await ledgerOf(storeOf(database, 1), JO)).map(({ kind }) => kind);
  // Past Tandem, so that its time says that it did not change.
  const where = { side: "klaviyo" };
  await database.sighting.updateMany({ where, data: shownConsent(plainConsent("unsubscribed")) });
  expect((await record(now)).optedOut).toBe(0);
  await database.sighting.updateMany({ where, data: { seenAt: now } });
  expect((await record(now)).optedOut).toBe(1);
  expect(await kinds()).toContain("opted_out");
  await database.sighting.updateMany({
    where: { side: "hubspot" },
    data: shownConsent(plainConsent("unsubscribed")),
  });
  expect((await record(now)).optedOut).toBe(0);
  expect((await record(new Date(now.getTime() - 24 * 60 * 60_000))).optedOut).toBe(1);
  for (const entry of await ledgerOf(storeOf(database, 1), JO))
    expect(entry.verdict).toBe(verdictOfEntry(entry));
});

test("an opt-out of an address that nobody is linked by is found by the person who has it besides", async () => {
  const { database } = it.fresh;
  const contact = it.hubspot.user.create(JO, { firstname: "Jo" }, ["all"]);
  it.hubspot.user.addEmail(contact, "jo.old@example.com");
  await it.sync(SUBSCRIBING);
  await it.sync(SUBSCRIBING);
  const profile = it.klaviyo.user.create("jo.old@example.com");
  it.klaviyo.user.setConsent(profile, plainConsent("unsubscribed"));
  it.wait(60 * 60_000);
  await runConsent(it.deps(), SUBSCRIBING, "test");
  await it.sync(SUBSCRIBING);
  expect((await ledgerOf(storeOf(database, 1), JO)).map(({ kind }) => kind)).toContain("opted_out");
});
