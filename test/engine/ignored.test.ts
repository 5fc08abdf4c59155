import { afterEach, beforeEach, expect, test } from "vitest";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { EmailKey } from "../../src/model/email.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { ignoreLinks, resumeLinks } from "../../src/store/pages/ignored.ts";
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
  mapping = rehearsedMapping(rehearsal, withFields("  - { hubspot: jobtitle, klaviyo: title }"));
  const properties = { email: JO, jobtitle: "Buyer" };
  rehearsal.hubspot.sandbox.seedContacts([{ properties, lists: [rehearsal.story.hubspotList] }]);
  await cycle();
});
afterEach(() => close());

async function cycle(): Promise<void> {
  untilSearchable(rehearsal);
  await it.sync(mapping);
}

function title(): unknown {
  return rehearsal.klaviyo.sandbox.profile(JO)?.attributes["title"];
}

function edit(jobtitle: string): void {
  rehearsal.hubspot.sandbox.editContact({ email: JO }, { jobtitle });
}

/** Theirs is ahead: it was advanced past the delay of HubSpot's search. */
function vendorsTime(): Date {
  return new Date(rehearsal.hubspot.world.clock.now());
}

async function ignore(ends: "changed" | "never"): Promise<void> {
  const link = await fresh.database.link.findFirstOrThrow();
  const terms = { by: "ann", reason: "a test", ends, until: null };
  const selection = { kind: "ids", ids: [link.id] } as const;
  expect(await ignoreLinks(storeOf(fresh.database, link.connectionId), selection, terms, vendorsTime())).toBe(
    1,
  );
}

const state = async () => (await fresh.database.link.findFirstOrThrow()).state;

test("whom a person left alone gets nothing written, not even when asked for by address", async () => {
  await ignore("never");
  edit("Head of Buying");
  const before = mutatingCalls(rehearsal);
  await cycle();
  await runContacts(await it.deps(mapping), mapping, { trigger: "test", email: JO as EmailKey });
  expect(mutatingCalls(rehearsal)).toBe(before);
  expect([title(), await state()]).toEqual(["Buyer", "ignored"]);
});

test("taken up again, they get what changed meanwhile", async () => {
  await ignore("never");
  edit("Head of Buying");
  await cycle();
  const { id, connectionId } = await fresh.database.link.findFirstOrThrow();
  await resumeLinks(storeOf(fresh.database, connectionId), { kind: "ids", ids: [id] }, new Date());
  await cycle();
  expect([title(), await state()]).toEqual(["Head of Buying", "in_sync"]);
});

test("until it changes is until the next run that sees a change", async () => {
  await ignore("changed");
  await cycle();
  expect(await state()).toBe("ignored");
  edit("Head of Buying");
  await cycle();
  expect([title(), await state()]).toEqual(["Head of Buying", "in_sync"]);
});
