import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { watchOptOuts } from "../../src/consent/watch-opt-outs.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import { ledgerOf } from "../../src/store/consent/consent-ledger.ts";
import { recordChangedConsent } from "../../src/store/consent/record-consent.ts";
import { refusedAmong } from "../../src/store/consent/tombstones.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { mapping, scopeRule } from "../support/rule.ts";
import { NO_RUN } from "../../src/store/runs/runs.ts";
import { storeOf } from "../../src/store/database/store.ts";
const JO = "jo@example.com";
const OUT = plainConsent("unsubscribed");
const IN = plainConsent("subscribed");
const HOUR = 3_600_000;

describe("a refusal is not lost", () => {
  let it: Engine;
  const plain = mapping({
    consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" },
    limits: { ...mapping().limits, unsubscribes: { count: 5 }, subscribes: { count: 100 } },
  });
  const newsletter = { kind: "list", nameOrId: "newsletter", line: 1, column: 1 } as const;
  const subscribing: Mapping = {
    ...plain,
    rules: [scopeRule("customers", "hubspot", "all", { addToLists: [newsletter], subscribe: true })],
    hash: "subscribing",
  };
  const contact = () => it.hubspot.user.all()[0]?.id ?? "";
  const profile = () => it.klaviyo.user.all()[0]?.id ?? "";
  const status = () => it.klaviyo.user.see(profile())?.consent?.status;
  const kinds = async (email = JO) =>
    (await ledgerOf(storeOf(it.fresh.database, 1), email)).map(({ kind, side }) => `${side} ${kind}`);
  const lane = async (used = plain) => {
    it.wait(60_000);
    return runConsent(it.deps(), used, "test");
  };

  beforeEach(async () => void (it = await engine()));
  afterEach(() => it.fresh.drop());

  async function jo(): Promise<void> {
    it.hubspot.user.create(JO, { firstname: "Jo" }, ["all"]);
    await it.sync(plain);
    await it.sync(plain);
  }

  /** Their address is another now, on both sides. */
  async function now(email: string): Promise<void> {
    it.hubspot.user.changeEmail(contact(), email);
    it.klaviyo.user.changeEmail(profile(), email);
    await it.sync(plain);
    await it.sync(plain);
  }

  test("by an address that changed: what is refused is the address that they have now", async () => {
    await jo();
    await now("joan@example.com");
    it.hubspot.user.setConsent(contact(), OUT);
    await lane();
    expect(it.klaviyo.writes.at(-1)?.operation).toMatchObject({ kind: "opt_out", email: "joan@example.com" });
  });

  test("by a system that was out for longer than its changes are looked at again", async () => {
    await jo();
    it.hubspot.user.setConsent(contact(), OUT);
    it.klaviyo.quirks.unavailable = (call) =>
      call === "read" ? new SystemUnavailable("klaviyo", problem(), null) : null;
    expect((await lane()).result).toBe("stopped");
    it.klaviyo.quirks.unavailable = () => null;
    it.wait(HOUR);
    // No run of the contact lane in between, as in quiet times.
    expect((await lane()).counts["carried"]).toBe(1);
    expect(status()).toBe("unsubscribed");
  });

  test("by what was seen before it: only something newer is their own act", async () => {
    await jo();
    it.klaviyo.user.setConsent(profile(), IN);
    await it.sync(plain);
    it.wait(60_000);
    it.klaviyo.user.setConsent(profile(), OUT);
    // Killed between the ledger and the reading of the profile.
    await watchOptOuts({ ...it.deps(), store: storeOf(it.fresh.database, 1) }, NO_RUN);
    it.wait(1_000);
    await recordChangedConsent(storeOf(it.fresh.database, 1), NO_RUN, it.deps().now());
    const first = ["klaviyo first_opted_in", "klaviyo opted_out"];
    expect(await kinds()).toEqual(first);
    it.wait(60_000);
    it.klaviyo.user.setConsent(profile(), IN);
    await it.sync(plain);
    expect(await kinds()).toEqual([...first, "klaviyo opted_in"]);
  });

  test("by an older act under another address: the latest of all their addresses counts", async () => {
    await jo();
    for (const consent of [OUT, IN]) {
      it.klaviyo.user.setConsent(profile(), consent);
      await it.sync(plain);
    }
    await now("joan@example.com");
    it.klaviyo.user.setConsent(profile(), OUT);
    await it.sync(plain);
    expect(await refusedAmong(storeOf(it.fresh.database, 1), [JO, "joan@example.com"])).toEqual(
      new Set([JO, "joan@example.com"]),
    );
  });

  test("under an additional address that nobody ever saw the profile of", async () => {
    const old = it.klaviyo.user.create("old@example.com");
    it.klaviyo.user.setConsent(old, OUT);
    it.wait(72 * HOUR);
    it.hubspot.user.create(JO, { firstname: "Jo" }, ["all"]);
    it.hubspot.user.addEmail(contact(), "old@example.com");
    for (let runs = 0; runs < 3; runs += 1) await it.sync(subscribing);
    expect(it.klaviyo.requested).toEqual([]);
  });

  test("among so many at once that a person is asked first, however they are parted", async () => {
    const people = 520;
    for (let index = 0; index < people; index += 1) {
      it.hubspot.user.create(`p${index}@example.com`, {}, ["all"]);
      it.klaviyo.user.create(`p${index}@example.com`);
    }
    await it.sync(plain);
    for (const { id } of it.hubspot.user.all()) it.hubspot.user.setConsent(id, OUT);
    const limited = { ...plain, limits: { ...plain.limits, unsubscribes: { count: 500 } } };
    expect((await lane(limited)).counts).toMatchObject({ people, carried: 0 });
  });
});
