import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Problem } from "../../src/model/problem.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import { knownLinks } from "../../src/store/links/known-links.ts";
import { retryEngagements } from "../../src/store/feeds/engagement-queue.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import { DAY, HOUR, MINUTE, fates, lane } from "./lane.ts";
import { mortal } from "./mortal.ts";
import { storeOf } from "../../src/store/database/store.ts";
let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

const problem = (code: string, retry: Problem["retry"] = "soon"): Problem => ({
  code,
  level: "contact",
  side: "hubspot",
  field: null,
  title: "rejected by HubSpot",
  explanation: "Something is wrong with it.",
  fix: ["Mend it."],
  retry,
  reference: null,
});

const problems = (connectionId: number) =>
  fresh.database.problem.findMany({ where: { connectionId }, orderBy: { id: "asc" } });

describe("trouble in the engagement lane", () => {
  test("a refused event is a problem of its person, waits, is tried again and heals; the others are shown", async () => {
    const it = await lane(fresh);
    it.hubspot.user.makeCollection("Customers");
    const [ann, bob] = [it.person("ann"), it.person("bob")];
    for (const { contact } of [ann, bob]) it.hubspot.user.join(contact ?? "", "Customers");
    await runContacts(it.deps(), it.mapping, { trigger: "test" });
    await it.run();
    it.hubspot.quirks.refuseEntries = ({ contact }) => (contact === ann.contact ? problem("HS-TEST") : null);
    it.happen(ann, "opened");
    it.happen(bob, "opened");
    it.wait(5 * MINUTE);
    expect((await it.run()).counts).toMatchObject({ recorded: 1, refused: 1, failing: 1 });
    const [found] = await problems(it.connectionId);
    expect(found).toMatchObject({ code: "HS-TEST", field: "engagement", fix: ["Mend it."] });
    const [known] = await knownLinks(
      storeOf(fresh.database, it.connectionId),
      [],
      { kind: "emails", emails: [ann.email] },
      0n,
      1,
      new Date(),
    );
    expect(found?.linkId).toBe(known?.link.id);
    // The contact lane plans this person again and leaves the other lane's problem alone.
    it.hubspot.user.edit(ann.contact ?? "", { city: "Tartu" });
    it.wait(MINUTE);
    await runContacts(it.deps(), it.mapping, { trigger: "test" });
    expect(await problems(it.connectionId)).toHaveLength(1);
    it.hubspot.quirks.refuseEntries = () => null;
    it.wait(HOUR);
    expect((await it.run()).counts).toMatchObject({ recorded: 1, failing: 0 });
    expect(await problems(it.connectionId)).toEqual([]);
    expect(it.shown()).toHaveLength(2);
  });

  test("tries are spaced and end; a person may ask for another", async () => {
    const it = await lane(fresh);
    it.mapping = { ...it.mapping, retry: { attempts: 3, firstMs: MINUTE, longestMs: HOUR } };
    const ann = it.person("ann");
    await it.run();
    let requested = 0;
    it.hubspot.quirks.refuseEntries = () => {
      requested += 1;
      return problem("HS-TEST");
    };
    it.happen(ann, "opened");
    for (let hour = 0; hour < 12; hour += 1) {
      it.wait(30 * MINUTE);
      await it.run();
    }
    expect(requested).toBe(3);
    it.hubspot.quirks.refuseEntries = () => null;
    await retryEngagements(storeOf(fresh.database, it.connectionId), ann.email);
    await it.run();
    expect(it.shown()).toHaveLength(1);
  });

  test("a sink that is missing is one problem and no rows; what waits is shown once it is there", async () => {
    const it = await lane(fresh);
    await it.run();
    it.hubspot.quirks.sinkMissing = () => ({ problem: problem("HS-EVENT-PLAN"), kinds: "all" });
    for (const name of ["a", "b", "c"]) it.happen(it.person(name), "opened");
    it.wait(5 * MINUTE);
    for (let time = 0; time < 2; time += 1)
      expect(await it.run()).toMatchObject({
        result: "finished_with_errors",
        problems: [{ code: "HS-EVENT-PLAN" }],
      });
    expect((await problems(it.connectionId)).map(({ code, linkId }) => [code, linkId])).toEqual([
      ["HS-EVENT-PLAN", null],
    ]);
    expect(new Set(Object.values(await fates(storeOf(fresh.database, it.connectionId))))).toEqual(
      new Set(["waiting"]),
    );
    it.hubspot.quirks.sinkMissing = () => null;
    expect((await it.run()).counts["recorded"]).toBe(3);
    expect(await problems(it.connectionId)).toEqual([]);
  });

  test("a side that is out stops the run with one problem, and nothing is lost", async () => {
    const it = await lane(fresh);
    const ann = it.person("ann");
    await it.run();
    it.happen(ann, "opened");
    it.wait(5 * MINUTE);
    const out = new SystemUnavailable("hubspot", problem("HS-DOWN"), null);
    it.hubspot.quirks.unavailable = (call) => (call === "record" ? out : null);
    await expect(it.run()).rejects.toThrow("HS-DOWN");
    expect((await problems(it.connectionId)).map(({ code }) => code)).toEqual(["HS-DOWN"]);
    it.hubspot.quirks.unavailable = () => null;
    await it.run();
    expect(it.shown()).toHaveLength(1);
    expect(await problems(it.connectionId)).toEqual([]);
  });

  test("a contact that is gone is looked for again by address", async () => {
    const it = await lane(fresh);
    const ann = it.person("ann");
    await it.run();
    it.happen(ann, "opened");
    it.wait(5 * MINUTE);
    it.hubspot.quirks.before = (call) => {
      if (call === "record") it.hubspot.user.delete(ann.contact ?? "");
    };
    expect((await it.run()).counts).toMatchObject({ recorded: 0, unknown: 1 });
    it.hubspot.quirks.before = () => {};
    const remade = it.hubspot.user.create(ann.email);
    it.wait(DAY);
    await it.run();
    expect(it.shown().map(({ contact }) => contact)).toEqual([remade]);
  });

  test("a back-fill that is killed continues where it was: no page is read from the beginning again", async () => {
    const it = await lane(fresh, "record_as: custom_event, backfill: 30d, metrics: { opened: {} }");
    const ann = it.person("ann");
    for (let number = 0; number < 450; number += 1)
      it.happen(ann, "opened", {
        message: `m${number}`,
        at: new Date(it.now() - 29 * DAY + number * MINUTE).toISOString(),
      });
    let pages = 0;
    const process = mortal(fresh.database, Infinity);
    process.watch(it.klaviyo);
    const before = it.klaviyo.quirks.before;
    it.klaviyo.quirks.before = (call) => {
      before(call);
      if (call === "events" && (pages += 1) === 3) throw new Error("killed");
    };
    await expect(it.run()).rejects.toThrow("killed");
    const [stream] = await fresh.database.engagementStream.findMany({
      where: { connectionId: it.connectionId },
    });
    expect(stream).toMatchObject({ pass: "backfill", watermark: null });
    const seen = await fresh.database.engagement.count({ where: { connectionId: it.connectionId } });
    expect(seen).toBeGreaterThan(0);
    it.klaviyo.quirks.before = () => {};
    const { counts } = await it.run();
    expect(counts["read"]).toBe(450 - seen);
    expect(it.shown()).toHaveLength(450);
  });

  test("a back-fill whose first page never came has read nothing: it begins where it should have", async () => {
    const it = await lane(fresh, "record_as: custom_event, backfill: 30d, metrics: { opened: {} }");
    it.happen(it.person("ann"), "opened", { at: new Date(it.now() - 29 * DAY).toISOString() });
    it.klaviyo.quirks.unavailable = (call) =>
      call === "events" ? new SystemUnavailable("klaviyo", problem("KL-DOWN"), null) : null;
    await expect(it.run()).rejects.toThrow("KL-DOWN");
    it.klaviyo.quirks.unavailable = () => null;
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.shown()).toHaveLength(1);
  });

  test("a long back-fill gives the other lane its turn, and continues in the next run", async () => {
    const it = await lane(
      fresh,
      "record_as: custom_event, backfill: 30d, metrics: { opened: {}, clicked: {} }",
    );
    const ann = it.person("ann");
    for (let number = 0; number < 300; number += 1)
      it.happen(ann, "opened", {
        message: `m${number}`,
        at: new Date(it.now() - 29 * DAY + number * MINUTE).toISOString(),
      });
    it.klaviyo.quirks.before = (call) => {
      if (call === "events") it.wait(MINUTE);
    };
    const first = await it.run({}, 90_000);
    expect(first.counts["read"]).toBeLessThan(300);
    let runs = 1;
    while (it.shown().length < 300 && runs < 20) {
      await it.run({}, 90_000);
      runs += 1;
    }
    expect(it.shown()).toHaveLength(300);
    expect(runs).toBeGreaterThan(1);
  });

  test("a roll-up is written to whom something happened to, and to nobody else, and never goes back", async () => {
    const it = await lane(
      fresh,
      "record_as: custom_event, last_activity: { opened: last_open, opens: opens, message: last_message }",
    );
    const [ann, bob] = [it.person("ann"), it.person("bob")];
    await it.run();
    const first = it.happen(ann, "opened", { messageName: "One" });
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.hubspot.user.value(ann.contact ?? "", "last_open")).toBe(first.at);
    it.wait(3 * HOUR);
    const again = it.happen(ann, "opened", { messageName: "One" });
    it.happen(ann, "opened", {
      message: "m2",
      messageName: "Late",
      at: new Date(it.now() - 2 * HOUR).toISOString(),
    });
    it.happen(ann, "opened", { message: "m3", byMachine: true });
    it.wait(5 * MINUTE);
    await it.run();
    const shown = (property: string) => it.hubspot.user.value(ann.contact ?? "", property);
    // A repeat is not shown, and yet it is the last open.
    expect([shown("last_open"), shown("opens"), shown("last_message")]).toEqual([again.at, "2", "One"]);
    const writes = it.hubspot.writes.length;
    it.wait(DAY);
    await it.run();
    expect(it.hubspot.writes.length).toBe(writes);
    expect(
      it.hubspot.writes.every(({ operation }) => "id" in operation && operation.id === ann.contact),
    ).toBe(true);
    expect(it.hubspot.user.value(bob.contact ?? "", "last_open")).toBeNull();
  });
});
