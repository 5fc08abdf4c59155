import { storeOf } from "../../src/store/database/store.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { explainPerson } from "../../src/lanes/explain-person.ts";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import type { EmailKey } from "../../src/model/email.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import { NOT_READ_YET } from "../../src/plan/plan-contact.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import type { FieldSpec } from "../../src/connectors/connector.ts";
import { memory } from "../../src/connectors/memory/index.ts";
import { fieldRule, mapping } from "../support/rule.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const DAY = 86_400_000;
const BEFORE = mapping({ fields: [fieldRule("firstname", "first_name")], hash: "before" });
const CITY = fieldRule("city", "location.city");
const TITLE = fieldRule("jobtitle", "title");

function after(...fields: readonly FieldRule[]): Mapping {
  return mapping({ fields: [...BEFORE.fields, ...fields], hash: `after ${fields.length}` });
}

/** Two people a side, whose counterparts are in no list and no segment. */
async function inStep(): Promise<void> {
  const values = { city: "Oslo", jobtitle: "Buyer" };
  it.hubspot.user.create("ann@example.com", { firstname: "Ann", ...values }, ["all"]);
  it.hubspot.user.create("ben@example.com", { firstname: "Ben", ...values }, ["all"]);
  const profile = { "location.city": "Bergen", title: "Chef" };
  it.klaviyo.user.create("eva@example.com", { first_name: "Eva", ...profile }, ["engaged"]);
  it.klaviyo.user.create("fay@example.com", { first_name: "Fay", ...profile }, ["engaged"]);
  await it.sync(BEFORE);
  await it.sync(BEFORE);
  it.wait(3 * DAY);
  await it.sync(BEFORE);
}

async function planned(now: Mapping): Promise<readonly unknown[]> {
  const plans = await it.plan(now);
  return plans.flatMap(({ known, operations }) =>
    operations.map((operation) => [
      known.link.email,
      operation.side,
      "fields" in operation && operation.fields,
    ]),
  );
}

test("fields added to the mapping are planned for everybody linked, twice alike, and one sync fills them", async () => {
  await inStep();
  const now = after(CITY, TITLE);
  const first = await planned(now);
  expect(first).toHaveLength(4);
  for (const [, side, fields] of first as readonly [string, string, object][])
    expect(Object.values(fields)).toEqual(side === "klaviyo" ? ["Oslo", "Buyer"] : ["Bergen", "Chef"]);
  expect(await planned(now)).toEqual(first);
  it.newWrites();
  await it.sync(now);
  expect(it.newWrites()).toBe(4);
  for (const each of it.klaviyo.user.all()) expect(each.values.get("location.city")).toBeTruthy();
  for (const each of it.hubspot.user.all()) expect(each.values.get("city")).toBeTruthy();
  expect(await planned(now)).toEqual([]);
  await it.sync(now);
  expect(it.newWrites()).toBe(0);
});

test("a linked contact that could not be read with this mapping waits, and explain says so", async () => {
  await inStep();
  const now = after(CITY);
  it.klaviyo.quirks.unavailable = (call) =>
    call === "read" ? new SystemUnavailable("klaviyo", problem({ code: "KL-DOWN" }), null) : null;
  expect((await it.sync(now)).result).toBe("stopped");
  const { id } = await it.fresh.database.connection.findFirstOrThrow();
  const explain = async () =>
    (
      await explainPerson(
        storeOf(it.fresh.database, id),
        now,
        { email: "ann@example.com" as EmailKey },
        new Date(),
      )
    )?.plan;
  expect(await explain()).toMatchObject({ state: "waiting", reason: NOT_READ_YET });
  // What HubSpot had shown before the run was stopped is stored, and is not read again.
  const read = await it.fresh.database.sighting.findMany({ where: { side: "hubspot" } });
  expect(new Set(read.map(({ shape }) => shape)).size).toBe(1);
  it.klaviyo.quirks.unavailable = () => null;
  await it.sync(now);
  expect(await explain()).toMatchObject({ state: "in_sync" });
});

test("explain says before the next run that nobody was read with a changed mapping", async () => {
  await inStep();
  const { id } = await it.fresh.database.connection.findFirstOrThrow();
  const email = "ann@example.com" as EmailKey;
  const explained = await explainPerson(storeOf(it.fresh.database, id), after(CITY), { email }, new Date());
  expect(explained?.plan).toMatchObject({ state: "waiting", reason: NOT_READ_YET, operations: [] });
  const same = await explainPerson(storeOf(it.fresh.database, id), BEFORE, { email }, new Date());
  expect(same?.plan.state).toBe("in_sync");
});

test("a contact that Tandem made is read once, and nobody is read again in quiet", async () => {
  await inStep();
  await it.sync(BEFORE);
  const requests = () => [it.hubspot, it.klaviyo].map((side) => side.requests().get("read") ?? 0);
  const before = requests();
  await it.sync(BEFORE);
  expect(requests()).toEqual(before);
  const rows = await it.fresh.database.sighting.findMany();
  expect(rows.every(({ readAt, shape }) => readAt !== null && shape !== "")).toBe(true);
});

test("the full comparison reads every linked contact of both sides once, and has missed nothing in quiet", async () => {
  await inStep();
  const before = [it.hubspot, it.klaviyo].map((side) => side.requests().get("read") ?? 0);
  const run = await runReconcile(it.deps(), BEFORE, "reconcile");
  expect(run.counts).toMatchObject({ missed: 0, read: 8 });
  expect([it.hubspot, it.klaviyo].map((side) => side.requests().get("read") ?? 0)).toEqual(
    before.map((count) => count + 1),
  );
  expect((await it.sync(BEFORE)).counts).not.toHaveProperty("missed");
});

test("the full comparison finds what the pulls missed, on a side that does not lead too, and counts it", async () => {
  await inStep();
  const one = it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === "ann@example.com");
  const other = it.hubspot.user.all().find(({ shownEmail }) => shownEmail === "eva@example.com");
  for (const [side, contact, change] of [
    [it.klaviyo, one, { first_name: "Anna" }],
    [it.hubspot, other, { firstname: "Eve" }],
  ] as const) {
    side.user.edit(contact?.id ?? "", change);
    // As if every page of changes had left it out.
    const { contacts } = side;
    const whole = { ...contacts };
    Object.assign(contacts, {
      async *pull(...args: Parameters<typeof contacts.pull>) {
        for await (const page of whole.pull(...args))
          yield page.kind === "contacts"
            ? { ...page, contacts: page.contacts.filter(({ id }) => id !== contact?.id) }
            : page;
      },
    });
  }
  it.wait(DAY);
  await it.sync(BEFORE);
  it.wait(DAY);
  const run = await runReconcile(it.deps(), BEFORE, "reconcile");
  expect(run.counts["missed"]).toBe(2);
  const kept = await it.fresh.database.run.findFirstOrThrow({ orderBy: { id: "desc" } });
  expect(kept.counts).toMatchObject({ missed: 2 });
  it.wait(DAY);
  expect((await runReconcile(it.deps(), BEFORE, "reconcile")).counts["missed"]).toBe(0);
});

test("an option that HubSpot gains has everybody of its option table read again, once", async () => {
  await it.fresh.drop();
  const options = ["gold"];
  const spec = { label: "", type: "option", readOnly: false } as const;
  const fields: readonly FieldSpec[] = [
    { ...spec, property: "tier", options },
    { ...spec, property: "firstname", type: "text", options: null },
  ];
  it = await engine((side, { now }) => memory(side, { now, fields: side === "hubspot" ? fields : [] }));
  const table = { pairs: [["gold", "Gold"] as const], others: "keep" as const };
  const tiers = mapping({
    fields: [...BEFORE.fields, fieldRule("tier", "properties.Tier", { type: "option", options: table })],
  });
  it.hubspot.user.create("ann@example.com", { firstname: "Ann", tier: "gold" }, ["all"]);
  await it.sync(tiers);
  await it.sync(tiers);
  const reads = () => [it.hubspot, it.klaviyo].map((side) => side.requests().get("read") ?? 0);
  const before = reads();
  options.push("silver");
  await it.sync(tiers);
  expect(reads()).toEqual(before.map((count) => count + 1));
  await it.sync(tiers);
  expect(reads()).toEqual(before.map((count) => count + 1));
  expect(it.klaviyo.user.all()[0]?.values.get("properties.Tier")).toBe("Gold");
});
