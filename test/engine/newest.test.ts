import { afterEach, beforeEach, expect, test } from "vitest";
import { personLines } from "../../src/cli/runs/plan-person.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { fieldRule, mapping } from "../support/rule.ts";

const MINUTE = 60_000;

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const newest = (winner: "hubspot" | "klaviyo" = "hubspot") =>
  mapping({
    fields: [fieldRule("firstname", "first_name", { newest: true, winner }), fieldRule("jobtitle", "title")],
  });

/** Jo on both sides, in step, and looked at. */
async function inStep(rules = newest()): Promise<{ readonly jo: string; readonly profile: string }> {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  const profile = it.klaviyo.user.create("jo@example.com", { first_name: "Jo" }, ["engaged"]);
  for (let run = 0; run < 3; run += 1) {
    it.wait(MINUTE);
    await it.sync(rules);
  }
  return { jo, profile };
}

test("of two edits the later one wins, whoever made it, and the earlier one is kept", async () => {
  const { jo, profile } = await inStep(newest("klaviyo"));
  it.klaviyo.user.edit(profile, { first_name: "Johanna" });
  it.wait(MINUTE);
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  it.wait(MINUTE);
  await it.sync(newest("klaviyo"));
  expect(it.klaviyo.user.value(profile, "first_name")).toBe("Joanna");
  expect(await it.fresh.database.conflict.findMany()).toMatchObject([
    { winner: "hubspot", won: "Joanna", lost: "Johanna" },
  ]);
});

test("an edit in Klaviyo wins where HubSpot's was made before Klaviyo was last looked at", async () => {
  const { jo, profile } = await inStep();
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  // HubSpot's index does not show it yet; Klaviyo is looked at meanwhile and shows nothing new.
  it.hubspot.quirks.indexLagMs = 10 * MINUTE;
  it.wait(MINUTE);
  await it.sync(newest());
  it.wait(MINUTE);
  it.klaviyo.user.edit(profile, { first_name: "Johanna" });
  it.wait(15 * MINUTE);
  await it.sync(newest());
  expect(it.hubspot.user.value(jo, "firstname")).toBe("Johanna");
});

test("a time of Klaviyo's that moved for another reason does not make its value newer", async () => {
  const { jo, profile } = await inStep();
  it.klaviyo.user.edit(profile, { first_name: "Johanna" });
  it.wait(5 * MINUTE);
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  it.wait(5 * MINUTE);
  it.klaviyo.user.edit(profile, { title: "Buyer" });
  it.wait(MINUTE);
  const [tied] = await it.plan(newest());
  expect(tied && personLines(tied, newest().fields).join()).toMatch(
    /too close to call, HubSpot wins by `tie`/,
  );
  await it.sync(newest());
  expect(it.klaviyo.user.value(profile, "first_name")).toBe("Joanna");
});

test("a look that a lagging index answered says nothing of the last minutes", async () => {
  const { jo, profile } = await inStep();
  it.klaviyo.quirks.indexLagMs = 10 * MINUTE;
  it.klaviyo.user.edit(profile, { first_name: "Johanna" });
  it.wait(MINUTE);
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  it.wait(MINUTE);
  it.klaviyo.user.edit(profile, { title: "Buyer" });
  await it.sync(newest());
  await it.sync(newest());
  expect(it.klaviyo.user.value(profile, "first_name")).toBe("Joanna");
});

test("a value that could not be written at once keeps the time at which it was first seen", async () => {
  const { jo, profile } = await inStep(newest("klaviyo"));
  it.hubspot.quirks.refuseValue = (property) =>
    property === "firstname" ? problem({ side: "hubspot", field: property }) : null;
  it.klaviyo.user.edit(profile, { first_name: "Johanna" });
  it.wait(MINUTE);
  await it.sync(newest("klaviyo"));
  it.hubspot.quirks.refuseValue = () => null;
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  it.wait(MINUTE);
  it.klaviyo.user.edit(profile, { title: "Buyer" });
  await it.sync(newest("klaviyo"));
  expect(it.klaviyo.user.value(profile, "first_name")).toBe("Joanna");
});

test("where the clocks are minutes apart nothing is told apart, and the tie decides", async () => {
  const { jo, profile } = await inStep(newest("klaviyo"));
  it.klaviyo.quirks.skewMs = 10 * MINUTE;
  it.klaviyo.user.edit(profile, { first_name: "Johanna" });
  it.wait(5 * MINUTE);
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  await it.sync(newest("klaviyo"));
  expect(it.hubspot.user.value(jo, "firstname")).toBe("Johanna");
});

test("the plan says which value is newer, and when each was set", async () => {
  const { jo, profile } = await inStep();
  it.klaviyo.user.edit(profile, { first_name: "Johanna" });
  it.wait(MINUTE);
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  const [plan] = await it.plan(newest());
  expect(plan && personLines(plan, newest().fields).join()).toMatch(
    /HubSpot 2026-11-01 08:\d\d:\d\d is newer than Klaviyo between 2026-11-01 08:\d\d:\d\d and 2026-11-01 08:\d\d:\d\d/,
  );
});

test("times are asked for only of people whose newest field changed on both sides", async () => {
  const { jo, profile } = await inStep();
  it.hubspot.user.create("kim@example.com", { firstname: "Kim" }, ["all"]);
  // Only HubSpot is edited: where it is written, its history is asked for edits that were written over.
  it.hubspot.user.edit(jo, { firstname: "Johanna" });
  let requested: number[] = [];
  const { readHistory } = it.hubspot.contacts;
  if (readHistory === null) throw new Error("HubSpot has a history");
  const counted: typeof readHistory = (ids, ...rest) => (
    requested.push(ids.length),
    readHistory(ids, ...rest)
  );
  Object.assign(it.hubspot.contacts, { readHistory: counted });
  await it.sync(newest());
  expect(requested).toEqual([]);
  it.klaviyo.user.edit(profile, { first_name: "Hanna" });
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  await it.sync(newest());
  expect(requested).toEqual([1]);
  requested = [];
  await it.sync(newest());
  expect(requested).toEqual([]);
});
