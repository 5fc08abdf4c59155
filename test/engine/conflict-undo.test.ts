import { afterEach, beforeEach, expect, test } from "vitest";
import { performUndos } from "../../src/lanes/plans/perform-undos.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { conflictsOf, requestUndo } from "../../src/store/writes/conflict-undos.ts";
import type { Rehearsed } from "../support/real-engine.ts";
import {
  mutatingCalls,
  rehearsedMapping,
  startRehearsed,
  untilSearchable,
  withFields,
} from "../support/real-engine.ts";
import { storeOf } from "../../src/store/database/store.ts";
let rehearsal: Rehearsed["rehearsal"];
let fresh: Rehearsed["fresh"];
let it: Rehearsed["it"];
let close: Rehearsed["close"];
let mapping: Mapping;

const JO = "jo@example.com";

beforeEach(async () => {
  ({ rehearsal, fresh, it, close } = await startRehearsed());
  mapping = rehearsedMapping(
    rehearsal,
    withFields("  - { hubspot: jobtitle, klaviyo: title, direction: both, winner: hubspot }"),
  );
  const properties = { email: JO, jobtitle: "Buyer" };
  rehearsal.hubspot.sandbox.seedContacts([{ properties, lists: [rehearsal.story.hubspotList] }]);
  await cycle();
  rehearsal.klaviyo.sandbox.addToSegment(rehearsal.story.klaviyoSegment, [JO]);
  await cycle();
  rehearsal.hubspot.sandbox.editContact({ email: JO }, { jobtitle: "Head of Buying" });
  rehearsal.klaviyo.sandbox.editProfile(JO, { title: "Chief Buyer" });
  await cycle();
});
afterEach(() => close());

async function cycle(): Promise<void> {
  untilSearchable(rehearsal);
  await it.sync(mapping);
}

function titles(): readonly unknown[] {
  const [contact] = rehearsal.hubspot.sandbox.dumpContacts(null, 10).contacts;
  return [contact?.properties["jobtitle"], rehearsal.klaviyo.sandbox.profile(JO)?.attributes["title"]];
}

async function requested(): Promise<() => Promise<string | null | undefined>> {
  const link = await fresh.database.link.findFirstOrThrow();
  const read = () => conflictsOf(storeOf(fresh.database, link.connectionId), link.id, 10);
  const [conflict] = await read();
  expect(conflict).toMatchObject({
    winner: "hubspot",
    won: "Head of Buying",
    lost: "Chief Buyer",
    undo: null,
  });
  expect(await requestUndo(storeOf(fresh.database, 1), conflict?.id ?? 0n, "ann", new Date())).toBe(1);
  expect(await requestUndo(storeOf(fresh.database, 1), conflict?.id ?? 0n, "bob", new Date())).toBe(0);
  return async () => (await read())[0]?.undo;
}

test("the losing value comes back to both sides, stays, and is put back once", async () => {
  expect(titles()).toEqual(["Head of Buying", "Head of Buying"]);
  const state = await requested();
  await performUndos(await it.deps(mapping), mapping);
  expect([titles(), await state()]).toEqual([["Chief Buyer", "Chief Buyer"], "done"]);
  await cycle();
  await performUndos(await it.deps(mapping), mapping);
  const before = mutatingCalls(rehearsal);
  await cycle();
  expect([titles(), mutatingCalls(rehearsal)]).toEqual([["Chief Buyer", "Chief Buyer"], before]);
});

test("what somebody changed since stays, seen before or only now", async () => {
  const state = await requested();
  rehearsal.klaviyo.sandbox.editProfile(JO, { title: "Somebody else's" });
  const before = mutatingCalls(rehearsal);
  untilSearchable(rehearsal);
  await performUndos(await it.deps(mapping), mapping);
  expect([titles(), await state()]).toEqual([["Head of Buying", "Somebody else's"], "moved"]);
  expect(mutatingCalls(rehearsal)).toBe(before);
});

test("what somebody set in HubSpot while it was being written is found in its history, and comes back by itself", async () => {
  const { contacts } = (await it.deps(mapping)).connectors.hubspot;
  const write = contacts.write.bind(contacts);
  const late: typeof write = (...all) => {
    rehearsal.hubspot.sandbox.editContact({ email: JO }, { jobtitle: "Partner" });
    return write(...all);
  };
  rehearsal.klaviyo.sandbox.editProfile(JO, { title: "Chief of All" });
  Object.assign(contacts, { write: late });
  await cycle();
  Object.assign(contacts, { write });
  expect(titles()).toEqual(["Chief of All", "Chief of All"]);
  await performUndos(await it.deps(mapping), mapping);
  expect(titles()).toEqual(["Partner", "Partner"]);
  const before = mutatingCalls(rehearsal);
  await cycle();
  expect([titles(), mutatingCalls(rehearsal)]).toEqual([["Partner", "Partner"], before]);
});
