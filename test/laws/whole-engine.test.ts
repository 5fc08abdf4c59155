import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertLawOfWorlds } from "../support/law.ts";
import { PEOPLE, anyWorld, liveThrough } from "./whole-world.ts";

/** So many times the usual number of histories: the dearest law is the one that is trusted most. */
const SHARE = 4;

/**
 * Judged from outside, by the two systems' truth and what people did. Other properties need another world:
 *
 * - P6 (false conflicts) one without faults, and P8 (read-only properties) one whose schemas change: `per-write.test.ts`.
 * - P9 of subscribing: `never-resubscribe.test.ts`. Here it is judged of opting out.
 * - P13 and P14 (engagement) another lane: `test/engagement/exactly-once.test.ts`.
 * - P17 and P18 a change of the mapping, and limits, alone: `mapping-change.test.ts`, `blast-radius.test.ts`.
 */
describe("the whole engine (P1, P2, P3, P4, P5, P7, P9, P10, P11, P12, P15, P16, P19)", () => {
  it(`whatever happens to ${PEOPLE} people at any instant, to the mapping, the process, its clock and its database, and however late jobs are`, async () => {
    await assertLawOfWorlds(
      fc.asyncProperty(anyWorld, async (world) => {
        const wrongs = await liveThrough(world);
        expect(wrongs.slice(0, 10)).toEqual([]);
      }),
      SHARE / PEOPLE,
    );
  });
});
