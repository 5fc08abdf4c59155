import { afterEach, beforeEach, expect, test } from "vitest";
import type { Mapping } from "../../src/model/mapping.ts";
import { decideHold, waitingHold } from "../../src/store/runs/holds.ts";
import type { Rehearsed } from "../support/real-engine.ts";
import {
  mutatingCalls,
  rehearsedMapping,
  startRehearsed,
  untilSearchable,
  withFields,
} from "../support/real-engine.ts";
import { storeOf } from "../../src/store/database/store.ts";
const PEOPLE = 5;

let rehearsal: Rehearsed["rehearsal"];
let fresh: Rehearsed["fresh"];
let it: Rehearsed["it"];
let close: Rehearsed["close"];
beforeEach(async () => {
  ({ rehearsal, fresh, it, close } = await startRehearsed());
});
afterEach(() => close());

const address = (n: number): string => `person-${n}@example.com`;
const people = Array.from({ length: PEOPLE }, (_, n) => address(n));

/** The job title is emptied where the other side is, the city is kept. */
function clearing(limit: string): Mapping {
  return rehearsedMapping(
    rehearsal,
    withFields(
      "  - { hubspot: jobtitle, klaviyo: title, on_empty: clear }",
      "  - { hubspot: city, klaviyo: location.city }",
      `limits: { clears_per_run: ${limit} }`,
    ),
  );
}

/** Everybody on both sides and in scope on both, with a title and a city. */
async function begin(mapping: Mapping): Promise<void> {
  rehearsal.hubspot.sandbox.seedContacts(
    people.map((email) => ({
      properties: { email, jobtitle: "Buyer", city: "Tartu" },
      lists: [rehearsal.story.hubspotList],
    })),
  );
  await cycle(mapping);
  const { klaviyoSegment } = rehearsal.story;
  rehearsal.klaviyo.sandbox.addToSegment(klaviyoSegment, people);
  await cycle(mapping);
}

async function cycle(mapping: Mapping) {
  untilSearchable(rehearsal);
  return it.sync(mapping);
}

function atHubSpot() {
  const { contacts } = rehearsal.hubspot.sandbox.dumpContacts(null, 100);
  // HubSpot's ids say nothing of an order.
  const byEmail = new Map(contacts.map(({ properties }) => [properties["email"], properties]));
  return people.map((email) => {
    const shown = byEmail.get(email);
    return [shown?.["jobtitle"] || null, shown?.["city"] || null];
  });
}

function atKlaviyo() {
  return people.map((email) => {
    const profile = rehearsal.klaviyo.sandbox.profile(email);
    return [profile?.attributes["title"] ?? null, profile?.location["city"] ?? null];
  });
}

const EMPTY = [null, "Tartu"];
const FULL = ["Buyer", "Tartu"];

test("what HubSpot's people empty is emptied in Klaviyo where the mapping says so, and else kept", async () => {
  const mapping = clearing("100%");
  await begin(mapping);
  rehearsal.hubspot.sandbox.editContact({ email: address(0) }, { jobtitle: "", city: "" });
  await cycle(mapping);
  expect(atKlaviyo()[0]).toEqual(EMPTY);
  const before = mutatingCalls(rehearsal);
  await cycle(mapping);
  expect(mutatingCalls(rehearsal)).toBe(before);
});

test("what Klaviyo's people empty is emptied in HubSpot where the mapping says so, and else kept", async () => {
  const mapping = clearing("100%");
  await begin(mapping);
  rehearsal.klaviyo.sandbox.editProfile(address(0), { title: null, location: { city: null } });
  await cycle(mapping);
  expect(atHubSpot()).toEqual([EMPTY, FULL, FULL, FULL, FULL]);
  const before = mutatingCalls(rehearsal);
  await cycle(mapping);
  expect(mutatingCalls(rehearsal)).toBe(before);
});

test("more emptied values than the limit: none is emptied, one message, and an approval lets them through", async () => {
  const mapping = clearing("2");
  await begin(mapping);
  for (const email of people.slice(0, 3)) rehearsal.klaviyo.sandbox.editProfile(email, { title: null });
  const before = mutatingCalls(rehearsal);
  const run = await cycle(mapping);
  await cycle(mapping);
  expect(run).toMatchObject({ result: "held", exceeded: [{ action: "clears", planned: 3, allowed: 2 }] });
  expect(mutatingCalls(rehearsal)).toBe(before);
  expect(atHubSpot()).toEqual([FULL, FULL, FULL, FULL, FULL]);
  const told = await fresh.database.problem.findMany({ where: { linkId: null } });
  expect(told.map(({ title }) => title)).toEqual(["Held: 3 values to empty in HubSpot, limit 2"]);

  const hold = await waitingHold(storeOf(fresh.database, 1));
  const expiresAt = new Date(Date.now() + 3_600_000);
  const decision = { state: "approved", by: "test", reason: "wanted", expiresAt } as const;
  expect(await decideHold(storeOf(fresh.database, 1), hold?.hash ?? "", decision, new Date())).toBe(true);
  await cycle(mapping);
  expect(atHubSpot()).toEqual([EMPTY, EMPTY, EMPTY, FULL, FULL]);
});
