import { createHash, randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { erasePerson } from "../../src/lanes/erase-person.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { saveErased } from "../../src/store/people/erased.ts";
import type { Database } from "../../src/store/database/database.ts";
import { PERSONAL_DATA } from "../../src/store/people/personal-data.ts";
import { EXPORTED_AS, exportPerson } from "../../src/store/people/person-export.ts";
import { writeAudit } from "../../src/store/chains/audit.ts";
import { tableDump } from "../support/database-dump.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { key } from "../support/email.ts";
import { fieldRule, mapping } from "../support/rule.ts";
import { spelled } from "../support/spelled.ts";
import { storeOf } from "../../src/store/database/store.ts";
const JO = key("jo.o'hara+news@example.com");
const ANN = key("ann@example.com");
const both = mapping({ fields: [...mapping().fields, fieldRule("lastname", "last_name")] });
const OUT = {
  ...plainConsent("unsubscribed"),
  suppressions: [{ reason: "UNSUBSCRIBE", at: "2026-11-01T07:00:00Z" }],
};

let it: Engine;
beforeEach(async () => {
  it = await engine();
  it.hubspot.user.create(JO, { firstname: "Johanna" }, ["all"]);
  it.hubspot.user.create(ANN, { firstname: "Ann" }, ["all"]);
  await it.sync(both);
  for (const { id } of it.klaviyo.user.all()) it.klaviyo.user.setConsent(id, OUT);
  await it.sync(both);
  for (const email of [JO, ANN]) await fill(it.fresh.database, it.deps().now(), email);
});
afterEach(() => it.fresh.drop());

/** Gives a person a row in every table that holds rows of people and that a sync does not fill. */
async function fill(database: Database, at: Date, email: string): Promise<void> {
  const link = await database.link.findFirstOrThrow({ where: { emailKey: email } });
  const { connectionId, id: linkId, hubspotId, klaviyoId } = link;
  const run = await database.run.findFirstOrThrow();
  const alias = { connectionId, linkId, emailKey: `former.${email}`, side: "both", since: at };
  await database.linkAlias.create({ data: alias });
  const [contact, person] = [hubspotId ?? "", klaviyoId ?? ""];
  const stamp = { traceId: randomUUID(), connectionId, runId: run.id, contact, email };
  await database.stamp.create({ data: { ...stamp, before: {}, after: { link: "x" }, sentAt: at } });
  const conflict = await database.conflict.create({
    data: { linkId, runId: run.id, field: "f", kind: "x", winner: "hubspot", won: "a", lost: "b", at },
  });
  await database.conflictUndo.create({ data: { conflictId: conflict.id, askedBy: "kim", askedAt: at } });
  const shown = { code: "X", level: "error", title: "t", explanation: "e", fix: {}, retry: "auto" };
  await database.problem.create({ data: { connectionId, linkId, ...shown, firstSeen: at, lastSeen: at } });
  const odd = { connectionId, side: "hubspot", externalId: `odd ${contact}`, emailKey: email };
  await database.unreadableContact.create({ data: { ...odd, problem: {}, since: at, triedAt: at } });
  await database.engagementContact.create({ data: { connectionId, contact, email } });
  await database.engagementMember.create({ data: { connectionId, collection: "L", person } });
  const what = { metricId: "M", kind: "clicked", channel: "email", sourceKind: "campaign", byMachine: false };
  const event = { connectionId, eventId: `event of ${person}`, person, email, at, seenAt: at };
  await database.engagement.create({ data: { ...what, ...event, fate: "recorded" } });
  const hold =
    (await database.hold.findFirst()) ??
    (await database.hold.create({
      data: { connectionId, runId: run.id, exceeded: [], openedAt: at, updatedAt: at },
    }));
  const words = JSON.stringify([email, "klaviyo", "update", "last_name", "Smith"]);
  await database.heldChange.create({
    data: { holdId: hold.id, digest: createHash("md5").update(`change of ${email}`).digest("hex"), words },
  });
  if (email === ANN)
    await saveErased(storeOf(database, connectionId), randomUUID(), [`another ${email}`], [], at);
}

/** What a treated column of somebody else's row holds: a sentence, or the same as JSON, by field. */
function mention(treatment: string): string {
  const byHow = spelled(JO);
  const all = Object.values(byHow);
  const sentence = `${all.map((each) => `<${each}>`).join(" ")} https://shop.test/?e=${all.join("&e=")}&end=1`;
  if (treatment === "words") return sentence;
  if (treatment === "value") return JSON.stringify(sentence);
  return JSON.stringify({ keep: "this", ...byHow, deep: { list: [sentence] } });
}

/** Every table, column and treatment in which a row about somebody else may name the person. */
const TREATED = Object.values(PERSONAL_DATA).flatMap(({ table, mentions }) =>
  Object.entries(mentions).map(([column, treatment]) => ({ table, column, treatment })),
);

async function textColumns(database: Database): Promise<readonly string[]> {
  const rows = await database.$queryRaw<{ name: string }[]>`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%'
      AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY')`;
  return rows.map(({ name }) => name).toSorted();
}

test("every column of text has its place: what is done with it when a person is erased", async () => {
  const named = Object.values(PERSONAL_DATA).flatMap(({ table, mentions, rest }) =>
    [...Object.keys(mentions), ...rest].map((column) => `${table}.${column}`),
  );
  expect(named.toSorted()).toEqual(await textColumns(it.fresh.database));
});

test("the export of a person has a row of every table that holds rows of people", async () => {
  const { database } = it.fresh;
  const models = Object.keys(PERSONAL_DATA) as (keyof typeof PERSONAL_DATA)[];
  const exported = models.filter((model) => PERSONAL_DATA[model].ofPerson);
  expect(exported).toEqual(models.filter((model) => EXPORTED_AS[model] !== null));
  const filled = async () => {
    const { connections } = await exportPerson(database, JO);
    return exported.filter((model) => connections[0]?.[EXPORTED_AS[model] ?? "name"].length !== 0);
  };
  expect(await filled()).toEqual(exported);
  await erasePerson(it.deps(), JO);
  expect(await filled()).toEqual(["ConsentEntry"]);
});

test("after an erasure a dump of all tables has no byte of the person in any spelling", async () => {
  const { database } = it.fresh;
  const { id } = await database.connection.findFirstOrThrow();
  await database.mappingVersion.createMany({
    data: [1, 2].map((version) => ({
      connectionId: id,
      version: version + 100,
      hash: `${version}`,
      source: "#",
      loadedAt: it.deps().now(),
    })),
  });
  for (const { table, column, treatment } of TREATED) {
    const value = treatment === "words" ? "$1" : "$1::jsonb";
    if (treatment !== "told")
      await database.$executeRawUnsafe(`UPDATE ${table} SET ${column} = ${value}`, mention(treatment));
  }
  const source = `only: ${JO}`;
  await database.mappingVersion.updateMany({ where: { version: { not: 102 } }, data: { source } });
  await writeAudit(
    storeOf(database, id),
    {
      who: "kim",
      role: "admin",
      action: "ignore",
      reason: `${JO} and ${encodeURIComponent(JO)} asked for it`,
    },
    it.deps().now(),
  );
  await database.$executeRaw`ANALYZE`;
  expect(left(await tableDump(database))).toEqual(Object.keys(spelled(JO)));
  const erasure = await erasePerson(it.deps(), JO);
  expect(erasure.stillNamed).toEqual({ contacts: 0, mapping: false });
  const after = await tableDump(database);
  expect(left(after)).toEqual([]);
  expect(after).not.toContain("johanna");
  for (const kept of ['"keep": "this"', "https://shop.test/?e=(erased)&e=(erased)", "ann@example.com"])
    expect(after).toContain(kept);
  // Ann's rows are still there, without the person.
  for (const { table } of TREATED) expect(after).toMatch(new RegExp(`^${table} `, "m"));
  const [entry] = await database.auditEntry.findMany({ where: { action: "ignore" } });
  expect(entry?.reason).toBe("(email address) and (email address) asked for it");
});

/** The spellings of the address that a dump has, in the order of `spelled`. */
function left(dump: string): readonly string[] {
  return Object.entries(spelled(JO)).flatMap(([how, written]) =>
    [written, JSON.stringify(written).slice(1, -1)].some((one) => dump.includes(one.toLowerCase()))
      ? [how]
      : [],
  );
}

test("what only its source can take out is counted: contacts of others, and the mapping in use", async () => {
  const { database } = it.fresh;
  const { id } = await database.connection.findFirstOrThrow();
  const fields = { "firstname:first_name:text": `assistant: ${JO.toUpperCase()}` };
  await database.sighting.updateMany({ where: { emailKey: ANN, side: "hubspot" }, data: { fields } });
  const version = { connectionId: id, hash: "x", loadedAt: it.deps().now() };
  await database.mappingVersion.create({ data: { ...version, version: 1, source: `# for ${JO}` } });
  const { stillNamed } = await erasePerson(it.deps(), JO);
  expect(stillNamed).toEqual({ contacts: 1, mapping: true });
  const ann = await database.sighting.findFirstOrThrow({ where: { emailKey: ANN, side: "hubspot" } });
  expect(ann.fields).toEqual(fields);
});
