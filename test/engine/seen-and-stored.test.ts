import { afterEach, beforeEach, expect, test } from "vitest";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const MAPPING = mapping();

async function linkState(email: string): Promise<string | undefined> {
  return (await it.fresh.database.link.findFirst({ where: { emailKey: email } }))?.state;
}

test("one roster of a Klaviyo segment without a member proves nothing: it may be recalculating", async () => {
  const kim = it.klaviyo.user.create("kim@example.com", { first_name: "Kim" }, ["engaged"]);
  await it.sync(MAPPING);
  await it.sync(MAPPING);
  it.klaviyo.user.leave(kim, "engaged");
  expect((await it.sync(MAPPING)).counts).toMatchObject({ left: 0 });
  expect(await linkState("kim@example.com")).toBe("in_sync");
  // The segment was recalculated, and she is in it again: as if nothing had been.
  it.klaviyo.user.join(kim, "engaged");
  expect((await it.sync(MAPPING)).counts).toMatchObject({ left: 0 });
  it.klaviyo.user.leave(kim, "engaged");
  expect((await it.sync(MAPPING)).counts).toMatchObject({ left: 0 });
  expect((await it.sync(MAPPING)).counts).toMatchObject({ left: 1 });
  expect(await linkState("kim@example.com")).toBe("excluded");
});

/**
 * From now on the database refuses every transaction that wrote a row of this table that fits the condition, when it
 * commits: whatever was written beside the transaction stays.
 */
async function breakTable(
  table: "sighting" | "member" | "cursor",
  condition: string,
): Promise<() => Promise<void>> {
  const run = (sql: string): Promise<unknown> => it.fresh.database.$executeRawUnsafe(sql);
  await run(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the disk is full'; END $$`);
  await run(`CREATE CONSTRAINT TRIGGER broken AFTER INSERT OR UPDATE ON ${table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION broken()`);
  return async () => void (await run("DROP FUNCTION broken CASCADE"));
}

async function cursors(): Promise<readonly string[]> {
  const rows = await it.fresh.database.cursor.findMany({ where: { stream: { contains: "contacts" } } });
  return rows.map(({ stream, value }) => `${stream} ${value}`).sort();
}

test("a page that could not be stored leaves its cursor where it was, and is read again", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(MAPPING);
  await it.sync(MAPPING);
  const before = (await cursors()).filter((one) => one.startsWith("hubspot"));
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  const mend = await breakTable("sighting", "NEW.side = 'hubspot'");
  await expect(it.sync(MAPPING)).rejects.toThrow("the disk is full");
  expect((await cursors()).filter((one) => one.startsWith("hubspot"))).toEqual(before);
  await mend();
  await it.sync(MAPPING);
  expect(it.klaviyo.user.all().map(({ values }) => values.get("first_name"))).toEqual(["Joanna"]);
});

test("a roster that could not be stored leaves its cursor where it was, and is read again", async () => {
  const kim = it.klaviyo.user.create("kim@example.com", { first_name: "Kim" }, ["engaged"]);
  it.klaviyo.user.create("lee@example.com", { first_name: "Lee" }, ["engaged"]);
  for (let run = 0; run < 2; run += 1) await it.sync(MAPPING);
  const own = async () => (await cursors()).filter((one) => one.startsWith("klaviyo"));
  const before = await own();
  it.klaviyo.user.leave(kim, "engaged");
  const mend = await breakTable("member", "NEW.side = 'klaviyo'");
  await expect(it.sync(MAPPING)).rejects.toThrow("the disk is full");
  expect(await own()).toEqual(before);
  await mend();
  for (let run = 0; run < 2; run += 1) await it.sync(MAPPING);
  expect(await linkState("kim@example.com")).toBe("excluded");
});

test("a page whose cursor could not be saved is not stored either", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(MAPPING);
  await it.sync(MAPPING);
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  const mend = await breakTable("cursor", "NEW.stream LIKE 'hubspot contacts%'");
  await expect(it.sync(MAPPING)).rejects.toThrow("the disk is full");
  const [seen] = await it.fresh.database.sighting.findMany({ where: { side: "hubspot" } });
  expect(Object.values(seen?.fields as object)).toContain("Jo");
  await mend();
  await it.sync(MAPPING);
  expect(it.klaviyo.user.all().map(({ values }) => values.get("first_name"))).toEqual(["Joanna"]);
});

test("a page of the index from before a write is no edit, though the write told nothing of what it did", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  for (let runs = 0; runs < 2; runs += 1) await it.sync(MAPPING);
  const profile = it.klaviyo.user.all()[0]?.id ?? "";
  it.klaviyo.user.join(profile, "engaged");
  await it.sync(MAPPING);
  it.klaviyo.user.edit(profile, { title: "Buyer" });
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  it.klaviyo.quirks.importLike = true;
  it.klaviyo.quirks.indexLagMs = 90_000;
  it.wait(60_000);
  // The comparison reads everybody, and not from the index.
  await runReconcile(it.deps(), MAPPING, "test");
  expect(it.klaviyo.user.value(profile, "first_name")).toBe("Joanna");
  await it.sync(MAPPING);
  expect(it.hubspot.user.value(jo, "firstname")).toBe("Joanna");
  it.klaviyo.quirks.indexLagMs = 0;
  for (let runs = 0; runs < 2; runs += 1) await it.sync(MAPPING);
  expect(it.hubspot.user.value(jo, "firstname")).toBe("Joanna");
  expect(it.klaviyo.user.value(profile, "first_name")).toBe("Joanna");
});
