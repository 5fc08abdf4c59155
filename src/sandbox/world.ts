import type { SandboxClock } from "./clock.ts";
import { sandboxClock } from "./clock.ts";
import type { FaultData, Faults } from "./faults.ts";
import { faults } from "./faults.ts";
import type { GroundTruth } from "./ground-truth.ts";
import { groundTruth } from "./ground-truth.ts";
import type { Random, RandomData } from "./random.ts";
import { randomFrom } from "./random.ts";

/** What each rehearsal server stands on. Two servers share the clock; each has its own truth and faults. */
export interface World {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly truth: GroundTruth;
  readonly faults: Faults;
  /** What of it is kept from one start to the next; the truth begins again. */
  readonly data: WorldData;
}

export interface WorldData {
  readonly random: RandomData;
  readonly faults: FaultData;
}

/** @param data of an earlier start, in place of the seed */
export function world(
  seed: number,
  clock: SandboxClock = sandboxClock(),
  data: WorldData = { random: { state: seed >>> 0 }, faults: { waiting: [] } },
): World {
  return {
    clock,
    random: randomFrom(data.random),
    truth: groundTruth(clock),
    faults: faults(data.faults),
    data,
  };
}
