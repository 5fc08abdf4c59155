import { afterEach, beforeEach, expect, test } from "vitest";
import { erasePerson } from "../../src/lanes/erase-person.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { key } from "../support/email.ts";
import { mapping, scopeRule } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const rules = mapping({ rules: [scopeRule("leads", "klaviyo", "engaged")] });

/** Jo's contact stays in HubSpot, and nothing of it in Tandem. */
async function erased(): Promise<string> {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" });
  it.klaviyo.user.create("jo@example.com", { first_name: "Jo" }, ["engaged"]);
  await it.sync(rules);
  await erasePerson(it.deps(), key("jo@example.com"));
  return jo;
}

test("a create whose address an erased person's contact has is told, and not sent in each run", async () => {
  it.hubspot.user.addEmail(await erased(), "ann@example.com");
  it.klaviyo.user.create("ann@example.com", { first_name: "Ann" }, ["engaged"]);
  for (let run = 0; run < 12; run += 1) await it.sync(rules);
  const creates = it.hubspot.writes.filter(({ operation }) => operation.kind === "create");
  // On the schedule of refused writes, whose waits double.
  expect(creates.length).toBeLessThan(6);
  const [told] = await it.fresh.database.problem.findMany();
  expect(told).toMatchObject({ code: "SK-CLAIMED", side: "hubspot" });
  expect(`${told?.title} ${told?.explanation} ${JSON.stringify(told?.fix)}`).not.toContain("jo@example.com");
});

test("a contact that was merged into an erased person's is gone, and its link waits for nothing", async () => {
  const jo = await erased();
  const ann = it.hubspot.user.create("ann@example.com", { firstname: "Ann" });
  it.klaviyo.user.create("ann@example.com", { first_name: "Ann" }, ["engaged"]);
  await it.sync(rules);
  it.hubspot.user.merge(jo, ann);
  it.klaviyo.user.edit(it.klaviyo.user.all().at(-1)?.id ?? "", { first_name: "Anna" });
  for (let run = 0; run < 2; run += 1) await it.sync(rules);
  expect(await it.fresh.database.link.findMany()).toMatchObject([
    { emailKey: "ann@example.com", deletedOn: "hubspot", dirtySince: null, state: "excluded" },
  ]);
});
