import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pullAndLink } from "../../src/lanes/contacts/pull-and-link.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { timeEdits } from "../../src/pull/time-edits.ts";
import { recoverUnanswered } from "../../src/write/recover.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";
import { SUBSCRIBING } from "../consent/subscribing.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

/** Snapshots as another mapping read them, with a time that no reading beats: only that a record was read decides. */
async function readWithAnotherMapping(): Promise<void> {
  await it.fresh.database.sighting.updateMany({
    data: { shape: "another", updatedAt: new Date("2030-01-01T00:00:00Z") },
  });
}
const shapeOf = async (id: string) =>
  (await it.fresh.database.sighting.findFirstOrThrow({ where: { externalId: id } })).shape;

async function jo(rules: Mapping): Promise<{ readonly hubspot: string; readonly klaviyo: string }> {
  const hubspot = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(rules);
  return { hubspot, klaviyo: it.klaviyo.user.all()[0]?.id ?? "" };
}

test("recovery replaces a snapshot of another mapping by what it reads by id", async () => {
  const person = await jo(mapping());
  const { context } = await pullAndLink(await it.opened(mapping()), mapping(), null);
  await readWithAnotherMapping();
  const link = await it.fresh.database.link.findFirstOrThrow();
  const run = await it.fresh.database.run.findFirstOrThrow();
  const sent = { traceId: randomUUID(), linkId: link.id, runId: run.id, side: "hubspot", kind: "update" };
  const what = { before: {}, after: { "firstname:first_name:text": "Jo" }, source: {} };
  await it.fresh.database.journalRow.create({ data: { ...sent, ...what, sentAt: new Date(0) } });
  expect(await recoverUnanswered(context)).toBe(1);
  expect(await shapeOf(person.hubspot)).toBe(context.shapes.hubspot);
});

test("asking when a property was set replaces what was answered when the contact was made", async () => {
  const rules = mapping({ fields: [fieldRule("firstname", "first_name", { newest: true })] });
  const person = await jo(rules);
  it.klaviyo.user.join(person.klaviyo, "engaged");
  await it.sync(rules);
  it.hubspot.user.edit(person.hubspot, { firstname: "Joanna" });
  it.klaviyo.user.edit(person.klaviyo, { first_name: "Johanna" });
  it.wait(60_000);
  const { context } = await pullAndLink(await it.opened(rules), rules, null);
  await it.fresh.database.$executeRaw`UPDATE sighting SET edited = '{}'`;
  await it.fresh.database.sighting.updateMany({
    data: { readAt: null, updatedAt: new Date("2030-01-01T00:00:00Z") },
  });
  await timeEdits(context, { kind: "dirty" });
  const read = await it.fresh.database.sighting.findFirstOrThrow({ where: { externalId: person.hubspot } });
  expect(read.readAt).not.toBeNull();
});

test("the reading before a subscribe request replaces a snapshot of another mapping", async () => {
  const person = await jo(mapping());
  const { consent } = it.klaviyo;
  const before = { ...consent };
  Object.assign(consent, {
    // Between the full reading and the reading before the request.
    async *refusals(...given: Parameters<typeof before.optOuts>) {
      await readWithAnotherMapping();
      yield* before.optOuts(...given);
    },
  });
  await it.sync(SUBSCRIBING);
  expect(it.klaviyo.requested).toHaveLength(1);
  expect(await shapeOf(person.hubspot)).not.toBe("another");
});
