import { withRun } from "../with-run.ts";
import { subscribePeople } from "../../consent/subscribe.ts";
import type { RollUpProperty } from "../../model/engagement-mapping.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import { changesBy, countedAs } from "../../plan/changes.ts";
import type { ExceededLimit } from "../../model/hold.ts";
import type { PlanTotals } from "../../plan/limits.ts";
import { NO_CHANGES, addToTotals, errorsAllowed, exceededLimits } from "../../plan/limits.ts";
import { tooManyErrors } from "../../plan/problems.ts";
import { countLinks } from "../../store/links/links.ts";
import type { RunCounts } from "../../store/runs/runs.ts";
import { NO_RUN } from "../../store/runs/runs.ts";
import { pageSize } from "../../write/page-size.ts";
import { readAges } from "../../write/read-ages.ts";
import type { WriteContext } from "../../write/write-context.ts";
import { writePage } from "../../write/write-page.ts";
import type { AskAgain, MovedPerson } from "./ask-again.ts";
import { askAgain, partPage } from "./ask-again.ts";
import { carryingBetween } from "../carrying-between.ts";
import { withConnection } from "../connection-lease.ts";
import type { Deps } from "../deps.ts";
import { limitsNow } from "../contacts/limits-now.ts";
import { pullAndLink } from "../contacts/pull-and-link.ts";
import type { PlannedPerson, SavedPlan } from "./plan-file.ts";
import { partStamps, putBackStamps } from "./put-back-stamps.ts";
import { PLAN_VALID_MS } from "./plan-file.ts";

/** People written at a time, as in a run. */
const PEOPLE_PER_PAGE = 500;

/** Two machines of one installation may differ by so much. A plan dated later than that was never made yet. */
const CLOCKS_DIFFER_MS = 60_000;

/** Operations that a person has looked at, and what they were planned under. */
export interface PlanToApply {
  readonly kind: SavedPlan["kind"];
  readonly connection: string;
  readonly mapping: string;
  /** ISO. */
  readonly made: string;
  readonly people: readonly PlannedPerson[];
}

/** Performs a saved plan: see `applyPeople`. */
export async function applyPlan(
  deps: Deps,
  mapping: Mapping,
  plan: SavedPlan,
  approvedBecause: string | null,
): Promise<Applied> {
  return applyPeople(deps, mapping, plan, askAgain(plan, mapping.engagement?.rollUps ?? []), approvedBecause);
}

/** Result of applying a saved plan. Of the planned operations each is done, or in one of the others. */
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

/** A saved plan that is not for this connection as it is now. */
export class PlanDoesNotFit extends Error {
  constructor(why: string) {
    super(`${why}. Make a new plan and look at it.`);
    this.name = "PlanDoesNotFit";
  }
}

/**
 * Performs exactly what was planned: both sides are looked at again, and of the plan is done what is still asked for.
 * What moved since is left and told.
 *
 * @param ask asked again about each person; what it does not say is not done
 * @param approvedBecause a person has said yes to what the limits would hold, and why; `null` where nobody did
 * @throws PlanDoesNotFit for another connection, another mapping, or a plan that is too old or dated in the future
 * @throws ConnectionBusy while another process works on the connection
 */
export async function applyPeople(
  outer: Deps,
  mapping: Mapping,
  plan: PlanToApply,
  ask: AskAgain,
  approvedBecause: string | null,
): Promise<Applied> {
  checkFit(plan, mapping, outer.now());
  return withConnection(outer, mapping.name, async (own) => {
    const leased = carryingBetween(own, mapping);
    const { store, lease, now } = leased;
    const { context, firstSync } = await pullAndLink(leased, mapping, null);
    const linked = await countLinks(store, "live");
    const limits = await limitsNow(store, mapping, NO_RUN, now());
    // By the rules that the plan was shown under. An undo fills nothing, so that no first sync excuses it.
    const filling = firstSync && plan.kind === "plan";
    const exceeded = exceededLimits(totalsOf(plan), limits, linked, filling);
    const planned = plan.people
      .flatMap(({ operations }) => operations)
      .reduce((sum, one) => sum + countedAs(one), 0);
    const none = { ...NOTHING_APPLIED, planned, exceeded };
    if (exceeded.length > 0 && approvedBecause === null) return none;
    const about = aboutOf(plan, exceeded.length > 0 ? approvedBecause : null);
    const { applied } = await withRun(
      leased,
      { lane: "contacts", trigger: "apply", about },
      async (runId) => {
        const writing: WriteContext = { ...context, runId, lease, retry: mapping.retry, ages: readAges() };
        const rollUps = mapping.engagement?.rollUps ?? [];
        const written = await writeAll(
          writing,
          rollUps,
          plan,
          ask,
          errorsAllowed(limits, plan.people.length),
        );
        const result = written.stoppedBy === null ? "finished" : "stopped";
        const counts = { ...countsOf(written), ...writing.ages.counts() };
        return { result, counts, applied: { ...none, ...written, runId } };
      },
    );
    return applied;
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

function checkFit(plan: PlanToApply, mapping: Mapping, now: Date): void {
  if (plan.connection !== mapping.name)
    throw new PlanDoesNotFit(`The plan is for ${plan.connection}, not for ${mapping.name}`);
  if (plan.mapping !== mapping.hash)
    throw new PlanDoesNotFit("The mapping has changed since the plan was made");
  const ageMs = now.getTime() - Date.parse(plan.made);
  if (ageMs < -CLOCKS_DIFFER_MS) throw new PlanDoesNotFit("The plan is dated in the future");
  if (ageMs > PLAN_VALID_MS)
    throw new PlanDoesNotFit(`The plan is more than ${PLAN_VALID_MS / 60_000} minutes old`);
}

/** What stands in the list of runs: which plan it was, and whose word let it over a limit. */
function aboutOf({ kind, made }: PlanToApply, approvedBecause: string | null): string {
  const what = `A saved ${kind} of ${made.slice(0, 16).replace("T", " ")} UTC`;
  return approvedBecause === null ? what : `${what}, over a limit because: ${approvedBecause}`;
}

function countsOf({ done, already, moved, refused, unanswered }: Written): RunCounts {
  return { applied: done, already, moved: moved.length, refused, unanswered };
}

function totalsOf(plan: PlanToApply): PlanTotals {
  let totals = NO_CHANGES;
  for (const { email, operations } of plan.people) {
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
async function writeAll(
  context: WriteContext,
  rollUps: readonly RollUpProperty[],
  plan: PlanToApply,
  ask: AskAgain,
  mostErrors: number,
): Promise<Written> {
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
  const everybody = plan.people;
  let start = 0;
  while (start < everybody.length) {
    const next = everybody.slice(start, start + PEOPLE_PER_PAGE);
    const page = next.slice(
      0,
      pageSize(
        context,
        next.map(({ operations }) => operations),
      ),
    );
    const { stamps, others } = partStamps(page);
    const parted = await partPage(context, plan.kind, ask, others);
    moved.push(...parted.moved);
    already += parted.already;
    const unfinished = new Set(parted.plans.map(({ known }) => known.link.id));
    const written = await writePage(context, parted.plans, unfinished);
    const subscribed = await subscribePeople(context, parted.plans);
    const still = await ask.stamps(context, stamps);
    const back = await putBackStamps(context, rollUps, still);
    const late = stamps.filter((one) => !still.includes(one)).map(({ email }) => email);
    moved.push(
      ...[...late, ...back.moved].map((email) => ({ link: null, email, operation: "stamp" as const })),
    );
    done +=
      back.done + written.created + written.updated + written.listed + written.carried + subscribed.asked;
    refused += back.refused + written.refused;
    unanswered += back.unanswered + written.unanswered + written.importing;
    blocked += subscribed.blocked;
    context.progress({ step: "write", side: null, done: start + page.length, total: everybody.length });
    start += page.length;
    if (refused > mostErrors) return sofar(tooManyErrors(refused, mostErrors));
    context.stopping.throwIfAborted();
    const out = await context.betweenPages?.();
    if (out) throw out;
  }
  return sofar(null);
}
