import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { RealEngine } from "../support/real-engine.ts";
import { realEngine, rehearsedMapping, startUnlimited, untilSearchable } from "../support/real-engine.ts";

const ADA = "ada@example.com";
const HOUR = 3_600_000;

/** Somebody in Klaviyo's segment of whom Klaviyo predicts something: two vendors over HTTP, and PostgreSQL. */
describe("what Klaviyo predicts, over HTTP", () => {
  let rehearsal: Rehearsal;
  let fresh: FreshDatabase;
  let engine: RealEngine;
  let mapping: Mapping;

  const shop = () => rehearsal.klaviyo.sandbox;
  const value = (): string | null | undefined =>
    rehearsal.hubspot.sandbox
      .dumpContacts(null, 10)
      .contacts.find(({ properties }) => properties["email"] === ADA)?.properties["klaviyo_ltv"];
  /** Later by more than what every look at the changes repeats. */
  const later = (): void => {
    rehearsal.klaviyo.world.clock.advance(HOUR);
    untilSearchable(rehearsal);
  };

  beforeAll(async () => {
    rehearsal = await startUnlimited({ seed: 13, contacts: 0 });
    fresh = await freshDatabase();
    engine = realEngine(rehearsal, fresh);
    const field =
      "  - { hubspot: klaviyo_ltv, klaviyo: predictive_analytics.total_clv, direction: to_hubspot }\n";
    mapping = rehearsedMapping(rehearsal, (demo) => `${demo}${field}`);
    shop().seed([
      {
        email: ADA,
        first_name: "Ada",
        segments: [rehearsal.story.klaviyoSegment],
        predictions: { total_clv: 121.11 },
      },
    ]);
  });

  afterAll(async () => {
    await rehearsal?.close();
    await fresh?.drop();
  });

  test("arrives in HubSpot", async () => {
    const run = await engine.sync(mapping);
    expect(run.mappingProblems).toEqual([]);
    expect(value()).toBe("121.11");
  });

  test("changes without the profile being told as changed, and comes with the whole compare", async () => {
    later();
    await engine.sync(mapping);
    later();
    shop().predict(ADA, { total_clv: 140.5 });
    later();
    const cycle = await engine.sync(mapping);
    expect(cycle.counts["updated"]).toBe(0);
    expect(value()).toBe("121.11");
    const whole = await runReconcile(await engine.deps(mapping), mapping, "test");
    expect(whole.counts["updated"]).toBe(1);
    expect(value()).toBe("140.5");
    later();
    expect((await engine.sync(mapping)).counts["updated"]).toBe(0);
  });
});
