import { afterEach, beforeEach, expect, test } from "vitest";
import { runConsent } from "../../src/daemon/consent-lane.ts";
import { runContacts } from "../../src/daemon/run-contacts.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { mapping } from "../support/rule.ts";

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
