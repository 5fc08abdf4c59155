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
