import { afterEach, beforeEach, expect, test } from "vitest";
import type { Identity } from "../../src/model/mapping.ts";
import { SIDES, otherSide } from "../../src/model/side.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const rules = (identity: Partial<Identity>) =>
  mapping({ identity: { emailChange: "relink", secondaryEmails: "ignore", ...identity } });
const hold = rules({ emailChange: "error" });
const match = rules({ secondaryEmails: "match" });

const problems = async () =>
  (await it.fresh.database.problem.findMany({ orderBy: { id: "asc" }, include: { link: true } })).map(
    ({ code, link }) => [code, link?.emailKey],
  );
const links = () => it.fresh.database.link.findMany({ orderBy: { id: "asc" } });
const quiet = async (which = match): Promise<number> => {
  it.newWrites();
  await it.sync(which);
  await it.sync(which);
  return it.newWrites();
};

for (const side of ["hubspot", "klaviyo"] as const) {
  test(`an address changed in ${side} holds the contact where the mapping says so, and goes on once it is decided`, async () => {
    const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
    const profile = it.klaviyo.user.create("jo@example.com", { first_name: "Jo" }, ["engaged"]);
    await it.sync(hold);
    const ids = side === "hubspot" ? { one: jo, other: profile } : { one: profile, other: jo };
    it[side].user.changeEmail(ids.one, "joanna@example.com");
    it.hubspot.user.edit(jo, { firstname: "Joanna" });
    expect(await quiet(hold)).toBe(0);
    expect(await problems()).toEqual([["SK-EMAIL-CHANGED", "jo@example.com"]]);
    expect(await links()).toMatchObject([{ hubspotId: jo, klaviyoId: profile, state: "failing" }]);
    it[side === "hubspot" ? "klaviyo" : "hubspot"].user.changeEmail(ids.other, "joanna@example.com");
    await it.sync(hold);
    expect(it.klaviyo.user.value(profile, "first_name")).toBe("Joanna");
    expect(await problems()).toEqual([]);
    expect(await quiet(hold)).toBe(0);
  });
}

test("a profile finds the contact that has its address as an additional one, and neither address is touched", async () => {
  const jo = it.hubspot.user.create("jo@work.example.com", { firstname: "Jo" });
  it.hubspot.user.addEmail(jo, "jo@home.example.com");
  const profile = it.klaviyo.user.create("jo@home.example.com", { title: "Buyer" }, ["engaged"]);
  await it.sync(match);
  expect(await links()).toMatchObject([
    { emailKey: "jo@home.example.com", hubspotId: jo, klaviyoId: profile },
  ]);
  expect(it.hubspot.user.value(jo, "jobtitle")).toBe("Buyer");
  expect(it.hubspot.user.all()).toHaveLength(1);
  expect(await quiet()).toBe(0);
  it.hubspot.user.changeEmail(jo, "joanna@work.example.com");
  it.klaviyo.user.changeEmail(profile, "joanna@home.example.com");
  expect(await quiet()).toBe(0);
  expect(it.hubspot.user.see(jo)?.shownEmail).toBe("joanna@work.example.com");
  expect(it.klaviyo.user.see(profile)?.shownEmail).toBe("joanna@home.example.com");
  expect(
    it.hubspot.writes
      .concat(it.klaviyo.writes)
      .some(({ operation }) => "values" in operation && "email" in operation.values),
  ).toBe(false);
});

test("a contact that leads, and a profile with its additional address that leads, are one link", async () => {
  const jo = it.hubspot.user.create("jo@work.example.com", { firstname: "Jo" }, ["all"]);
  it.hubspot.user.addEmail(jo, "jo@home.example.com");
  const profile = it.klaviyo.user.create("jo@home.example.com", { title: "Buyer" }, ["engaged"]);
  await it.sync(match);
  expect(await links()).toMatchObject([{ hubspotId: jo, klaviyoId: profile }]);
  expect(it.klaviyo.user.all()).toHaveLength(1);
  expect(it.klaviyo.user.value(profile, "first_name")).toBe("Jo");
  expect(await quiet()).toBe(0);
});

test("two profiles that claim one contact are a problem each with choices, and nothing is written", async () => {
  const jo = it.hubspot.user.create("jo@work.example.com", { firstname: "Jo" }, ["all"]);
  for (const address of ["jo@home.example.com", "jo@club.example.com"]) {
    it.hubspot.user.addEmail(jo, address);
    it.klaviyo.user.create(address, { title: "Buyer" }, ["engaged"]);
  }
  expect(await quiet()).toBe(0);
  expect((await problems()).map(([code]) => code)).toEqual(["SK-CLAIMED", "SK-CLAIMED"]);
  expect((await links()).map(({ hubspotId }) => hubspotId)).toEqual([null, null]);
  const [problem] = await it.fresh.database.problem.findMany();
  expect(problem?.fix).toHaveLength(3);
});

test("a contact belongs to the profile with its own address; another with an additional one is told, not linked", async () => {
  const jo = it.hubspot.user.create("jo@work.example.com", { firstname: "Jo" });
  it.hubspot.user.addEmail(jo, "jo@home.example.com");
  const own = it.klaviyo.user.create("jo@work.example.com", {}, ["engaged"]);
  const other = it.klaviyo.user.create("jo@home.example.com", { title: "Buyer" }, ["engaged"]);
  await it.sync(match);
  const [first, second] = (await links()).toSorted((a, b) => b.emailKey.localeCompare(a.emailKey));
  expect(first).toMatchObject({ emailKey: "jo@work.example.com", hubspotId: jo, klaviyoId: own });
  expect(second).toMatchObject({ hubspotId: null, klaviyoId: other, state: "failing" });
  expect(await problems()).toEqual([["SK-CLAIMED", "jo@home.example.com"]]);
  expect(it.hubspot.user.value(jo, "jobtitle")).toBe(null);
  expect(await quiet()).toBe(0);
});

test("where additional addresses are ignored, nobody is made in HubSpot again and again for one", async () => {
  const jo = it.hubspot.user.create("jo@work.example.com", { firstname: "Jo" });
  it.hubspot.user.addEmail(jo, "jo@home.example.com");
  it.klaviyo.user.create("jo@home.example.com", { title: "Buyer" }, ["engaged"]);
  await it.sync(rules({}));
  expect(await quiet(rules({}))).toBe(0);
  expect(await problems()).toEqual([["SK-CLAIMED", "jo@home.example.com"]]);
  expect(it.hubspot.user.all()).toHaveLength(1);
});

const fields = { hubspot: "firstname", klaviyo: "first_name" } as const;

for (const made of SIDES) {
  for (const answer of ["without an id", "lost"] as const) {
    test(`who changes their address while the id of what was made in ${made} is not known (${answer}) stays one link`, async () => {
      const from = otherSide(made);
      const lists = from === "hubspot" ? ["all"] : ["engaged"];
      const jo = it[from].user.create("jo@example.com", { [fields[from]]: "Jo" }, lists);
      const { quirks } = it[made];
      quirks.importLike = answer === "without an id";
      quirks.unanswered = ({ kind }) => (answer === "lost" && kind === "create" ? "applied" : null);
      await it.sync(mapping());
      Object.assign(quirks, { importLike: false, unanswered: () => null });
      const [contact] = it[made].user.all();
      it[from].user.changeEmail(jo, "joanna@example.com");
      it[made].user.join(contact?.id ?? "", made === "hubspot" ? "all" : "engaged");
      it.wait(60_000);
      await it.sync(mapping());
      await it.sync(mapping());
      const ids = { hubspot: it.hubspot.user.all()[0]?.id, klaviyo: it.klaviyo.user.all()[0]?.id };
      expect(await links()).toMatchObject([
        { emailKey: "joanna@example.com", hubspotId: ids.hubspot, klaviyoId: ids.klaviyo, state: "in_sync" },
      ]);
      expect(it[made].user.all()).toMatchObject([{ id: contact?.id, shownEmail: "joanna@example.com" }]);
      expect(await quiet(mapping())).toBe(0);
    });
  }
}

test("who changes their address before the id of what was made is known stays one link, also when only a lookup finds it", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  it.klaviyo.quirks.importLike = true;
  await it.sync(mapping());
  it.hubspot.user.changeEmail(jo, "joanna@example.com");
  // After a change of the mapping Klaviyo is read from the beginning: it shows only whom a rule covers.
  await it.sync(mapping({ hash: "another" }));
  const [profile] = it.klaviyo.user.all();
  expect(await links()).toMatchObject([
    { emailKey: "joanna@example.com", hubspotId: jo, klaviyoId: profile?.id, state: "in_sync" },
  ]);
  expect(it.klaviyo.user.all()).toMatchObject([{ shownEmail: "joanna@example.com" }]);
  expect(await quiet(mapping({ hash: "another" }))).toBe(0);
});
