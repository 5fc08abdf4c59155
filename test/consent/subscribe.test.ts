import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyPlan } from "../../src/lanes/plans/apply-plan.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { makePlan } from "../../src/lanes/plans/make-plan.ts";
import { readPlanFile } from "../../src/lanes/plans/plan-file.ts";
import { makeUndo } from "../../src/lanes/plans/undo.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { ledgerOf } from "../../src/store/consent/consent-ledger.ts";
import { decideHold, waitingHold } from "../../src/store/runs/holds.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";
import type { Acts } from "./acts.ts";
import { actsIn } from "./acts.ts";
import { SUBSCRIBING } from "./subscribing.ts";
import { TEST_KEYS } from "../support/test-keys.ts";
import { storeOf } from "../../src/store/database/store.ts";
const NEVER = plainConsent("never_subscribed");
const JO = "jo@example.com";
/** A cycle has so many calls, give or take a page. */
const MOST_INSTANTS = 40;

describe("subscribing (P9)", () => {
  let it: Engine;
  let acts: Acts;
  const plain = mapping();

  const requested = () => it.klaviyo.requests().get("subscribe") ?? 0;
  const now = () => it.deps().now().getTime();
  const profile = (email = JO) => {
    const found = it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === email);
    if (found === undefined) throw new Error(`${email} is not in Klaviyo`);
    return found;
  };
  const status = (email = JO) => profile(email).consent?.status;
  const kinds = async (email = JO) =>
    (await ledgerOf(storeOf(it.fresh.database, 1), email)).map(({ kind, side }) => `${side} ${kind}`);
  /** Requests that named somebody whom an earlier one had named. */
  const requestedTwice = async () => {
    const rows = await it.fresh.database.$queryRaw<{ subject: string }[]>`
      SELECT subject FROM consent_ledger WHERE kind = 'asked' GROUP BY subject, list HAVING count(*) > 1`;
    const calls = it.klaviyo.requested.map(({ email, list }) => `${email} ${list}`);
    return [...rows, ...calls.filter((call, index) => calls.indexOf(call) !== index)];
  };
  const consentLane = async () => {
    it.wait(60_000);
    return runConsent(it.deps(), SUBSCRIBING, "test");
  };

  beforeEach(async () => {
    it = await engine();
    acts = actsIn(it.klaviyo, now);
  });
  afterEach(() => it.fresh.drop());

  /** In HubSpot's list, and made in Klaviyo by a mapping that subscribes nobody. */
  async function jo(): Promise<string> {
    const quiet = {
      ...SUBSCRIBING,
      hash: "quiet",
      rules: SUBSCRIBING.rules.map((rule) => ({ ...rule, subscribe: false })),
    };
    it.hubspot.user.create(JO, { firstname: "Jo" }, ["all"]);
    await it.sync(quiet);
    await it.sync(quiet);
    return profile().id;
  }

  test("asks once for whom a rule wants, and never again", async () => {
    await jo();
    const run = await it.sync(SUBSCRIBING);
    expect(run.counts).toMatchObject({ asked: 1, blocked: 0 });
    expect(status()).toBe("subscribed");
    for (let runs = 0; runs < 3; runs += 1) await it.sync({ ...SUBSCRIBING, hash: String(runs) });
    expect(requested()).toBe(1);
    expect(await kinds()).toEqual(["klaviyo asked"]);
  });

  test("asks nobody where no rule says so", async () => {
    it.hubspot.user.create(JO, { firstname: "Jo" }, ["all"]);
    await it.sync(plain);
    await it.sync(plain);
    expect([requested(), status()]).toEqual([0, "never_subscribed"]);
  });

  test("asks for nobody again who left, whatever becomes of the list, the mapping and the profile", async () => {
    const id = await jo();
    await it.sync(SUBSCRIBING);
    acts.unsubscribe(id);
    await it.sync(SUBSCRIBING);
    it.klaviyo.user.delete(id);
    await it.sync(SUBSCRIBING);
    it.klaviyo.user.create(JO, {}, ["newsletter"]);
    it.hubspot.user.edit(it.hubspot.user.all()[0]?.id ?? "", { firstname: "Joan" });
    await it.sync({ ...SUBSCRIBING, hash: "other" });
    await it.sync({ ...SUBSCRIBING, hash: "other" });
    expect(requested()).toBe(1);
    expect(status()).toBe("never_subscribed");
  });

  test("asks for nobody under a new address who refused under the old one", async () => {
    const id = await jo();
    acts.unsubscribe(id);
    await it.sync(plain);
    it.hubspot.user.changeEmail(it.hubspot.user.all()[0]?.id ?? "", "new@example.com");
    await it.sync(plain);
    await it.sync(plain);
    expect(await kinds("new@example.com")).toContain("klaviyo opted_out");
    // As if Klaviyo had forgotten it with the old address.
    it.klaviyo.user.setConsent(id, NEVER);
    await it.sync(SUBSCRIBING);
    expect(requested()).toBe(0);
  });

  test("an additional address that refused speaks for its person", async () => {
    it.klaviyo.user.create("old@example.com");
    const old = profile("old@example.com").id;
    acts.unsubscribe(old);
    await jo();
    await consentLane();
    it.hubspot.user.addEmail(it.hubspot.user.all()[0]?.id ?? "", "old@example.com");
    await it.sync(plain);
    await it.sync(SUBSCRIBING);
    expect(requested()).toBe(0);
  });

  test("more people at once than the limit lets through are asked for only when a person approves", async () => {
    await jo();
    const strict = { ...SUBSCRIBING, limits: { ...SUBSCRIBING.limits, subscribes: { count: 0 } } };
    const run = await it.sync(strict);
    expect(run.exceeded).toMatchObject([{ action: "subscribes", planned: 1, allowed: 0 }]);
    expect(requested()).toBe(0);
    await it.sync(SUBSCRIBING);
    expect(requested()).toBe(1);
  });

  test("after a long pause, as after a restored backup, a person is asked first", async () => {
    await jo();
    it.wait(26 * 3_600_000);
    const run = await it.sync(SUBSCRIBING);
    expect(run.exceeded).toMatchObject([{ action: "subscribes", planned: 1, allowed: 0 }]);
    // The pause is over, but the ledger may still lack something.
    await it.sync(SUBSCRIBING);
    expect(requested()).toBe(0);
    const hold = await waitingHold(storeOf(it.fresh.database, 1));
    const expiresAt = new Date(now() + 86_400_000);
    const decision = { state: "approved", by: "test", reason: "it was an outage", expiresAt } as const;
    await decideHold(storeOf(it.fresh.database, 1), hold?.hash ?? "", decision, new Date(now()));
    await it.sync(SUBSCRIBING);
    expect([requested(), status()]).toEqual([1, "subscribed"]);
  });

  test("after a long pause a plan says that a person is asked first, and applying it is no way round", async () => {
    await jo();
    it.wait(26 * 3_600_000);
    const folder = await mkdtemp(join(tmpdir(), "tandem-plan-"));
    const file = join(folder, "plan");
    const found = await makePlan(it.deps(), SUBSCRIBING, {
      email: null,
      field: null,
      examples: 1,
      out: file,
    });
    expect(found.exceeded).toMatchObject([{ action: "subscribes", planned: 1, allowed: 0 }]);
    const plan = await readPlanFile(file, TEST_KEYS.files);
    expect(await applyPlan(it.deps(), SUBSCRIBING, plan, null)).toMatchObject({ runId: null });
    // Another plan in between does not make the ledger reliable.
    await makeUndo(it.deps(), SUBSCRIBING, { email: JO }, file, 0);
    await applyPlan(it.deps(), SUBSCRIBING, await readPlanFile(file, TEST_KEYS.files), null);
    await it.sync(SUBSCRIBING);
    expect(requested()).toBe(0);
    await rm(folder, { recursive: true });
  });

  test("being killed between writing down and asking asks nobody, then or later", async () => {
    await jo();
    it.klaviyo.quirks.before = (call) => {
      if (call === "subscribe") throw new Error("killed");
    };
    await expect(it.sync(SUBSCRIBING)).rejects.toThrow("killed");
    it.klaviyo.quirks.before = () => {};
    await it.sync(SUBSCRIBING);
    expect([requested(), status()]).toEqual([1, "never_subscribed"]);
    it.wait(3_700_000);
    await consentLane();
    const problems = await it.fresh.database.problem.findMany({ where: { code: "SK-UNCONFIRMED" } });
    expect(problems).toHaveLength(1);
  });

  test("a refusal that it went over is put back, and told", async () => {
    const id = await jo();
    it.klaviyo.quirks.before = (call) => {
      if (call === "subscribe") acts.unsubscribe(id);
    };
    await it.sync(SUBSCRIBING);
    it.klaviyo.quirks.before = () => {};
    expect(status()).toBe("subscribed");
    await consentLane();
    expect(status()).toBe("unsubscribed");
    expect(await kinds()).toContain("klaviyo restored");
    const problems = await it.fresh.database.problem.findMany({ where: { code: "SK-OVERRULED" } });
    expect(problems).toHaveLength(1);
    await it.sync(SUBSCRIBING);
    await consentLane();
    expect([requested(), status()]).toEqual([1, "unsubscribed"]);
  });

  test("somebody who refuses later, and comes back by their own act, stays", async () => {
    const id = await jo();
    await it.sync(SUBSCRIBING);
    it.wait(1_200_000);
    acts.unsubscribe(id);
    await consentLane();
    acts.signUp(id);
    await consentLane();
    await it.sync(SUBSCRIBING);
    expect(status()).toBe("subscribed");
  });

  const optOuts: readonly (readonly [string, (id: string, email: string) => void])[] = [
    ["unsubscribes", (id) => acts.unsubscribe(id)],
    ["complains", (id) => acts.complain(id)],
    [
      "refuses in HubSpot",
      (_id, email) => {
        const contact = it.hubspot.user.all().find(({ shownEmail }) => shownEmail === email);
        it.hubspot.user.setConsent(contact?.id ?? "", plainConsent("unsubscribed"));
      },
    ],
  ];
  /** Who is next: each of them is put on HubSpot's list, made in Klaviyo, and about to be asked for. */
  async function aboutToBeSubscribed(email: string): Promise<string> {
    it.hubspot.user.create(email, { firstname: "Jo" }, ["all"]);
    await it.sync(SUBSCRIBING);
    return profile(email).id;
  }

  /** What happens before the so-and-so-manieth call of a cycle to either system. */
  async function cycleWith(instant: number, happens: () => void): Promise<number> {
    let calls = 0;
    const step = (): void => {
      calls += 1;
      if (calls === instant) happens();
    };
    it.klaviyo.quirks.before = it.hubspot.quirks.before = step;
    try {
      await it.sync(SUBSCRIBING);
    } finally {
      it.klaviyo.quirks.before = it.hubspot.quirks.before = () => {};
    }
    return calls;
  }

  // At each instant around the reading, the asking and what follows.
  test.each(optOuts)("anybody who %s at any instant of it ends up not subscribed", async (how, refuse) => {
    let instants = 1;
    for (let instant = 1; instant <= instants; instant += 1) {
      const email = `p${instant}@example.com`;
      const id = await aboutToBeSubscribed(email);
      const calls = await cycleWith(instant, () => refuse(id, email));
      instants = Math.max(instants, Math.min(calls, MOST_INSTANTS));
      await consentLane();
      await it.sync(SUBSCRIBING);
      expect(status(email), `${how} at ${instant}`).not.toBe("subscribed");
    }
    expect(instants).toBeGreaterThan(10);
    expect(await requestedTwice()).toEqual([]);
  });

  test("anybody who is killed at any instant of it asks for nobody twice", async () => {
    let instants = 1;
    for (let instant = 1; instant <= instants; instant += 1) {
      const email = `p${instant}@example.com`;
      await aboutToBeSubscribed(email);
      const calls = await cycleWith(instant, () => {
        throw new Error("killed");
      }).catch(() => instant);
      instants = Math.max(instants, Math.min(calls + 1, MOST_INSTANTS));
      await it.sync(SUBSCRIBING);
      await it.sync(SUBSCRIBING);
    }
    expect(instants).toBeGreaterThan(10);
    expect(await requestedTwice()).toEqual([]);
    const people = it.klaviyo.user.all();
    // All but the one whose asking the kill came in the way of.
    expect(people.filter(({ consent }) => consent?.status === "subscribed").length).toBeGreaterThan(
      people.length - 3,
    );
  });
});
