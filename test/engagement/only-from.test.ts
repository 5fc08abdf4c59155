import { afterAll, beforeAll, expect, test } from "vitest";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { Lane } from "./lane.ts";
import { DAY, HOUR, MINUTE, fates, lane } from "./lane.ts";
import { storeOf } from "../../src/store/database/store.ts";
let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

const TWO = "record_as: custom_event, only_from: { lists: [vip, partners] }";

const whose = (it: Lane): readonly string[] =>
  it
    .shown()
    .map(({ contact, engagement }) => `${contact} ${engagement.message}`)
    .toSorted();

test("a list that was never there is told alone; people of the other one are shown, the rest wait for it", async () => {
  const it = await lane(fresh, TWO);
  const [ann, bob] = [it.person("ann"), it.person("bob")];
  it.klaviyo.user.makeCollection("vip");
  it.klaviyo.user.join(ann.profile, "vip");
  await it.run();
  it.happen(ann, "opened");
  it.happen(bob, "opened");
  it.wait(5 * MINUTE);
  const { problems } = await it.run();
  expect(problems.map(({ code, level }) => [code, level])).toEqual([["SK-NOLIST", "mapping"]]);
  expect(problems[0]?.title).toContain("partners");
  expect(whose(it)).toEqual([`${ann.contact} message-1`]);
  expect(Object.values(await fates(storeOf(fresh.database, it.connectionId))).toSorted()).toEqual([
    "new",
    "recorded",
  ]);
  it.klaviyo.user.makeCollection("partners");
  it.klaviyo.user.join(bob.profile, "partners");
  it.wait(5 * MINUTE);
  expect((await it.run()).problems).toEqual([]);
  expect(whose(it)).toEqual([`${ann.contact} message-1`, `${bob.contact} message-1`].toSorted());
});

test("a list that is gone keeps its last members and is told alone; nobody else is shown, nothing waits", async () => {
  const it = await lane(fresh, TWO);
  const [ann, bob, cleo] = [it.person("ann"), it.person("bob"), it.person("cleo")];
  for (const list of ["vip", "partners"]) it.klaviyo.user.makeCollection(list);
  it.klaviyo.user.join(ann.profile, "vip");
  it.klaviyo.user.join(bob.profile, "partners");
  await it.run();
  it.wait(HOUR);
  it.klaviyo.user.dropCollection("partners");
  for (const person of [ann, bob, cleo]) it.happen(person, "opened");
  it.wait(5 * MINUTE);
  const { problems } = await it.run();
  expect(problems.map(({ code }) => code)).toEqual(["SK-NOLIST"]);
  expect(problems[0]?.explanation).toContain("were in it last still count");
  expect(whose(it)).toEqual([`${ann.contact} message-1`, `${bob.contact} message-1`].toSorted());
  expect(Object.values(await fates(storeOf(fresh.database, it.connectionId))).toSorted()).toEqual([
    "out_of_scope",
    "recorded",
    "recorded",
  ]);
  const kept = await fresh.database.problem.findMany({ where: { connectionId: it.connectionId } });
  expect(kept.map(({ code }) => code)).toEqual(["SK-NOLIST"]);
  it.klaviyo.user.makeCollection("partners");
  it.klaviyo.user.join(cleo.profile, "partners");
  it.wait(DAY);
  expect((await it.run()).problems).toEqual([]);
});

test("more than a page of undecided events does not keep the ones behind it from being shown", async () => {
  const it = await lane(fresh, TWO);
  const [ann, bob] = [it.person("ann"), it.person("bob")];
  it.klaviyo.user.makeCollection("vip");
  it.klaviyo.user.join(ann.profile, "vip");
  await it.run();
  for (let number = 0; number < 2_100; number += 1) it.happen(bob, "opened", { message: `m${number}` });
  it.wait(MINUTE);
  it.happen(ann, "opened");
  it.wait(5 * MINUTE);
  await it.run();
  expect(whose(it)).toEqual([`${ann.contact} message-1`]);
});
