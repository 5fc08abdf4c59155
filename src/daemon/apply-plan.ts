import { subscribePeople } from "../consent/subscribe.ts";
import { chunks } from "../model/chunks.ts";
import type { EmailKey } from "../model/email.ts";
import type { Mapping } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import { SystemUnavailable } from "../model/problem.ts";
import { sameValue } from "../model/value.ts";
import { changesBy, countedAs } from "../plan/changes.ts";
import type { ExceededLimit } from "../model/hold.ts";
import type { PlanTotals } from "../plan/limits.ts";
import { NO_CHANGES, addToTotals, errorsAllowed, exceededLimits } from "../plan/limits.ts";
import { tooManyErrors } from "../plan/problems.ts";
import type { ContactPlan, PlannedOperation } from "../plan/plan-contact.ts";
import { planContact } from "../plan/plan-contact.ts";
import { asContactPlan } from "../plan/plan-undo.ts";
import type { RunContext } from "../pull/run-context.ts";
import type { KnownLink } from "../model/link.ts";
import { knownLinks } from "../store/known-links.ts";
import { countLinks } from "../store/links.ts";
import type { RunCounts } from "../store/runs.ts";
import { NO_RUN, finishRun, startRun } from "../store/runs.ts";
import { readAges } from "../write/read-ages.ts";
import type { WriteContext } from "../write/write-page.ts";
import { writePage } from "../write/write-page.ts";
import { carryingBetween } from "./carrying-between.ts";
import { withConnection } from "./connection-lease.ts";
import type { Deps } from "./deps.ts";
import { limitsNow } from "./limits-now.ts";
import { look } from "./look.ts";
import type { SavedPlan } from "./plan-file.ts";
import { PLAN_VALID_MS } from "./plan-file.ts";

/** People written at a time, as in a run. */
const PEOPLE_PER_PAGE = 500;

/** What applying a saved plan came to. Of the planned operations each is done, or in one of the others. */
export interface Applied {
  readonly runId: bigint | null;
  /** Operations done, of those in the file. */
  readonly done: number;
  readonly planned: number;
  /** What the side shows already, so that there was nothing to do: the plan was applied before, or somebody was faster. */
  readonly already: number;
  /** What was left because it had moved since the plan was made. */
  readonly moved: readonly MovedPerson[];
  readonly refused: number;
  /** Sent, and the answer never came: the next run looks what became of it. */
  readonly unanswered: number;
  /** Whom something speaks against subscribing, as they were read right before it. */
  readonly blocked: number;
  /** The limits that the file exceeds; nothing was done where nobody approved it. */
  readonly exceeded: readonly ExceededLimit[];
  /** So many were refused that the rest was not tried. */
  readonly stoppedBy: Problem | null;
}

export interface MovedPerson {
  readonly email: EmailKey;
  readonly operation: PlannedOperation["kind"];
}

/** A saved plan that is not for this connection as it is now. */
export class PlanDoesNotFit extends Error {
  constructor(why: string) {
    super(`${why}. Make a new plan and look at it.`);
    this.name = "PlanDoesNotFit";
  }
}

/**
 * Performs exactly a saved plan: both sides are looked at again, and of the file is done what the same situation still
 * asks for. What moved since is left and told.
 *
 * @param approvedBecause a person has said yes to what the limits would hold, and why; `null` where nobody did
 * @throws PlanDoesNotFit for another connection, another mapping, or a plan that is too old
 * @throws ConnectionBusy while another process works on the connection
 */
export async function applyPlan(
  outer: Deps,
  mapping: Mapping,
  plan: SavedPlan,
  approvedBecause: string | null,
): Promise<Applied> {
  checkFit(plan, mapping, outer.now());
  return withConnection(outer, mapping.name, async (lease, own) => {
    const deps = carryingBetween(own, mapping, lease);
    const { context, firstSync } = await look(deps, mapping, null);
    const { database, connectionId } = context;
    const linked = await countLinks(database, connectionId, "live");
    const limits = await limitsNow(database, mapping, connectionId, NO_RUN, deps.now());
    // By the rules that the plan was shown under. An undo fills nothing, so that no first sync excuses it.
    const filling = firstSync && plan.kind === "plan";
    const exceeded = exceededLimits(totalsOf(plan), limits, linked, filling);
    const planned = [...plan.people.values()].flat().reduce((sum, one) => sum + countedAs(one), 0);
    const none = { ...NOTHING_APPLIED, planned, exceeded };
    if (exceeded.length > 0 && approvedBecause === null) return none;
    const runId = await startRun(database, connectionId, "contacts", "apply", deps.now());
    const writing: WriteContext = { ...context, runId, lease, retry: mapping.retry, ages: readAges() };
    const note = noteOf(plan, exceeded.length > 0 ? approvedBecause : null);
    try {
      const applied = await writeAll(writing, plan, errorsAllowed(limits, plan.people.size));
      const result = applied.stoppedBy === null ? "finished" : "stopped";
      const counts = { ...countsOf(applied), ...writing.ages.counts() };
      await finishRun(database, runId, result, counts, note, deps.now());
      return { ...none, ...applied, runId };
    } catch (error) {
      const why = error instanceof SystemUnavailable ? error.problem.title : "Not finished";
      await finishRun(database, runId, "stopped", {}, `${note}. ${why}`, deps.now());
      throw error;
    }
  });
}

const NOTHING_APPLIED: Applied = {
  runId: null,
  done: 0,
  planned: 0,
  already: 0,
  moved: [],
  refused: 0,
  unanswered: 0,
  blocked: 0,
  exceeded: [],
  stoppedBy: null,
};

function checkFit(plan: SavedPlan, mapping: Mapping, now: Date): void {
  if (plan.connection !== mapping.name)
    throw new PlanDoesNotFit(`The plan is for ${plan.connection}, not for ${mapping.name}`);
  if (plan.mapping !== mapping.hash)
    throw new PlanDoesNotFit("The mapping has changed since the plan was made");
  if (now.getTime() - Date.parse(plan.made) > PLAN_VALID_MS)
    throw new PlanDoesNotFit(`The plan is more than ${PLAN_VALID_MS / 60_000} minutes old`);
}

/** What stands in the list of runs: which plan it was, and whose word let it over a limit. */
function noteOf({ kind, made }: SavedPlan, approvedBecause: string | null): string {
  const what = `A saved ${kind} of ${made.slice(0, 16).replace("T", " ")} UTC`;
  return approvedBecause === null ? what : `${what}, over a limit because: ${approvedBecause}`;
}

function countsOf({ done, already, moved, refused, unanswered }: Written): RunCounts {
  return { applied: done, already, moved: moved.length, refused, unanswered };
}

function totalsOf(plan: SavedPlan): PlanTotals {
  let totals = NO_CHANGES;
  for (const [email, operations] of plan.people) {
    totals = addToTotals(
      totals,
      operations.flatMap((one) => changesBy(email, one)),
    );
  }
  return totals;
}

type Written = Pick<
  Applied,
  "done" | "already" | "moved" | "refused" | "unanswered" | "blocked" | "stoppedBy"
>;

/** @param mostErrors how many may be refused before the rest is not tried */
async function writeAll(context: WriteContext, plan: SavedPlan, mostErrors: number): Promise<Written> {
  const moved: MovedPerson[] = [];
  let [done, already, refused, unanswered, blocked] = [0, 0, 0, 0, 0];
  const sofar = (stoppedBy: Problem | null): Written => ({
    done,
    already,
    moved,
    refused,
    unanswered,
    blocked,
    stoppedBy,
  });
  let reached = 0;
  for (const page of chunks([...plan.people], PEOPLE_PER_PAGE)) {
    reached += page.length;
    const parted = await partPage(context, plan.kind, page);
    moved.push(...parted.moved);
    already += parted.already;
    const unfinished = new Set(parted.plans.map(({ known }) => known.link.id));
    const written = await writePage(context, parted.plans, unfinished);
    const subscribed = await subscribePeople(context, parted.plans);
    done += written.created + written.updated + written.listed + written.carried + subscribed.asked;
    refused += written.refused;
    unanswered += written.unanswered + written.importing;
    blocked += subscribed.blocked;
    context.progress({ step: "write", side: null, done: reached, total: plan.people.size });
    if (refused > mostErrors) return sofar(tooManyErrors(refused, mostErrors));
    context.stopping.throwIfAborted();
    const out = await context.betweenPages?.();
    if (out) throw out;
  }
  return sofar(null);
}

interface Parted {
  readonly plans: readonly ContactPlan[];
  readonly moved: readonly MovedPerson[];
  readonly already: number;
}

/** What of the file's page still stands. */
async function partPage(
  context: RunContext,
  kind: SavedPlan["kind"],
  page: readonly (readonly [EmailKey, readonly PlannedOperation[]])[],
): Promise<Parted> {
  const emails = page.map(([email]) => email);
  const filter = { kind: "emails", emails } as const;
  const links = await knownLinks(
    context.database,
    context.connectionId,
    context.scope,
    filter,
    0n,
    emails.length,
    context.now(),
  );
  const byEmail = new Map(links.map((known) => [known.link.email, known]));
  const plans: ContactPlan[] = [];
  const moved: MovedPerson[] = [];
  let already = 0;
  for (const [email, operations] of page) {
    const known = byEmail.get(email);
    const now = known === undefined ? null : planAsNow(context, kind, known, operations);
    if (now !== null && now.operations.length > 0) plans.push(now);
    const kept = new Set(now?.operations.flatMap((one) => wordsOf(email, one)));
    for (const one of operations) {
      if (wordsOf(email, one).every((words) => kept.has(words))) continue;
      if (known !== undefined && isSoAlready(known, one)) already += 1;
      else moved.push({ email, operation: one.kind });
    }
  }
  return { plans, moved, already };
}

/** Does the side show what the operation would make of it? */
function isSoAlready(known: KnownLink, operation: PlannedOperation): boolean {
  const { link, askedFor } = known;
  const seen = known.sightings[operation.side];
  switch (operation.kind) {
    case "create":
    case "update":
      if (seen === null) return false;
      return Object.entries(operation.fields).every(([field, value]) =>
        sameValue(seen.fields[field] ?? null, value),
      );
    case "add_to_list":
      return link.lists.includes(operation.list);
    case "remove_from_list":
      return !link.lists.includes(operation.list);
    case "subscribe":
      return askedFor.includes(operation.list);
    case "opt_out":
      return false;
  }
}

function planAsNow(
  context: RunContext,
  kind: SavedPlan["kind"],
  known: KnownLink,
  operations: readonly PlannedOperation[],
): ContactPlan {
  if (kind === "undo") {
    return asContactPlan(context.fields, known, standing(known, operations));
  }
  const now = planContact(context, known);
  const wanted = new Set(operations.flatMap((one) => wordsOf(known.link.email, one)));
  const same = now.operations.filter((one) =>
    wordsOf(known.link.email, one).every((words) => wanted.has(words)),
  );
  return { ...now, operations: same };
}

/**
 * The operations of an undo that still stand. A field that is put back on both sides moves on both or on neither: an
 * update that moved takes the other side's update of the same field with it.
 */
function standing(known: KnownLink, operations: readonly PlannedOperation[]): readonly PlannedOperation[] {
  const fieldsOf = (one: PlannedOperation): readonly string[] =>
    one.kind === "update" ? Object.keys(one.fields) : [];
  const moved = new Set(operations.filter((one) => !isAsSeen(known, one)).flatMap(fieldsOf));
  return operations.filter((one) => isAsSeen(known, one) && !fieldsOf(one).some((field) => moved.has(field)));
}

/** Does the side still show what the undo was planned from? */
function isAsSeen(known: KnownLink, operation: PlannedOperation): boolean {
  const seen = known.sightings[operation.side];
  if (operation.kind === "create" || seen === null || seen.id !== operation.id) return false;
  if (operation.kind !== "update") return true;
  return Object.entries(operation.pre).every(([field, value]) =>
    sameValue(seen.fields[field] ?? null, value),
  );
}

function wordsOf(email: EmailKey, operation: PlannedOperation): readonly string[] {
  return changesBy(email, operation).map(({ action, words }) => `${action} ${words}`);
}
