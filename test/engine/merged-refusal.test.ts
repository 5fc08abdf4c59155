import { afterEach, beforeEach, expect, test } from "vitest";
import { runConsent } from "../../src/daemon/consent-lane.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping, scopeRule } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
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
