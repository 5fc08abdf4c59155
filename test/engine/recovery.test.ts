import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const joining = mapping({
  fields: [fieldRule("interests", "interests", { type: "list", merge: "union" })],
});

test.each([
  ["HubSpot took its part", "applied", "not_applied"],
  ["Klaviyo took its part", "not_applied", "applied"],
  ["both took theirs", "applied", "applied"],
  ["neither did", "not_applied", "not_applied"],
] as const)(
  "a joined list whose answers never came reaches both sides where %s",
  async (_case, hubspot, klaviyo) => {
    const jo = it.hubspot.user.create("jo@example.com", { interests: ["events", "news"] }, ["all"]);
    const profile = it.klaviyo.user.create("jo@example.com", { interests: ["events", "news"] }, ["engaged"]);
    await it.sync(joining);
    it.hubspot.user.edit(jo, { interests: ["events", "news", "offers"] });
    it.klaviyo.user.edit(profile, { interests: ["news", "training"] });
    [it.hubspot.quirks.unanswered, it.klaviyo.quirks.unanswered] = [() => hubspot, () => klaviyo];
    await it.sync(joining);
    [it.hubspot.quirks.unanswered, it.klaviyo.quirks.unanswered] = [() => null, () => null];
    await it.sync(joining);
    const joined = ["news", "offers", "training"];
    expect(it.hubspot.user.value(jo, "interests")).toEqual(joined);
    expect(it.klaviyo.user.value(profile, "interests")).toEqual(joined);
    it.newWrites();
    await it.sync(joining);
    expect(it.newWrites()).toBe(0);
  },
);

/** An edit in Klaviyo loses to HubSpot's value by a write whose answer never comes. */
async function replacedUnseen(): Promise<{ readonly profile: string; readonly edited: string }> {
  it.hubspot.user.create("jo@example.com", { firstname: "Jo", jobtitle: "Buyer" }, ["all"]);
  const profile = it.klaviyo.user.create("jo@example.com", { first_name: "Joe" }, ["engaged"]);
  it.klaviyo.quirks.unanswered = () => "applied";
  await it.sync(twoFields);
  it.klaviyo.quirks.unanswered = () => null;
  return { profile, edited: "Joe" };
}

const twoFields = mapping({
  fields: [fieldRule("firstname", "first_name"), fieldRule("jobtitle", "title")],
  hash: "two fields",
});
const withoutTheField = mapping({ fields: [fieldRule("jobtitle", "title")], hash: "without the field" });
const lostValues = async (): Promise<readonly unknown[]> =>
  (await it.fresh.database.conflict.findMany()).map(({ lost }) => lost);

test("what an unanswered write replaced is kept where the mapping leaves the field out by then", async () => {
  const { edited } = await replacedUnseen();
  await it.sync(withoutTheField);
  expect(await lostValues()).toEqual([edited]);
});

test("what an unanswered write replaced is kept where somebody typed another value since", async () => {
  const { profile, edited } = await replacedUnseen();
  it.klaviyo.user.edit(profile, { first_name: "Josephine" });
  await it.sync(twoFields);
  expect(await lostValues()).toContain(edited);
});

test("what an unanswered write did not replace is not told as lost", async () => {
  it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  it.klaviyo.user.create("jo@example.com", { first_name: "Joe" }, ["engaged"]);
  it.klaviyo.quirks.unanswered = () => "not_applied";
  await it.sync(twoFields);
  await it.sync(twoFields);
  expect(await it.fresh.database.conflict.count()).toBe(0);
  it.klaviyo.quirks.unanswered = () => null;
  await it.sync(twoFields);
  expect(await lostValues()).toEqual(["Joe"]);
});
