import { afterEach, beforeEach, expect, test } from "vitest";
import { erasePerson, knownOf } from "../../src/lanes/erase-person.ts";
import { explainPerson } from "../../src/lanes/explain-person.ts";
import type { EmailKey } from "../../src/model/email.ts";
import { listContacts } from "../../src/store/people/contacts-list.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { mapping } from "../support/rule.ts";
import { storeOf } from "../../src/store/database/store.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const all = { count: 100 };
const rules = mapping({ limits: { ...mapping().limits, updates: all, clears: all, creates: all } });
const OLD = "john.old@example.com" as EmailKey;
const NEW = "john.new@example.com" as EmailKey;
const links = () => it.fresh.database.link.findMany({ orderBy: { id: "asc" } });
const person = (email: EmailKey) =>
  explainPerson(storeOf(it.fresh.database, 1), rules, { email }, it.deps().now());

async function renamed(): Promise<{ readonly john: string; readonly profile: string }> {
  const john = it.hubspot.user.create(OLD, { firstname: "John" }, ["all"]);
  await it.sync(rules);
  it.hubspot.user.changeEmail(john, NEW);
  await it.sync(rules);
  await it.sync(rules);
  return { john, profile: it.klaviyo.user.all()[0]?.id ?? "" };
}

test("a link follows a changed address, and is found by both", async () => {
  const { john, profile } = await renamed();
  expect(it.klaviyo.user.see(profile)?.shownEmail).toBe(NEW);
  expect(await links()).toMatchObject([
    { emailKey: NEW, hubspotId: john, klaviyoId: profile, state: "in_sync" },
  ]);
  for (const email of [OLD, NEW]) expect((await person(email))?.plan.known.link.email).toBe(NEW);
  for (const search of ["john.old", "john.new"]) {
    const found = await listContacts(storeOf(it.fresh.database, 1), {
      search,
      searchIn: "everything",
      state: null,
      page: 1,
    });
    expect(found.contacts.map(({ email }) => email)).toEqual([NEW]);
  }
});

test("whoever gets a freed address is somebody new, and nobody is told of two contacts", async () => {
  await renamed();
  const other = it.hubspot.user.create(OLD, { firstname: "Another John" }, ["all"]);
  await it.sync(rules);
  const made = it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === OLD);
  expect(made?.values.get("first_name")).toBe("Another John");
  expect(await links()).toMatchObject([
    { emailKey: NEW },
    { emailKey: OLD, hubspotId: other, klaviyoId: made?.id },
  ]);
  expect(await it.fresh.database.problem.count()).toBe(0);
  const found = await person(OLD);
  expect([found?.plan.known.link.email, found?.formerly]).toEqual([OLD, [NEW]]);
});

test("erasing somebody leaves alone who has an address of theirs now, and names it", async () => {
  await renamed();
  it.hubspot.user.create(OLD, { firstname: "Another John" }, ["all"]);
  await it.sync(rules);
  expect(await knownOf(it.deps(), NEW)).toMatchObject({ addresses: [NEW], passedOn: [OLD] });
  expect(await erasePerson(it.deps(), NEW)).toMatchObject({ links: 1, passedOn: [OLD] });
  expect(await links()).toMatchObject([{ emailKey: OLD, state: "in_sync" }]);
});

for (const side of ["hubspot", "klaviyo"] as const) {
  test(`two people who swapped addresses in ${side} keep their contacts, and nobody is told to merge`, async () => {
    const ids = ["ann@example.com", "bob@example.com"].map((email) => {
      const contact = it.hubspot.user.create(email, { firstname: email }, ["all"]);
      return { contact, profile: it.klaviyo.user.create(email, { first_name: email }, ["engaged"]) };
    });
    await it.sync(rules);
    const own = ids.map(({ contact, profile }) => (side === "hubspot" ? contact : profile));
    it[side].user.changeEmail(own[0] ?? "", "bob@example.com");
    it[side].user.changeEmail(own[1] ?? "", "ann@example.com");
    await it.sync(rules);
    const shown = ids.map(({ contact, profile }) => [
      it.hubspot.user.see(contact)?.shownEmail,
      it.klaviyo.user.see(profile)?.shownEmail,
    ]);
    expect(shown).toEqual([
      ["bob@example.com", "bob@example.com"],
      ["ann@example.com", "ann@example.com"],
    ]);
    expect(await links()).toMatchObject([
      { emailKey: "bob@example.com", hubspotId: ids[0]?.contact, klaviyoId: ids[0]?.profile },
      { emailKey: "ann@example.com", hubspotId: ids[1]?.contact, klaviyoId: ids[1]?.profile },
    ]);
    expect(await it.fresh.database.problem.count()).toBe(0);
  });
}

test("a contact that loses its profile to somebody with that address is linked to the one that has its own", async () => {
  const [ann = "", bob = ""] = ["ann@example.com", "bob@example.com"].map((email) =>
    it.hubspot.user.create(email, { firstname: email }, ["all"]),
  );
  await it.sync(rules);
  const [first = "", second = ""] = it.klaviyo.user.all().map(({ id }) => id);
  const anna = it.klaviyo.user.create("anna@example.com", { first_name: "Anna" });
  it.klaviyo.user.changeEmail(first, "bob@example.com");
  it.klaviyo.user.changeEmail(second, "ann@example.com");
  it.hubspot.user.changeEmail(ann, "anna@example.com");
  for (let run = 0; run < 2; run += 1) await it.sync(rules);
  const pairs = (await links()).map(({ hubspotId, klaviyoId }) => [hubspotId, klaviyoId]);
  expect(pairs).toEqual([
    [ann, anna],
    [bob, first],
  ]);
  // Of neither pair anything was ever agreed, so that HubSpot's values win.
  const names = [anna, first].map((id) => it.klaviyo.user.value(id, "first_name"));
  expect(names).toEqual(["ann@example.com", "bob@example.com"]);
});

test("an email address of somebody who was deleted on both sides at once is free for who has it next", async () => {
  const [ann = "", bob = ""] = ["ann@example.com", "bob@example.com"].map((email) =>
    it.hubspot.user.create(email, { firstname: email }, ["all"]),
  );
  await it.sync(rules);
  it.klaviyo.user.delete(it.klaviyo.user.all()[0]?.id ?? "");
  it.hubspot.user.delete(ann);
  it.hubspot.user.changeEmail(bob, "ann@example.com");
  for (let run = 0; run < 3; run += 1) await it.sync(rules);
  expect((await links()).filter(({ deletedOn }) => deletedOn === null)).toMatchObject([
    { emailKey: "ann@example.com", hubspotId: bob, state: "in_sync" },
  ]);
});

/** Ann and Bob swap in HubSpot. Ann's profile makes room, and Klaviyo refuses Bob's new address for now. */
async function halfSwapped() {
  const [ann = "", bob = ""] = ["ann@example.com", "bob@example.com"].map((email) =>
    it.hubspot.user.create(email, { firstname: email }, ["all"]),
  );
  await it.sync(rules);
  const swap = (): void => {
    const [one, other] = [ann, bob].map((id) => it.hubspot.user.see(id)?.shownEmail ?? null);
    it.hubspot.user.changeEmail(ann, other ?? null);
    it.hubspot.user.changeEmail(bob, one ?? null);
  };
  swap();
  const outage = problem({ code: "KL-DOWN", side: "klaviyo", field: null });
  it.klaviyo.quirks.refuse = (operation) =>
    operation.kind === "update" && operation.values["email"] === "ann@example.com" ? outage : null;
  await it.sync(rules);
  it.klaviyo.quirks.refuse = () => null;
  const shown = () => it.klaviyo.user.all().map(({ shownEmail }) => shownEmail);
  expect(shown()).toEqual([null, "bob@example.com"]);
  return { ann, bob, swap, shown };
}

test("who made room for a swap gets their email address back when a merge ends the swap", async () => {
  const { ann, bob, shown } = await halfSwapped();
  it.hubspot.user.merge(ann, bob);
  for (let run = 0; run < 3; run += 1) await it.sync(rules);
  expect(shown()).toEqual(["ann@example.com", "bob@example.com"]);
  it.newWrites();
  await it.sync(rules);
  expect(it.newWrites()).toBe(0);
});

test("who made room for a swap gets their email address back when the swap is taken back", async () => {
  const { swap, shown } = await halfSwapped();
  swap();
  for (let run = 0; run < 3; run += 1) await it.sync(rules);
  expect(shown()).toEqual(["ann@example.com", "bob@example.com"]);
  it.newWrites();
  await it.sync(rules);
  expect(it.newWrites()).toBe(0);
});

test("who emptied their email address themselves does not get it back", async () => {
  const id = it.hubspot.user.create("ann@example.com", { firstname: "Ann" }, ["all"]);
  await it.sync(rules);
  const profile = it.klaviyo.user.all()[0]?.id ?? "";
  it.klaviyo.user.changeEmail(profile, null);
  it.hubspot.user.leave(id, "all");
  for (let run = 0; run < 3; run += 1) await it.sync(rules);
  expect(it.klaviyo.user.see(profile)?.shownEmail).toBe(null);
});

test("so many contacts gone at once are not believed: nobody is dead before a person says so", async () => {
  const made = Array.from({ length: 21 }, (_, index) =>
    it.hubspot.user.create(`p${index}@example.com`, { firstname: `p${index}` }, ["all"]),
  );
  await it.sync(rules);
  for (const id of made.slice(0, 20)) it.hubspot.user.delete(id);
  const approving = { ...rules, rules: rules.rules };
  for (const id of made) it.hubspot.user.leave(id, "all");
  await it.fresh.database.link.updateMany({ data: { missingOn: "hubspot" } });
  const run = await it.sync(approving);
  expect(run.exceeded.map(({ action }) => action)).toContain("deaths");
  expect(await it.fresh.database.link.count({ where: { deletedOn: { not: null } } })).toBe(0);
  expect(it.klaviyo.user.all()).toHaveLength(21);
});
