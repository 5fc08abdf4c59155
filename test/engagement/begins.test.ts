import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { DAY, HOUR, MINUTE, lane, laneMapping } from "./lane.ts";

let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

/** Klaviyo has a metric of text messages only once there is one. */
const A_TEXT = { channel: "sms", url: "https://shop.example.com/a" } as const;

describe("from now on, of a metric that is not there yet", () => {
  test("shows the event with which it comes to be, too", async () => {
    const it = await lane(fresh);
    const ann = it.person("ann");
    await it.run();
    it.wait(DAY);
    it.happen(ann, "clicked", A_TEXT);
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.shown().map(({ engagement }) => engagement.channel)).toEqual(["sms"]);
  });

  test("shows nothing from before the mapping named its kind", async () => {
    const it = await lane(fresh, "record_as: custom_event, metrics: { opened: {} }");
    const ann = it.person("ann");
    await it.run();
    it.wait(DAY);
    it.happen(ann, "clicked", A_TEXT);
    it.wait(HOUR);
    const more = laneMapping("record_as: custom_event, metrics: { opened: {}, clicked: {} }");
    it.mapping = { ...more, name: it.mapping.name };
    await it.run();
    expect(it.shown()).toEqual([]);
  });
});
