import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import type { Acts } from "./acts.ts";
import { actsIn } from "./acts.ts";
import { SUBSCRIBING } from "./subscribing.ts";

const JO = "jo@example.com";
const JOAN = "joan@example.com";

describe("somebody who was asked for and has another address since", () => {
  let it: Engine;
  let acts: Acts;
  const contact = () => it.hubspot.user.all()[0]?.id ?? "";
  const profile = () => it.klaviyo.user.all()[0]?.id ?? "";
  const status = () => it.klaviyo.user.see(profile())?.consent?.status;
  const lane = async () => {
    it.wait(60_000);
    return runConsent(it.deps(), SUBSCRIBING, "test");
  };

  beforeEach(async () => {
    it = await engine();
    acts = actsIn(it.klaviyo, () => it.deps().now().getTime());
  });
  afterEach(() => it.fresh.drop());

  /** Asked for, with something that happens right before the call. */
  async function requestSubscribe(meanwhile: () => void = () => {}): Promise<void> {
    const rules = SUBSCRIBING.rules.map((rule) => ({ ...rule, subscribe: false }));
    it.hubspot.user.create(JO, { firstname: "Jo" }, ["all"]);
    for (let runs = 0; runs < 2; runs += 1) await it.sync({ ...SUBSCRIBING, rules, hash: "quiet" });
    it.klaviyo.quirks.before = (call) => {
      if (call === "subscribe") meanwhile();
    };
    await it.sync(SUBSCRIBING);
    it.klaviyo.quirks.before = () => {};
    expect(it.klaviyo.requested).toHaveLength(1);
  }

  async function moved(): Promise<void> {
    it.hubspot.user.changeEmail(contact(), JOAN);
    it.klaviyo.user.changeEmail(profile(), JOAN);
    for (let runs = 0; runs < 2; runs += 1) await it.sync(SUBSCRIBING);
  }

  test("is unsubscribed again where it went over a refusal that nobody had seen by then", async () => {
    await requestSubscribe(() => acts.unsubscribe(profile()));
    await moved();
    expect(status()).toBe("subscribed");
    await lane();
    expect(status()).toBe("unsubscribed");
  });

  test("is unsubscribed again where Klaviyo was out when that was found", async () => {
    await requestSubscribe(() => acts.unsubscribe(profile()));
    it.klaviyo.quirks.unavailable = (call) =>
      call === "write" ? new SystemUnavailable("klaviyo", problem(), null) : null;
    await lane();
    it.klaviyo.quirks.unavailable = () => null;
    expect(status()).toBe("subscribed");
    await moved();
    await lane();
    expect(status()).toBe("unsubscribed");
  });

  test("is not asked for again", async () => {
    await requestSubscribe();
    // As on a list with double opt-in that they never confirmed.
    it.klaviyo.user.setConsent(profile(), plainConsent("never_subscribed"));
    await moved();
    await it.sync({ ...SUBSCRIBING, hash: "again" });
    expect(it.klaviyo.requested).toHaveLength(1);
  });
});
