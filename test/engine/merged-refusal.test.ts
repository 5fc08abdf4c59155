import { afterEach, beforeEach, expect, test } from "vitest";
import { memory } from "../../src/connectors/memory/index.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping, scopeRule } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => {
  const optOutTypes = [{ id: "1", name: "Marketing" }];
  it = await engine((side, options) =>
    memory(side, { ...options, ...(side === "hubspot" ? { optOutTypes } : {}) }),
  );
});
afterEach(() => it.fresh.drop());

const newsletter = { kind: "list", nameOrId: "newsletter", line: 1, column: 1 } as const;
const plain = mapping();
const carrying = mapping({
  rules: [scopeRule("customers", "hubspot", "all", { addToLists: [newsletter] })],
  consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" },
  limits: { ...plain.limits, unsubscribes: { count: 10 } },
});

test("a contact that changed its address, refused and was merged away is one link, and ends no run", async () => {
  const { user } = it.hubspot;
  const cycle = async () => {
    it.wait(60_000);
    await runConsent(it.deps(), carrying, "test");
    await it.sync(carrying);
  };
  const old = user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await cycle();
  user.changeEmail(old, "jo.new@example.com");
  await cycle();
  await cycle();
  user.setConsent(old, plainConsent("unsubscribed"));
  await it.sync(carrying);
  const survivor = user.create("jo.merged@example.com", { firstname: "Jo" }, ["all"]);
  user.merge(survivor, old);
  user.setConsent(survivor, plainConsent("unsubscribed"));
  await cycle();
  await cycle();
  const links = await it.fresh.database.link.findMany({ where: { hubspotId: survivor } });
  expect(links.map(({ klaviyoId }) => klaviyoId)).toEqual([it.klaviyo.user.all()[0]?.id]);
  expect(it.klaviyo.user.all()).toHaveLength(1);
});

test("an opt-out that was carried to a contact is carried to the one that takes its place by a merge", async () => {
  const mailing = mapping({
    consent: { unsubscribeFrom: [{ nameOrId: "1", line: 1, column: 1 }], hubspotOptOut: "unsubscribe" },
    limits: { ...plain.limits, unsubscribes: { count: 10 } },
  });
  const { hubspot, klaviyo } = it;
  const [jo = "", ann = "", sue = ""] = ["jo", "ann", "sue"].map((name) =>
    hubspot.user.create(`${name}@example.com`, { firstname: name }, ["all"]),
  );
  const cycle = async () => {
    it.wait(20 * 60_000);
    await runConsent(it.deps(), mailing, "test");
    await it.sync(mailing);
  };
  await cycle();
  const profile = klaviyo.user.all().find(({ shownEmail }) => shownEmail === "jo@example.com");
  klaviyo.user.setConsent(profile?.id ?? "", plainConsent("unsubscribed"));
  await cycle();
  hubspot.user.merge(ann, jo);
  await cycle();
  hubspot.user.merge(sue, ann);
  await cycle();
  await cycle();
  expect(hubspot.user.see(sue)?.consent?.optedOutTypes).toEqual(["1"]);
  expect(klaviyo.user.all().map(({ consent }) => consent?.status)).toEqual([
    "unsubscribed",
    "unsubscribed",
    "unsubscribed",
  ]);
});
