import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

/** What was agreed on shows here: HubSpot wins where nothing was, and an emptied value empties the other side. */
const rules = mapping({
  fields: [fieldRule("firstname", "first_name", { onEmpty: "clear" }), fieldRule("jobtitle", "title")],
  limits: { ...mapping().limits, clears: { count: 100 } },
});
const conflicts = async (): Promise<readonly unknown[]> =>
  (await it.fresh.database.conflict.findMany()).map(({ lost }) => lost);

interface Pair {
  readonly contact: string;
  readonly profile: string;
}

/** A person in step on both sides. */
async function inStep(name: string): Promise<Pair> {
  const email = `${name.toLowerCase()}@example.com`;
  const contact = it.hubspot.user.create(email, { firstname: name }, ["all"]);
  const profile = it.klaviyo.user.create(email, { first_name: name }, ["engaged"]);
  await it.sync(rules);
  return { contact, profile };
}

async function linkOf(contact: string) {
  return it.fresh.database.link.findFirst({ where: { hubspotId: contact } });
}

describe.each(["known", "not known yet"] as const)(
  "a contact whose own profile is deleted, which is %s, and that is merged",
  (deletion) => {
    /** Ann is in step. So was Bea. */
    async function annAndBea(): Promise<{ readonly ann: Pair; readonly bea: Pair }> {
      const [ann, bea] = [await inStep("Ann"), await inStep("Bea")];
      it.klaviyo.user.delete(bea.profile);
      if (deletion === "known") {
        it.hubspot.user.edit(bea.contact, { jobtitle: "Buyer" });
        for (let run = 0; run < 2; run += 1) await it.sync(rules);
      }
      expect((await linkOf(bea.contact))?.deletedOn).toBe(deletion === "known" ? "klaviyo" : null);
      return { ann, bea };
    }

    test("into another one leaves that one what it had agreed on with its profile", async () => {
      const { ann, bea } = await annAndBea();
      it.hubspot.user.merge(ann.contact, bea.contact);
      it.klaviyo.user.edit(ann.profile, { first_name: "Anna" });
      for (let run = 0; run < 3; run += 1) await it.sync(rules);
      expect(await linkOf(ann.contact)).toMatchObject({ klaviyoId: ann.profile, deletedOn: null });
      expect(it.hubspot.user.value(ann.contact, "firstname")).toBe("Anna");
      expect(await conflicts()).toEqual([]);
    });

    test("with another one, and is left, agreed on nothing with that one's profile: what it lacks empties nothing", async () => {
      const { ann, bea } = await annAndBea();
      it.hubspot.user.clear(bea.contact, "firstname");
      it.hubspot.user.merge(bea.contact, ann.contact);
      for (let run = 0; run < 3; run += 1) await it.sync(rules);
      expect(await linkOf(bea.contact)).toMatchObject({ klaviyoId: ann.profile, deletedOn: null });
      expect(it.klaviyo.user.value(ann.profile, "first_name")).toBe("Ann");
      expect(it.hubspot.user.value(bea.contact, "firstname")).toBe("Ann");
    });
  },
);

test("two people who are merged on both sides keep what the pair that is left had agreed on", async () => {
  const [ann, bea] = [await inStep("Ann"), await inStep("Bea")];
  it.hubspot.user.merge(ann.contact, bea.contact);
  for (let run = 0; run < 2; run += 1) await it.sync(rules);
  it.klaviyo.user.merge(ann.profile, bea.profile);
  it.klaviyo.user.edit(ann.profile, { first_name: "Anna" });
  for (let run = 0; run < 2; run += 1) await it.sync(rules);
  expect(it.hubspot.user.value(ann.contact, "firstname")).toBe("Anna");
  expect(await conflicts()).toEqual([]);
});

test("a profile that somebody else's address makes theirs has agreed on nothing with them: what they lack empties nothing", async () => {
  const ann = await inStep("Ann");
  it.klaviyo.user.changeEmail(ann.profile, "bea@example.com");
  const bea = it.hubspot.user.create("bea@example.com", {}, ["all"]);
  const next = it.klaviyo.user.create("ann@example.com", {}, ["engaged"]);
  for (let run = 0; run < 3; run += 1) await it.sync(rules);
  expect(await linkOf(bea)).toMatchObject({ klaviyoId: ann.profile });
  expect(await linkOf(ann.contact)).toMatchObject({ klaviyoId: next });
  const contacts = [bea, ann.contact].map((id) => it.hubspot.user.value(id, "firstname"));
  const profiles = [ann.profile, next].map((id) => it.klaviyo.user.value(id, "first_name"));
  expect([contacts, profiles]).toEqual([
    ["Ann", "Ann"],
    ["Ann", "Ann"],
  ]);
});
