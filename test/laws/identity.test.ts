import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertLawOfWorlds } from "../support/law.ts";
import type { Life } from "./identity-life.ts";
import { anyLife } from "./identity-life.ts";
import { liveIn } from "./identity-world.ts";

/**
 * Groups that share one engine: nobody of one has an address of another, so that each is its own history. In so few
 * no run finds twenty deleted, which the guard would hold.
 */
const GROUPS = 75;

/** The histories of the groups that are named. */
function livesOf(wrongs: readonly string[], lives: readonly Life[]): string {
  const named = new Set(wrongs.flatMap((wrong) => /g(\d+)@/.exec(wrong)?.[1] ?? []));
  return [...named].map((index) => `g${index}: ${JSON.stringify(lives[Number(index)])}`).join("\n");
}

describe("identity (P10, P11, P12, P9 e)", () => {
  it(`whatever is created, renamed, swapped, merged, deleted, restored and erased in ${GROUPS} groups`, async () => {
    let lived = 0;
    await assertLawOfWorlds(
      fc.asyncProperty(fc.array(anyLife, { minLength: GROUPS, maxLength: GROUPS }), async (lives) => {
        const wrongs = await liveIn(lives);
        lived += lives.length;
        if (wrongs.length > 0) throw new Error(`\n${wrongs.join("\n")}\n${livesOf(wrongs, lives)}`);
      }),
      1 / GROUPS,
    );
    expect(lived).toBeGreaterThanOrEqual(GROUPS);
  });
});
