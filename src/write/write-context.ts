import type { RetrySchedule } from "../model/mapping.ts";
import type { RunContext } from "../pull/run-context.ts";
import type { Lease } from "../store/runs/leases.ts";
import type { ReadAges } from "./read-ages.ts";

/** What a run writes with, beside its context. */
export interface WriteContext extends RunContext {
  readonly runId: bigint;
  readonly lease: Lease;
  readonly retry: RetrySchedule;
  readonly ages: ReadAges;
}
