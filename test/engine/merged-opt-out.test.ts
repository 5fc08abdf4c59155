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

const mailing = mapping({
  rules: [scopeRule("customers", "hubspot", "all"), scopeRule("leads", "klaviyo", "engaged")],
  consent: { unsubscribeFrom: [{ nameOrId: "1", line: 1, column: 1 }], hubspotOptOut: "unsubscribe" },
  limits: { ...plain.limits, unsubscribes: { count: 10 } },
});
const people = (...names: readonly string[]): readonly string[] =>
  names.map((name) => it.hubspot.user.create(`${name}@example.com`, { firstname: name }, ["all"]));
const cycle = async (): Promise<void> => {
  it.wait(20 * 60_000);
  await runConsent(it.deps(), mailing, "test");
  await it.sync(mailing);
};

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
  const { hubspot, klaviyo } = it;
  const [jo = "", ann = "", sue = ""] = people("jo", "ann", "sue");
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

for (const side of ["hubspot", "klaviyo"] as const) {
  test(`who opted out in ${side} stays so though the contact that is left of a merge took their address before`, async () => {
    const { hubspot, klaviyo } = it;
    const [zoe = "", jo = ""] = people("zoe", "jo");
    await cycle();
    klaviyo.user.create("ann@example.com", { first_name: "ann" }, ["engaged"]);
    await cycle();
    const ann = hubspot.user.all().at(-1)?.id ?? "";
    const [profileOfZoe = "", profileOfJo = ""] = ["zoe@example.com", "jo@example.com"].map(
      (email) => klaviyo.user.all().find(({ shownEmail }) => shownEmail === email)?.id,
    );
    it[side].user.setConsent(side === "hubspot" ? jo : profileOfJo, plainConsent("unsubscribed"));
    await cycle();
    hubspot.user.delete(zoe);
    await cycle();
    hubspot.user.changeEmail(jo, "ann@example.com");
    hubspot.user.changeEmail(ann, "jo@example.com");
    hubspot.user.merge(ann, jo);
    klaviyo.user.changeEmail(profileOfJo, "zoe@example.com");
    klaviyo.user.changeEmail(profileOfZoe, "jo@example.com");
    for (let run = 0; run < 2; run += 1) await cycle();
    expect(await it.fresh.database.link.findMany({ where: { hubspotId: ann } })).toMatchObject([
      { klaviyoId: profileOfZoe, emailKey: "jo@example.com" },
    ]);
    expect(hubspot.user.see(ann)?.consent?.optedOutTypes).toEqual(["1"]);
    expect(klaviyo.user.see(profileOfZoe)?.consent?.status).toBe("unsubscribed");
  });
}

test("an opt-out that a merge lost is put back although the profile is gone", async () => {
  const { hubspot, klaviyo } = it;
  const [jo = ""] = people("jo");
  await cycle();
  hubspot.user.setConsent(jo, plainConsent("unsubscribed"));
  klaviyo.user.delete(klaviyo.user.all()[0]?.id ?? "");
  await cycle();
  const [sue = ""] = people("sue");
  hubspot.user.merge(sue, jo);
  await cycle();
  expect(hubspot.user.see(sue)?.consent?.optedOutTypes).toEqual(["1"]);
});
