import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { Side } from "../../src/model/side.ts";
import { LeaseLost } from "../../src/store/runs/leases.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

let it: Engine;
let jo: string;
let profile: string;
const one = mapping({ fields: [fieldRule("title", "title", { direction: "to_klaviyo" })] });

beforeEach(async () => {
  it = await engine();
  jo = it.hubspot.user.create("jo@example.com", { title: "Buyer" }, ["all"]);
  profile = it.klaviyo.user.create("jo@example.com", { title: "Buyer" }, ["engaged"]);
  await it.sync(one);
  it.newWrites();
});
afterEach(() => it.fresh.drop());

/** What happens while the next write of a side waits for its budget. */
function whileWaiting(side: Side, happens: () => void): void {
  const { quirks } = it[side];
  quirks.before = (call) => {
    if (call !== "write") return;
    quirks.before = () => {};
    happens();
  };
}

const journal = async () =>
  (await it.fresh.database.journalRow.findMany({ orderBy: { sentAt: "asc" } })).map(({ outcome }) => outcome);

/** A run whose lease another process takes while it writes to Klaviyo. */
function losingLease(when: "before its request" | "before its answer"): Promise<unknown> {
  const deps = it.deps();
  const { klaviyo } = deps.connectors;
  const taken = () => it.fresh.database.$executeRaw`UPDATE lease SET token = token + 1`;
  const write: typeof klaviyo.contacts.write = async (...given) => {
    if (when === "before its request") await taken();
    if (when === "before its request") it.wait(6_000);
    const results = await klaviyo.contacts.write(...given);
    if (when === "before its answer") await taken();
    return results;
  };
  const connectors = {
    ...deps.connectors,
    klaviyo: { ...klaviyo, contacts: { ...klaviyo.contacts, write } },
  };
  it.wait(60_000);
  return runContacts({ ...deps, connectors }, one, { trigger: "test" });
}

describe("a write that waited for its budget", () => {
  test("is not sent over an edit that was made meanwhile, and the run says how old its readings were", async () => {
    it.hubspot.user.edit(jo, { title: "Boss" });
    whileWaiting("klaviyo", () => {
      it.wait(45_000);
      it.klaviyo.user.edit(profile, { title: "Chair" });
    });
    await it.sync(one);
    expect(it.newWrites()).toBe(0);
    expect(it.klaviyo.user.value(profile, "title")).toBe("Chair");
    expect(await journal()).toEqual(["not_sent"]);
    const [link] = await it.fresh.database.link.findMany();
    expect(link?.dirtySince).not.toBeNull();
  });

  test("is sent on a new reading where nothing moved, and no reading is older than ten seconds", async () => {
    it.hubspot.user.edit(jo, { title: "Boss" });
    whileWaiting("klaviyo", () => it.wait(45_000));
    const { counts } = await it.sync(one);
    expect(it.klaviyo.user.value(profile, "title")).toBe("Boss");
    expect(counts["oldest_read_ms"]).toBeLessThanOrEqual(10_000);
    expect(await journal()).toEqual(["done"]);
  });

  test("is measured by the clock that says more: a machine that was suspended, and a clock set back", async () => {
    let monotonic = 0;
    it.hubspot.user.edit(jo, { title: "Boss" });
    whileWaiting("klaviyo", () => {
      monotonic += 60_000;
      it.wait(-20 * 60_000);
      it.klaviyo.user.edit(profile, { title: "Chair" });
    });
    it.wait(60_000);
    await runContacts({ ...it.deps(), monotonic: () => monotonic }, one, { trigger: "test" });
    expect(it.klaviyo.user.value(profile, "title")).toBe("Chair");
  });

  test("leaves out the field that moved, and writes the others", async () => {
    const city = fieldRule("city", "city", { direction: "to_klaviyo" });
    const two = mapping({ fields: [...one.fields, city], name: "two" });
    for (const { user } of [it.hubspot, it.klaviyo])
      for (const { id } of user.all()) user.edit(id, { city: "Bergen" });
    await it.sync(two);
    it.hubspot.user.edit(jo, { title: "Boss", city: "Oslo" });
    whileWaiting("klaviyo", () => {
      it.wait(45_000);
      it.klaviyo.user.edit(profile, { title: "Chair" });
    });
    await it.sync(two);
    expect(it.klaviyo.user.value(profile, "title")).toBe("Chair");
    expect(it.klaviyo.user.value(profile, "city")).toBe("Oslo");
    const [row] = await it.fresh.database.journalRow.findMany();
    expect(Object.keys(row?.after as object)).toEqual(["city:city:text"]);
  });

  test("is not sent by a process that has lost its lease meanwhile", async () => {
    it.hubspot.user.edit(jo, { title: "Boss" });
    await expect(losingLease("before its request")).rejects.toThrow(LeaseLost);
    expect(it.newWrites()).toBe(0);
    expect(it.klaviyo.user.value(profile, "title")).toBe("Buyer");
  });
});

test("a create whose address somebody else has taken meanwhile links the contact that is there", async () => {
  const fresh = it.hubspot.user.create("new@example.com", { title: "Fresh" }, ["all"]);
  // Only asking for the address tells of it.
  it.klaviyo.quirks.indexLagMs = 3_600_000;
  let taken = "";
  whileWaiting("klaviyo", () => void (taken = it.klaviyo.user.create("new@example.com", {})));
  await it.sync(one);
  expect(await journal()).toEqual(["exists"]);
  await it.sync(one);
  expect(await it.fresh.database.link.findFirst({ where: { hubspotId: fresh } })).toMatchObject({
    klaviyoId: taken,
    state: "in_sync",
  });
  expect(it.klaviyo.user.value(taken, "title")).toBe("Fresh");
});

describe("a write whose answer never came", () => {
  test("stays open until it was looked for, and is not sent again before", async () => {
    it.hubspot.user.edit(jo, { title: "Boss" });
    it.klaviyo.quirks.unanswered = () => "applied";
    await it.sync(one);
    expect(await journal()).toEqual(["sent"]);
    // Nobody knows yet what the profile holds: that is not in sync.
    expect((await it.fresh.database.link.findFirst())?.state).toBe("waiting");
    it.klaviyo.quirks.unanswered = () => null;
    it.newWrites();
    await it.sync(one);
    expect(it.newWrites()).toBe(0);
    expect(await journal()).toEqual(["done"]);
  });

  test("of some seconds ago is not looked for yet: the side may show its effect a little later", async () => {
    it.hubspot.user.edit(jo, { title: "Boss" });
    it.klaviyo.quirks.unanswered = () => "applied";
    await it.sync(one);
    it.klaviyo.quirks.unanswered = () => null;
    it.newWrites();
    for (const [waits, outcome] of [
      [8_000, "sent"],
      [2_000, "done"],
    ] as const) {
      it.wait(waits);
      await runContacts(it.deps(), one, { trigger: "test" });
      expect([it.newWrites(), await journal()]).toEqual([0, [outcome]]);
    }
  });

  test("stays open where the lease was lost meanwhile: another process settles it", async () => {
    it.hubspot.user.edit(jo, { title: "Boss" });
    await expect(losingLease("before its answer")).rejects.toThrow(LeaseLost);
    expect(await journal()).toEqual(["sent"]);
    expect(JSON.stringify((await it.fresh.database.link.findFirst())?.base)).not.toContain("Boss");
  });

  test("of a create: the address is asked for again before anything is made there", async () => {
    it.hubspot.user.create("new@example.com", { title: "Fresh" }, ["all"]);
    // A pull does not show it yet: only asking for the address tells.
    it.klaviyo.quirks.indexLagMs = 3_600_000;
    it.klaviyo.quirks.unanswered = () => "not_applied";
    await it.sync(one);
    it.klaviyo.quirks.unanswered = () => null;
    // It arrives late: after what was never answered was looked for, and before anything is planned.
    it.hubspot.quirks.before = (call) => {
      if (call !== "pull") return;
      it.hubspot.quirks.before = () => {};
      it.klaviyo.user.create("new@example.com", { title: "Fresh" });
    };
    it.newWrites();
    await it.sync(one);
    expect(it.newWrites()).toBe(0);
    expect(
      it.klaviyo.user.all().filter(({ emails }) => emails.includes("new@example.com" as never)),
    ).toHaveLength(1);
  });
});
