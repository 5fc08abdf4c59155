import { afterEach, beforeEach, expect, test } from "vitest";
import { makePlan } from "../../src/lanes/plans/make-plan.ts";
import type { ContactRun } from "../../src/lanes/contacts/run-contacts.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { Limits, Mapping } from "../../src/model/mapping.ts";
import type { WaitingHold } from "../../src/store/runs/holds.ts";
import { decideHold, heldWords, waitingHold } from "../../src/store/runs/holds.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping, scopeRule } from "../support/rule.ts";
import { storeOf } from "../../src/store/database/store.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const plain = mapping();

function limited(limits: Partial<Limits>): Mapping {
  return mapping({ limits: { ...plain.limits, ...limits } });
}

/** So many people in HubSpot's list, synced once. */
async function people(count: number, first: Mapping = plain): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, n) =>
    it.hubspot.user.create(`p${n}@example.com`, { firstname: `P${n}`, jobtitle: "Buyer" }, ["all"]),
  );
  await it.sync(first);
  it.newWrites();
  return ids;
}

async function held(): Promise<WaitingHold> {
  const hold = await waitingHold(storeOf(it.fresh.database, 1));
  if (hold === null) throw new Error("nothing is held");
  return hold;
}

async function approve(hash: string): Promise<boolean> {
  const expiresAt = new Date(Date.now() + 86_400_000 * 365);
  const decision = { state: "approved", by: "test", reason: "wanted", expiresAt } as const;
  return decideHold(storeOf(it.fresh.database, 1), hash, decision, new Date());
}

function messages(run: ContactRun): readonly string[] {
  return run.exceeded.map(({ action, planned, allowed }) => `${action} ${planned} > ${allowed}`);
}

async function told(): Promise<readonly string[]> {
  const rows = await it.fresh.database.problem.findMany({ where: { linkId: null, code: "SK-LIMIT" } });
  return rows.map(({ title }) => title);
}

test("an emptied list causes no write and one message, and nobody has left when it is filled again", async () => {
  const removing = mapping({
    rules: [
      scopeRule("customers", "hubspot", "all", {
        addToLists: [{ kind: "list", nameOrId: "newsletter", line: 1, column: 1 }],
        onLeave: "remove_from_list",
      }),
    ],
  });
  const ids = await people(30, removing);
  await it.sync(removing);
  it.newWrites();
  for (const id of ids) it.hubspot.user.leave(id, "all");
  const run = await it.sync(removing);
  expect(run.result).toBe("held");
  expect(messages(run)).toEqual(["leavers 30 > 29"]);
  await it.sync(removing);
  expect(it.newWrites()).toBe(0);
  expect(await told()).toEqual(["Held: 30 people who left a list in HubSpot, limit 29"]);

  for (const id of ids) it.hubspot.user.join(id, "all");
  const after = await it.sync(removing);
  expect(after.result).toBe("finished");
  expect(await waitingHold(storeOf(it.fresh.database, 1))).toBe(null);
  expect(await told()).toEqual([]);
  expect(it.newWrites()).toBe(0);
});

test("a deleted list causes no write, and its people stay as they are", async () => {
  await people(30);
  it.hubspot.user.dropCollection("all");
  const run = await it.sync(plain);
  expect(it.newWrites()).toBe(0);
  expect(run.mappingProblems.map(({ code }) => code)).toEqual(["HS-LIST"]);
  expect(await it.fresh.database.link.count({ where: { state: "in_sync" } })).toBe(30);
});

test("people who left are let go once somebody has approved exactly them", async () => {
  const ids = await people(30);
  for (const id of ids) it.hubspot.user.leave(id, "all");
  await it.sync(plain);
  const hold = await held();
  expect(hold).toMatchObject({ changes: 30 });
  expect(await approve(hold.hash)).toBe(true);
  const run = await it.sync(plain);
  expect(run.result).toBe("finished");
  expect(run.counts["left"]).toBe(30);
  expect(await it.fresh.database.link.count({ where: { state: "excluded" } })).toBe(30);
});

test("an account that shows nobody any more kills no link: they wait", async () => {
  await people(30);
  for (const { id } of it.hubspot.user.all()) it.hubspot.user.delete(id);
  const run = await it.sync(plain);
  expect(run.result).toBe("held");
  expect(await it.fresh.database.link.count({ where: { deletedOn: { not: null } } })).toBe(0);
  expect(it.newWrites()).toBe(0);
});

test("a few deleted contacts are believed", async () => {
  const ids = await people(60);
  for (const id of ids.slice(0, 19)) it.hubspot.user.delete(id);
  const run = await it.sync(plain);
  expect(run.exceeded).toEqual([]);
  expect(await it.fresh.database.link.count({ where: { deletedOn: "hubspot" } })).toBe(19);
});

test("twenty deleted at once wait: nobody is dead before a person has approved exactly them", async () => {
  const ids = await people(60);
  for (const id of ids.slice(0, 20)) it.hubspot.user.delete(id);
  const dead = () => it.fresh.database.link.count({ where: { deletedOn: { not: null } } });
  const run = await it.sync(plain);
  expect([messages(run), await dead()]).toEqual([["deaths 20 > 19"], 0]);
  expect(await approve((await held()).hash)).toBe(true);
  expect([messages(await it.sync(plain)), await dead()]).toEqual([[], 20]);
});

test("a run over a limit makes no call of that kind, goes on with the rest, and can be approved", async () => {
  const strict = limited({ updates: { count: 2 } });
  const ids = await people(5, strict);
  for (const id of ids.slice(0, 3)) it.hubspot.user.edit(id, { firstname: "New" });
  it.hubspot.user.create("later@example.com", { firstname: "Later" }, ["all"]);
  const run = await it.sync(strict);
  expect(messages(run)).toEqual(["updates 3 > 2"]);
  expect(it.newWrites()).toBe(1);
  expect(it.klaviyo.user.all()).toHaveLength(6);

  const hold = await held();
  const words = await heldWords(storeOf(it.fresh.database, 1), hold.id, 10);
  expect(words[0]).toBe('["p0@example.com","klaviyo","update",[["firstname:first_name:text","New"]]]');
  expect(await approve("0".repeat(64))).toBe(false);
  expect(await approve(hold.hash)).toBe(true);
  await it.sync(strict);
  expect(it.newWrites()).toBe(3);
});

test("an approval says nothing about another value", async () => {
  const strict = limited({ updates: { count: 0 } });
  const [jo = ""] = await people(1, strict);
  it.hubspot.user.edit(jo, { firstname: "Approved" });
  await it.sync(strict);
  expect(await approve((await held()).hash)).toBe(true);
  it.hubspot.user.edit(jo, { firstname: "Another" });
  const run = await it.sync(strict);
  expect(run.result).toBe("held");
  expect(it.newWrites()).toBe(0);
});

test("what is held withdraws itself when the cause is gone", async () => {
  const strict = limited({ updates: { count: 0 } });
  const [jo = ""] = await people(1, strict);
  it.hubspot.user.edit(jo, { firstname: "Wrong" });
  await it.sync(strict);
  it.hubspot.user.edit(jo, { firstname: "P0" });
  const run = await it.sync(strict);
  expect(run.result).toBe("finished");
  const [hold] = await it.fresh.database.hold.findMany();
  expect(hold?.state).toBe("withdrawn");
  expect(it.newWrites()).toBe(0);
});

test("the first sync waits as well where the mapping asks for approval above a number of people", async () => {
  const careful = limited({ approvalAbove: 3 });
  for (let n = 0; n < 4; n += 1) it.hubspot.user.create(`p${n}@example.com`, {}, ["all"]);
  const run = await it.sync(careful);
  expect(messages(run)).toEqual(["people 4 > 3"]);
  expect(it.newWrites()).toBe(0);
  expect(await approve((await held()).hash)).toBe(true);
  await it.sync(careful);
  expect(it.klaviyo.user.all()).toHaveLength(4);
});

const REFUSAL = {
  code: "KL-VALUE",
  level: "contact",
  side: "klaviyo",
  field: null,
  title: "Refused",
  explanation: "No.",
  fix: ["Wait."],
  retry: "on_change",
  reference: null,
} as const;

test("a run in which too many are refused stops, says so, and tries the others later", async () => {
  it.klaviyo.quirks.refuse = () => REFUSAL;
  for (let n = 0; n < 60; n += 1) it.hubspot.user.create(`p${n}@example.com`, {}, ["all"]);
  const run = await it.sync(plain);
  expect(run.result).toBe("stopped");
  expect(run.stoppedBy?.title).toBe("Stopped: 60 contacts failed");
  it.klaviyo.quirks.refuse = () => null;
  it.wait(3_600_000);
  const next = await it.sync(plain);
  expect(next.result).toBe("finished");
  expect(it.klaviyo.user.all()).toHaveLength(60);
});

test("a run in which too many are refused sends no further page", async () => {
  let refused = 0;
  it.klaviyo.quirks.refuse = () => {
    refused += 1;
    return REFUSAL;
  };
  for (let n = 0; n < 120; n += 1) it.hubspot.user.create(`p${n}@example.com`, {}, ["all"]);
  const { contacts } = it.klaviyo;
  // A page is half a minute of writing: thirty creates.
  const slow: typeof contacts.cost = (work) => ({ ...contacts.cost(work), seconds: work.creates });
  const klaviyo = { ...it.klaviyo, contacts: { ...contacts, cost: slow } };
  const { connectors, ...deps } = it.deps();
  const run = await runContacts({ ...deps, connectors: { ...connectors, klaviyo } }, plain, {
    trigger: "test",
  });
  expect([run.stoppedBy?.title, refused]).toEqual(["Stopped: 60 contacts failed", 60]);
});

test("a plan after an approval tells what the next run will do, and holds none of it", async () => {
  const strict = limited({ updates: { count: 2 } });
  const ids = await people(5, strict);
  for (const id of ids.slice(0, 3)) it.hubspot.user.edit(id, { firstname: "New" });
  await it.sync(strict);
  await approve((await held()).hash);
  it.hubspot.user.edit(ids[4] ?? "", { firstname: "Newer" });
  const found = await makePlan(it.deps(), strict, { email: null, field: null, examples: 9, out: null });
  expect(found.totals).toMatchObject({ people: 4, klaviyo: { updates: 4 } });
  expect(found.limited).toMatchObject({ people: 1, klaviyo: { updates: 1 } });
  expect(found.exceeded).toEqual([]);
  expect(found.examples).toHaveLength(4);
});
