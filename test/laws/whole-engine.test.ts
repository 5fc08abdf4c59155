import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertLawOfWorlds } from "../support/law.ts";
import { PEOPLE, anyWorld, liveThrough } from "./whole-world.ts";

/** So many times the usual number of histories: the dearest law is the one that is trusted most. */
const SHARE = 4;

describe("the whole engine (P1, P2, P4, P5, P7, P10, P11, P15, P16)", () => {
  it(`whatever happens to ${PEOPLE} people at any instant, to the mapping, the process, its clock and its database`, async () => {
    await assertLawOfWorlds(
      fc.asyncProperty(anyWorld, async (world) => {
        const wrongs = await liveThrough(world);
        expect(wrongs.slice(0, 10)).toEqual([]);
      }),
      SHARE / PEOPLE,
    );
  });
});
