import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SubscribeGate } from "../../src/connectors/consent-port.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { Clearance } from "../../src/model/clearance.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import { sealing } from "../../src/store/chains/seals.ts";
import { ledgerOf } from "../../src/store/consent/consent-ledger.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import type { Acts } from "./acts.ts";
import { actsIn } from "./acts.ts";
import { SUBSCRIBING } from "./subscribing.ts";
import { storeOf } from "../../src/store/database/store.ts";
const JO = "jo@example.com";

describe("SUBSCRIBING, in trouble", () => {
  let it: Engine;
  let acts: Acts;

  const requested = () => it.klaviyo.requests().get("subscribe") ?? 0;
  const profile = () => it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === JO);
  const status = () => profile()?.consent?.status;
  const kinds = async () =>
    (await ledgerOf(storeOf(it.fresh.database, 1), JO)).map(({ kind, side }) => `${side} ${kind}`);
  const consentLane = async () => {
    it.wait(60_000);
    return runConsent(it.deps(), SUBSCRIBING, "test");
  };

  beforeEach(async () => {
    it = await engine();
    acts = actsIn(it.klaviyo, () => it.deps().now().getTime());
  });
  afterEach(() => it.fresh.drop());

  /** In HubSpot's list, and made in Klaviyo by a mapping that subscribes nobody. */
  async function jo(): Promise<string> {
    const rules = SUBSCRIBING.rules.map((rule) => ({ ...rule, subscribe: false }));
    it.hubspot.user.create(JO, { firstname: "Jo" }, ["all"]);
    for (let runs = 0; runs < 2; runs += 1) await it.sync({ ...SUBSCRIBING, rules, hash: "quiet" });
    return profile()?.id ?? "";
  }

  test("a run of another lane, or one that stopped at once, makes no ledger reliable", async () => {
    const id = await jo();
    it.wait(26 * 3_600_000);
    acts.unsubscribe(id);
    acts.signUp(id);
    it.hubspot.user.create("other@example.com", {}, ["all"]);
    it.hubspot.user.setConsent(it.hubspot.user.all()[0]?.id ?? "", plainConsent("unsubscribed"));
    await consentLane();
    it.klaviyo.quirks.unavailable = (call) =>
      call === "pull" ? new SystemUnavailable("klaviyo", problem(), null) : null;
    expect((await it.sync(SUBSCRIBING)).result).toBe("stopped");
    it.klaviyo.quirks.unavailable = () => null;
    await it.sync(SUBSCRIBING);
    const run = await it.sync(SUBSCRIBING);
    expect(run.exceeded).toMatchObject([{ action: "subscribes", planned: 1, allowed: 0 }]);
  });

  test("a key that may not subscribe asks for nobody, and writes nobody down as asked for", async () => {
    await jo();
    const { connectors, ...deps } = it.deps();
    const mayNot = { ...it.klaviyo, consent: { ...it.klaviyo.consent, mayWrite: async () => false } };
    const run = await runContacts({ ...deps, connectors: { ...connectors, klaviyo: mayNot } }, SUBSCRIBING, {
      trigger: "test",
    });
    expect(run).toMatchObject({ result: "stopped", stoppedBy: { code: "KL-SCOPE" } });
    expect([requested(), await kinds()]).toEqual([0, []]);
    await it.sync(SUBSCRIBING);
    expect([requested(), status()]).toEqual([1, "subscribed"]);
  });

  test("anybody who refuses after it was planned is not asked for at all: nothing has to be put back", async () => {
    const id = await jo();
    let planned = false;
    it.klaviyo.quirks.before = (call) => {
      // The first thing that is done for a plan which wants somebody subscribed, and the last before they are read.
      if (call === "refusals") planned = true;
      if (call === "read" && planned) it.klaviyo.user.setConsent(id, plainConsent("unsubscribed"));
    };
    expect((await it.sync(SUBSCRIBING)).counts).toMatchObject({ asked: 0, blocked: 1 });
    expect([requested(), status()]).toEqual([0, "unsubscribed"]);
  });

  test("nobody is asked for whom the ledger has as asked for since they were planned", async () => {
    await jo();
    const { connectors, ...deps } = it.deps();
    const { subscribe } = it.klaviyo.consent;
    // As another process does that works on the same connection.
    const meanwhile: typeof subscribe = async (...given) => {
      await sealing(
        storeOf(it.fresh.database, 1),
        "consent",
        ({ statements }) => statements.$executeRaw`
        INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at, list)
        SELECT 1, consent_subject(${JO}), 'email', 'asked', 'klaviyo', '{}', min(id), now(), 'newsletter' FROM run`,
      );
      return subscribe?.(...given) ?? [];
    };
    const klaviyo = { ...it.klaviyo, consent: { ...it.klaviyo.consent, subscribe: meanwhile } };
    const run = await runContacts({ ...deps, connectors: { ...connectors, klaviyo } }, SUBSCRIBING, {
      trigger: "test",
    });
    expect(run.counts).toMatchObject({ asked: 0 });
    expect([it.klaviyo.requested, status()]).toEqual([[], "never_subscribed"]);
  });

  test("whom Klaviyo certainly refused to subscribe the ledger says so, and nobody waits for them", async () => {
    await jo();
    const { connectors, ...deps } = it.deps();
    const title = "Klaviyo does not take this address";
    const refuses = async (people: readonly Clearance[], gate: SubscribeGate) => {
      (await gate.admit(people))?.permit.use();
      return people.map(() => ({ outcome: "refused", problem: problem({ title }) }) as const);
    };
    const klaviyo = { ...it.klaviyo, consent: { ...it.klaviyo.consent, subscribe: refuses } };
    it.wait(60_000);
    await runContacts({ ...deps, now: it.deps().now, connectors: { ...connectors, klaviyo } }, SUBSCRIBING, {
      trigger: "test",
    });
    const [, blocked] = await ledgerOf(storeOf(it.fresh.database, 1), JO);
    expect(blocked).toMatchObject({
      kind: "blocked",
      evidence: { because: `Klaviyo rejected the request: ${title}` },
    });
    it.wait(3_700_000);
    await consentLane();
    expect(await it.fresh.database.problem.findMany({ where: { code: "SK-UNCONFIRMED" } })).toEqual([]);
  });

  test("a subscription of ours that takes effect late is no act of theirs: their refusal stands", async () => {
    const id = await jo();
    it.klaviyo.quirks.before = (call) => {
      if (call === "subscribe") throw new Error("cut off");
    };
    await expect(it.sync(SUBSCRIBING)).rejects.toThrow("cut off");
    it.klaviyo.quirks.before = () => {};
    for (const word of ["unsubscribed", "subscribed"] as const) {
      it.klaviyo.user.setConsent(id, plainConsent(word));
      await it.sync(SUBSCRIBING);
    }
    expect(await kinds()).not.toContain("klaviyo opted_in");
    await consentLane();
    expect(status()).toBe("unsubscribed");
  });

  test("an address that bounces right afterwards is no refusal: nobody is unsubscribed", async () => {
    const id = await jo();
    await it.sync(SUBSCRIBING);
    acts.suppress(id, "HARD_BOUNCE");
    await it.sync(SUBSCRIBING);
    await consentLane();
    await it.sync(SUBSCRIBING);
    expect(status()).toBe("subscribed");
    expect(await kinds()).not.toContain("klaviyo restored");
    expect(await it.fresh.database.problem.findMany({ where: { code: "SK-OVERRULED" } })).toEqual([]);
  });

  test("a refusal that it went over is put back, whatever the limit says", async () => {
    const id = await jo();
    it.klaviyo.quirks.before = (call) => {
      if (call === "subscribe") acts.unsubscribe(id);
    };
    await it.sync(SUBSCRIBING);
    it.klaviyo.quirks.before = () => {};
    it.wait(60_000);
    const strict = { ...SUBSCRIBING, limits: { ...SUBSCRIBING.limits, unsubscribes: { count: 0 } } };
    await runConsent(it.deps(), strict, "test");
    expect(status()).toBe("unsubscribed");
  });

  test.each([
    ["by a clock of Klaviyo's that is 90 seconds behind", 90_000, 90_000],
    ["by a clock that was put right between the asking and the looking", 40_000, 0],
    ["a moment before the reading, and not done by then", 5_000, 0],
  ])("a refusal that it went over, told %s, is put back", async (_told, earlierMs, skewMs) => {
    const id = await jo();
    it.klaviyo.quirks.skewMs = skewMs;
    const told = actsIn(it.klaviyo, () => it.deps().now().getTime() - earlierMs);
    it.klaviyo.quirks.before = (call) => {
      if (call === "subscribe") told.unsubscribe(id);
    };
    await it.sync(SUBSCRIBING);
    it.klaviyo.quirks.before = () => {};
    expect(status()).toBe("subscribed");
    await consentLane();
    expect(status()).toBe("unsubscribed");
    expect(await kinds()).toContain("klaviyo restored");
  });
});
