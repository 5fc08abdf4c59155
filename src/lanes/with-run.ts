import { SystemUnavailable } from "../model/problem.ts";
import type { RunCounts, RunResult } from "../store/runs/runs.ts";
import { finishRun, startRun } from "../store/runs/runs.ts";
import { callCounter } from "./call-counter.ts";
import type { Leased, Deps } from "./deps.ts";

/** How a run ended, as the list of runs shows it. */
export interface RunEnd {
  readonly result: RunResult;
  readonly counts: RunCounts;
  readonly note?: string;
}

/** A run to make. */
export interface RunToMake {
  readonly lane: "contacts" | "engagement" | "consent";
  /** `schedule`, `cli`, … */
  readonly trigger: string;
  /** Opens the note, however the run ends. */
  readonly about?: string;
  /** Counts the calls of work that began before the run did; without it, those of the run itself. */
  readonly calls?: () => RunCounts;
}

/**
 * The life of a run under its connection's lease: it is listed from its start, and with how it ended, whatever ended it.
 *
 * @param work does it, and says how it ended
 * @param onUnavailable says how a run ended that a side stopped; without it the caller gets what `work` threw
 * @throws what `work` threw, once the run is listed as stopped
 */
export async function withRun<E extends RunEnd>(
  leased: Pick<Leased, "store" | "connectors" | "now" | "stopping">,
  { lane, trigger, about = "", calls = callCounter(leased.connectors) }: RunToMake,
  work: (runId: bigint) => Promise<E>,
  onUnavailable?: (out: SystemUnavailable, runId: bigint) => Promise<E>,
): Promise<E> {
  const { store, now } = leased;
  const runId = await startRun(store, lane, trigger, now());
  const finish = (result: RunResult, counts: RunCounts, why: string): Promise<void> => {
    const note = [about, why].filter((part) => part !== "").join(". ");
    return finishRun(store, runId, result, { ...counts, ...calls() }, note, now());
  };
  try {
    const end = await work(runId);
    await finish(end.result, end.counts, end.note ?? "");
    return end;
  } catch (error) {
    if (!(error instanceof SystemUnavailable)) {
      await finish("stopped", {}, whyEnded(leased));
      throw error;
    }
    const end = await onUnavailable?.(error, runId);
    await finish("stopped", {}, error.problem.title);
    if (end === undefined) throw error;
    return end;
  }
}

/** Lists work that is over as a run. */
export async function listRun(
  { store, now }: Pick<Leased, "store" | "now">,
  { kind, trigger, begun }: { readonly kind: string; readonly trigger: string; readonly begun: Date },
  { result, counts, note = "" }: RunEnd,
): Promise<void> {
  const runId = await startRun(store, kind, trigger, begun);
  await finishRun(store, runId, result, counts, note, now());
}

/** Note of a run that an exception ended which is no `SystemUnavailable`. */
function whyEnded({ stopping }: Pick<Deps, "stopping">): string {
  return stopping.aborted
    ? "Stopped by a person; the next run continues"
    : "Stopped by a bug in Tandem; see the log";
}
