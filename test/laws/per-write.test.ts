import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertLawOf } from "../support/law.ts";
import { anyVersion } from "./any-mapping.ts";
import type { Driver } from "./driver.ts";
import { conflictModel } from "./conflict-model.ts";
import { anyHistory, anyPeacefulHistory, begin, live } from "./history.ts";
import { wrongWrites } from "./oracle.ts";
import { SLOTS } from "./slots.ts";
import { quickDriver } from "./quick-driver.ts";
import { wholeDriver } from "./whole-driver.ts";

/** The part of the runs that a history over PostgreSQL gets: each takes about a second. */
const DEAR = 0.006;

describe.each<{ over: string; share: number; shrinks: boolean; makeDriver: () => Promise<Driver> }>([
  { over: "the pure parts", share: 1, shrinks: true, makeDriver: async () => quickDriver() },
  { over: "the whole engine", share: DEAR, shrinks: false, makeDriver: wholeDriver },
])("every single write, over $over", ({ share, shrinks, makeDriver }) => {
  it("has its value from the other side, goes the way its rule says, and to a property that can be written", async () => {
    await assertLawOf(
      fc.asyncProperty(anyVersion(), anyHistory, async (mapping, history) => {
        const life = begin(await makeDriver(), mapping);
        const wrong: string[] = [];
        try {
          for (const step of [...history, { kind: "sync", trouble: null } as const]) {
            const synced = await live(life, step);
            if (synced !== null) wrong.push(...wrongWrites(life, synced));
          }
        } finally {
          await life.driver.close();
        }
        expect(wrong).toEqual([]);
      }),
      share,
      shrinks,
    );
  });

  it("is a conflict exactly where both sides' people changed a field to different values (P6)", async () => {
    await assertLawOf(
      fc.asyncProperty(anyVersion(READABLE), anyPeacefulHistory, async (mapping, history) => {
        const life = begin(await makeDriver(), mapping);
        const model = conflictModel(life.driver, mapping);
        const wrong: string[] = [];
        try {
          for (const step of [...history, { kind: "sync", trouble: null } as const]) {
            model.expect();
            const synced = await live(life, step);
            if (synced !== null) wrong.push(...model.compare(synced));
          }
        } finally {
          await life.driver.close();
        }
        expect(wrong).toEqual([]);
      }),
      share,
      shrinks,
    );
  });
});

/** A value that cannot be read is unknown: it is neither a change nor none. */
const READABLE = SLOTS.filter(({ transforms }) => transforms.klaviyo.length === 0);
