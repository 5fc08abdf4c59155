import { expect, onTestFinished, test } from "vitest";
import { plainConsent } from "../../src/model/consent.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";

test("a refusal is sent before anything else is written of its person, on either side", async () => {
  const it = await engine();
  onTestFinished(() => it.fresh.drop());
  const used = mapping({
    consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" },
    limits: { ...mapping().limits, creates: { count: 9 }, unsubscribes: { count: 9 } },
  });
  const contact = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  for (let runs = 0; runs < 2; runs += 1) await it.sync(used);
  const [profile] = it.klaviyo.user.all();
  it.klaviyo.user.join(profile?.id ?? "", "engaged");
  it.klaviyo.user.edit(profile?.id ?? "", { first_name: "Joan" });
  it.hubspot.user.setConsent(contact, plainConsent("unsubscribed"));
  const written: Side[] = [];
  for (const side of SIDES) {
    it[side].quirks.before = (call) => {
      if (call === "write" && written.at(-1) !== side) written.push(side);
    };
  }
  await it.sync(used);
  expect(it.klaviyo.writes.at(-1)?.operation.kind).toBe("opt_out");
  expect(it.hubspot.writes.at(-1)?.operation.kind).toBe("update");
  expect(written).toEqual(["klaviyo", "hubspot"]);
});
