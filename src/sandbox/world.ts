import type { SandboxClock } from "./clock.ts";
import { sandboxClock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import { faults } from "./faults.ts";
import type { GroundTruth } from "./ground-truth.ts";
import { groundTruth } from "./ground-truth.ts";
import type { Random } from "./random.ts";
import { seededRandom } from "./random.ts";

/** What each rehearsal server stands on. Two servers share the clock; each has its own truth and faults. */
export interface World {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly truth: GroundTruth;
  readonly faults: Faults;
}

export function world(seed: number, clock: SandboxClock = sandboxClock()): World {
  return { clock, random: seededRandom(seed), truth: groundTruth(clock), faults: faults() };
}
