import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mapping } from "../model/mapping.ts";
import { SystemUnavailable } from "../model/problem.ts";
import type { Desk, DeskWork, DryRun, Found, PlannedUndo, PutBack, ReadPerson, Sheet } from "./desk.ts";
import { openConnection } from "../store/runs/connections.ts";
import { emailOfLink } from "../store/people/person-history.ts";
import { finishRun, startRun } from "../store/runs/runs.ts";
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
const SHEETS_KEPT = 20;

/** Where pages leave longer work, and the lane that does it. */
export interface PlanDesk extends Desk {
  /** Does what was left, where something was. */
  work(): Promise<void>;
  close(): Promise<void>;
}

/** Who said so, and why, stands in the audit of the page. */
const APPROVED_ON_PAGE = "approved on the status page";

interface DeskDeps {
  /** The mapping in use. */
  readonly current: () => { readonly deps: Deps; readonly mapping: Mapping };
  /** Something was left. */
  readonly wake: () => void;
  /** Told of a fault of ours. */
  readonly failed: (error: unknown) => void;
}

/**
 * Makes plans that a page shows, between the runs: they look at both sides under the same lease. An undo that is to be
 * done is exactly the one that was shown, by its hash.
 */
export function planDesk({ current, wake, failed }: DeskDeps): PlanDesk {
  let waiting: Sheet | null = null;
  let dryRun: Sheet | null = null;
  const undos = new Map<bigint, Sheet>();
  const reads = new Map<bigint, Sheet>();
  let folder: Promise<string> | null = null;

  const put = (sheet: Sheet): void => {
    if (sheet.work.kind === "dry_run") {
      dryRun = sheet;
      return;
    }
    if (sheet.work.kind === "read") keepLatest(reads, sheet.work.linkId, sheet);
    else keepLatest(undos, sheet.work.runId, sheet);
  };
  const fileOf = async (runId: bigint): Promise<string> => {
    folder ??= mkdtemp(join(tmpdir(), "tandem-undo-"));
    return join(await folder, `${runId}.plan`);
  };
  const doIt = (work: DeskWork): Promise<Found> => {
    const { deps, mapping } = current();
    if (work.kind === "dry_run") return lookAhead(deps, mapping);
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
      const sheet = waiting;
      try {
        const found = await doIt(sheet.work);
        put({ ...sheet, state: { kind: "ready", found, at: current().deps.now() } });
      } catch (error) {
        const why = wordsOf(error);
        if (why === null) failed(error);
        const unknown = "Tandem failed because of a bug. Its log has the details. Nothing was written.";
        put({ ...sheet, state: { kind: "failed", why: why ?? unknown } });
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

function keepLatest(sheets: Map<bigint, Sheet>, id: bigint, sheet: Sheet): void {
  sheets.delete(id);
  sheets.set(id, sheet);
  const [oldest] = sheets.keys();
  if (sheets.size > SHEETS_KEPT && oldest !== undefined) sheets.delete(oldest);
}

/** A plan of one person reads their two contacts first, unless the person was erased meanwhile. */
async function readPerson(deps: Deps, mapping: Mapping, linkId: bigint): Promise<ReadPerson> {
  const { id } = await openConnection(deps.database, mapping.name);
  const email = await emailOfLink(deps.database, id, linkId);
  if (email !== null) {
    const options = { email, field: null, examples: 0, out: null };
    await makePlan(deps, mapping, options, carryingBetween);
  }
  return { kind: "read", linkId };
}

/** Kept among the runs too, so that everybody sees that somebody looked. */
async function lookAhead(deps: Deps, mapping: Mapping): Promise<DryRun> {
  const { database, now } = deps;
  const options = { email: null, field: null, examples: EXAMPLES, out: null };
  const { id } = await openConnection(database, mapping.name);
  const found = await makePlan(deps, mapping, options, carryingBetween);
  const runId = await startRun(database, id, "dry_run", "page", now());
  const counts = { compared: found.contacts, would_change: found.totals.people };
  await finishRun(database, runId, "finished", counts, "Nothing was written", now());
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
  { runId, hash, overLimits }: Extract<DeskWork, { kind: "put_back" }>,
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
