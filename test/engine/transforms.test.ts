import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

/** A list of HubSpot's that is one text in Klaviyo; people there may write its items in any order. */
const joined = mapping({
  fields: [
    fieldRule("interests", "interests", {
      propertyType: { hubspot: "list", klaviyo: "text" },
      transforms: {
        klaviyo: [{ kind: "join", separator: ", ", exact: true }],
        hubspot: [{ kind: "split", separator: ", " }],
      },
    }),
  ],
});

async function people(): Promise<{ contact: string; profile: string }> {
  const contact = it.hubspot.user.create("jo@example.com", { interests: ["events", "news"] }, ["all"]);
  const profile = it.klaviyo.user.create("jo@example.com", {}, ["engaged"]);
  await it.sync(joined);
  expect(it.klaviyo.user.value(profile, "interests")).toBe("events, news");
  return { contact, profile };
}

test("what is written back in another form is quiet, and the side that was edited keeps its own", async () => {
  const { contact, profile } = await people();
  it.klaviyo.user.edit(profile, { interests: "training, events" });
  await it.sync(joined);
  expect(it.hubspot.user.value(contact, "interests")).toEqual(["events", "training"]);
  it.newWrites();
  await it.sync(joined);
  expect(it.newWrites()).toBe(0);
  expect(it.klaviyo.user.value(profile, "interests")).toBe("training, events");
});

test("a write back whose answer never came is known by what it reads as, and does not come back as an edit", async () => {
  const { contact, profile } = await people();
  it.klaviyo.user.edit(profile, { interests: "training, events" });
  it.hubspot.quirks.unanswered = () => "applied";
  await it.sync(joined);
  it.hubspot.quirks.unanswered = () => null;
  expect(it.hubspot.user.value(contact, "interests")).toEqual(["events", "training"]);
  it.newWrites();
  it.wait(60_000);
  await it.sync(joined);
  await it.sync(joined);
  expect(it.newWrites()).toBe(0);
  expect(it.klaviyo.user.value(profile, "interests")).toBe("training, events");
});
