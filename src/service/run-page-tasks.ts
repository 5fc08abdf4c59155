import { listRun } from "../lanes/with-run.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mapping } from "../model/mapping.ts";
import { SystemUnavailable } from "../model/problem.ts";
import type {
  PageTasks,
  PageWork,
  DryRun,
  Found,
  PlannedUndo,
  PutBack,
  ReadPerson,
  PageTask,
} from "./page-tasks.ts";
import { openStore } from "../store/runs/connections.ts";
import { emailOfLink } from "../store/people/person-history.ts";
import { PlanDoesNotFit, applyPlan } from "../lanes/plans/apply-plan.ts";
import { carryingBetween } from "../lanes/carrying-between.ts";
import { ConnectionBusy } from "../lanes/connection-lease.ts";
import type { Deps } from "../lanes/deps.ts";
import { makePlan } from "../lanes/plans/make-plan.ts";
import { BadPlanFile, readPlanFile } from "../lanes/plans/plan-file.ts";
import { NoSuchRun, makeUndo } from "../lanes/plans/undo.ts";
/** People of a plan that a page shows in full. */
const EXAMPLES = 20;
/** Undos, and reads of one person, that are kept for the page. Older ones are made again. */
const TASKS_KEPT = 20;

/** Page tasks, and the lane that does them. */
export interface PageTaskRunner extends PageTasks {
  /** Does the waiting task, if there is one. */
  work(): Promise<void>;
  close(): Promise<void>;
}

/** Who said so, and why, stands in the audit of the page. */
const APPROVED_ON_PAGE = "approved on the status page";

interface RunnerDeps {
  /** The mapping in use. */
  readonly current: () => { readonly deps: Deps; readonly mapping: Mapping };
  /** A task began to wait. */
  readonly wake: () => void;
  /** Told of a fault of ours. */
  readonly failed: (error: unknown) => void;
}

/**
 * Makes plans that a page shows, between the runs, under the same lease. An undo that is to be
 * done is exactly the one that was shown, by its hash.
 */
export function pageTaskRunner({ current, wake, failed }: RunnerDeps): PageTaskRunner {
  let waiting: PageTask | null = null;
  let dryRun: PageTask | null = null;
  const undos = new Map<bigint, PageTask>();
  const reads = new Map<bigint, PageTask>();
  let folder: Promise<string> | null = null;

  const put = (task: PageTask): void => {
    if (task.work.kind === "dry_run") {
      dryRun = task;
      return;
    }
    if (task.work.kind === "read") keepLatest(reads, task.work.linkId, task);
    else keepLatest(undos, task.work.runId, task);
  };
  const fileOf = async (runId: bigint): Promise<string> => {
    folder ??= mkdtemp(join(tmpdir(), "tandem-undo-"));
    return join(await folder, `${runId}.plan`);
  };
  const doIt = (work: PageWork): Promise<Found> => {
    const { deps, mapping } = current();
    if (work.kind === "dry_run") return runDry(deps, mapping);
    if (work.kind === "read") return readPerson(deps, mapping, work.linkId);
    if (work.kind === "undo") return planUndo(deps, mapping, work.runId, fileOf);
    return putBack(deps, mapping, work, fileOf);
  };

  return {
    begin(work, by) {
      if (waiting !== null) return false;
      waiting = { work, by, at: current().deps.now(), state: { kind: "working" } };
      put(waiting);
      wake();
      return true;
    },
    async work() {
      if (waiting === null) return;
      const task = waiting;
      try {
        const found = await doIt(task.work);
        put({ ...task, state: { kind: "ready", found, at: current().deps.now() } });
      } catch (error) {
        const why = wordsOf(error);
        if (why === null) failed(error);
        const unknown = "Tandem failed because of a bug. Its log has the details. Nothing was written.";
        put({ ...task, state: { kind: "failed", why: why ?? unknown } });
      } finally {
        waiting = null;
      }
    },
    dryRun: () => dryRun,
    readOf: (linkId) => reads.get(linkId) ?? null,
    undoOf: (runId) => undos.get(runId) ?? null,
    async close() {
      if (folder !== null) await rm(await folder, { recursive: true, force: true });
    },
  };
}

function keepLatest(tasks: Map<bigint, PageTask>, id: bigint, task: PageTask): void {
  tasks.delete(id);
  tasks.set(id, task);
  const [oldest] = tasks.keys();
  if (tasks.size > TASKS_KEPT && oldest !== undefined) tasks.delete(oldest);
}

/** A plan of one person reads their two contacts first, unless the person was erased meanwhile. */
async function readPerson(deps: Deps, mapping: Mapping, linkId: bigint): Promise<ReadPerson> {
  const store = await openStore(deps.database, mapping.name);
  const email = await emailOfLink(store, linkId);
  if (email !== null) {
    const options = { email, field: null, examples: 0, out: null };
    await makePlan(deps, mapping, options, carryingBetween);
  }
  return { kind: "read", linkId };
}

/** Kept among the runs too, so that everybody sees that somebody looked. */
async function runDry(deps: Deps, mapping: Mapping): Promise<DryRun> {
  const { database, now } = deps;
  const options = { email: null, field: null, examples: EXAMPLES, out: null };
  const store = await openStore(database, mapping.name);
  const found = await makePlan(deps, mapping, options, carryingBetween);
  const run = { kind: "dry_run", trigger: "page", begun: now() };
  const counts = { compared: found.contacts, would_change: found.totals.people };
  await listRun({ store, now }, run, { result: "finished", counts, note: "Nothing was written" });
  return { ...found, kind: "dry_run" };
}

async function planUndo(
  deps: Deps,
  mapping: Mapping,
  runId: bigint,
  fileOf: (runId: bigint) => Promise<string>,
): Promise<PlannedUndo> {
  const file = await fileOf(runId);
  const found = await makeUndo(deps, mapping, { runId }, file, EXAMPLES, carryingBetween);
  return { ...found, kind: "undo", runId };
}

async function putBack(
  deps: Deps,
  mapping: Mapping,
  { runId, hash, overLimits }: Extract<PageWork, { kind: "put_back" }>,
  fileOf: (runId: bigint) => Promise<string>,
): Promise<PutBack> {
  const plan = await readPlanFile(await fileOf(runId), deps.fileKey());
  if (plan.hash !== hash) throw new PlanDoesNotFit("What would be put back has moved on since it was shown");
  const applied = await applyPlan(deps, mapping, plan, overLimits ? APPROVED_ON_PAGE : null);
  return { ...applied, kind: "put_back", undone: runId, moved: applied.moved.length, hash };
}

/** What a person can do something about; `null` for a fault of ours. */
function wordsOf(error: unknown): string | null {
  if (error instanceof SystemUnavailable) return `${error.problem.title}. ${error.problem.explanation}`;
  if (error instanceof ConnectionBusy || error instanceof PlanDoesNotFit || error instanceof NoSuchRun)
    return `${error.message}.`;
  if (error instanceof BadPlanFile || isMissing(error))
    return "This preview has expired. Load it again before you decide.";
  return null;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
