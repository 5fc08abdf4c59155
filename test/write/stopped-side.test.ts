import { afterEach, beforeEach, expect, test } from "vitest";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { fieldRule, mapping } from "../support/rule.ts";

const used = mapping({ fields: [fieldRule("jobtitle", "title"), fieldRule("city", "city")] });
const NAMES = ["ann", "bea", "cid"] as const;

let it: Engine;
beforeEach(async () => {
  it = await engine();
  for (const name of NAMES) {
    it.hubspot.user.create(`${name}@example.com`, { jobtitle: "Buyer", city: "Bergen" }, ["all"]);
    it.klaviyo.user.create(`${name}@example.com`, { title: "Buyer", city: "Bergen" }, ["engaged"]);
  }
  await it.sync(used);
  for (const { id } of it.hubspot.user.all()) it.hubspot.user.edit(id, { jobtitle: "Boss" });
  for (const { id } of it.klaviyo.user.all()) it.klaviyo.user.edit(id, { city: "Oslo" });
  it.newWrites();
});
afterEach(() => it.fresh.drop());

const outcomes = async (side: string) =>
  (await it.fresh.database.journalRow.findMany({ where: { side }, orderBy: { linkId: "asc" } })).map(
    ({ outcome }) => outcome,
  );
const titles = () => it.klaviyo.user.all().map(({ values }) => values.get("title"));
const cities = () => it.hubspot.user.all().map(({ values }) => values.get("city"));
/** Right after the run before: nothing that is unknown can be read yet. */
const atOnce = () => runContacts(it.deps(), used, { trigger: "test" });

/** Klaviyo takes no change after so many. */
function forbid(after: number): void {
  const out = problem({ code: "KL-SCOPE", side: "klaviyo" });
  let left = after;
  it.klaviyo.quirks.unavailable = (call) =>
    call === "write" && (left -= 1) < 0 ? new SystemUnavailable("klaviyo", out, null) : null;
}

test.each([0, 1])(
  "a side that takes no more after %d changes leaves nobody unknown: the next run sends the rest at once",
  async (taken) => {
    forbid(taken);
    expect(await it.sync(used)).toMatchObject({ result: "stopped", stoppedBy: { code: "KL-SCOPE" } });
    const done = Array<string>(taken).fill("done");
    expect(await outcomes("klaviyo")).toEqual([...done, ...Array<string>(3 - taken).fill("not_sent")]);
    // What the other side answered is settled too.
    expect(await outcomes("hubspot")).toEqual(["done", "done", "done"]);
    expect(await atOnce()).toMatchObject({ result: "stopped" });
    it.klaviyo.quirks.unavailable = () => null;
    expect(await atOnce()).toMatchObject({
      result: "finished",
      counts: { updated: 3 - taken, recovered: 0 },
    });
    expect([titles(), cities()]).toEqual([Array(3).fill("Boss"), Array(3).fill("Oslo")]);
    expect(await atOnce()).toMatchObject({ result: "finished", counts: { updated: 0 } });
  },
);

test("a run that one side's bug ends waits for what the other side is writing", async () => {
  const deps = it.deps();
  const { hubspot, klaviyo } = deps.connectors;
  let ended = false;
  const slow: typeof hubspot.contacts.write = async (...given) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const answer = await hubspot.contacts.write(...given);
    ended = true;
    return answer;
  };
  const connectors = {
    hubspot: { ...hubspot, contacts: { ...hubspot.contacts, write: slow } },
    klaviyo: {
      ...klaviyo,
      contacts: { ...klaviyo.contacts, write: () => Promise.reject(new Error("a bug")) },
    },
  };
  it.wait(60_000);
  await expect(runContacts({ ...deps, connectors }, used, { trigger: "test" })).rejects.toThrow("a bug");
  expect(ended).toBe(true);
});
