import type { EmailKey } from "../../model/email.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import type { Change } from "../../plan/changes.ts";
import type { ExceededLimit } from "../../model/hold.ts";
import { errorsAllowed, exceededLimits, isHeldBy, withhold } from "../../plan/limits.ts";
import { heldByLimit, tooManyErrors } from "../../plan/problems.ts";
import { endComparison } from "../../store/snapshots/comparisons.ts";
import { markFilled, openConnection } from "../../store/runs/connections.ts";
import { recordChangedConsent } from "../../store/consent/record-consent.ts";
import type { ContactPlan } from "../../plan/planned.ts";
import { carryRefusals } from "../../consent/carry-refusals.ts";
import { madeRefusing } from "../../consent/made-refusing.ts";
import { subscribePeople } from "../../consent/subscribe.ts";
import { callCounter } from "../call-counter.ts";
import { carryingBetween } from "../carrying-between.ts";
import type { LinkFilter } from "../../store/links/known-links.ts";
import type { Lease } from "../../store/runs/leases.ts";
import { countLinks } from "../../store/links/links.ts";
import type { RunCounts, RunResult } from "../../store/runs/runs.ts";
import { finishRun, saveConnectionProblems, startRun } from "../../store/runs/runs.ts";
import { pageSize } from "../../write/page-size.ts";
import { readAges } from "../../write/read-ages.ts";
import { NOTHING_WRITTEN } from "../../write/write-counts.ts";
import type { WriteContext } from "../../write/write-context.ts";
import { writePage } from "../../write/write-page.ts";
import { withConnection } from "../connection-lease.ts";
import type { Deps } from "../deps.ts";
import type { HoldBack } from "./hold-back.ts";
import { HOLDS_NOTHING, holdBack } from "./hold-back.ts";
import { limitsNow } from "./limits-now.ts";
import { look, planPages, planWhole } from "./look.ts";
import { tellFailingWrites } from "./tell-failing-writes.ts";
import { NOBODY_MAKES_ROOM, waitingForAddress, writeFreedAddresses } from "./write-freed-addresses.ts";
import { whyEnded } from "../why-ended.ts";

/** What a run of the contact lane came to. */
export interface ContactRun {
  readonly runId: bigint;
  readonly result: RunResult;
  readonly counts: RunCounts;
  readonly exceeded: readonly ExceededLimit[];
  /** What the mapping names and the accounts do not have: lists, segments, properties. The rest went on. */
  readonly mappingProblems: readonly Problem[];
  /** Why it stopped, where it did. */
  readonly stoppedBy: Problem | null;
}

const KEYS = [
  "created",
  "updated",
  "listed",
  "carried",
  "refused",
  "rejected",
  "unanswered",
  "importing",
  "asked",
  "blocked",
] as const;

const NO_EXAMPLES = { examples: 0, field: null };

export interface RunOptions {
  /** `schedule`, `cli`, … */
  readonly trigger: string;
  /** Only this person. */
  readonly email?: EmailKey;
}

/**
 * One cycle of the contact lane: look, decide over the whole plan whether a limit is exceeded, then write it a page at a
 * time. Deciding stores nothing, so being killed anywhere needs no repair but the reading at the start of the next run.
 * A side that is out stops the run and becomes one problem of the connection.
 *
 * @throws ConnectionBusy while another process works on the connection
 */
export async function runContacts(outer: Deps, mapping: Mapping, options: RunOptions): Promise<ContactRun> {
  return withConnection(outer, mapping.name, async (lease, own) => {
    await own.began?.();
    const deps = carryingBetween(own, mapping, { lease });
    const { database, now } = deps;
    const { id: connectionId } = await openConnection(database, mapping.name);
    const runId = await startRun(database, connectionId, "contacts", options.trigger, now());
    const calls = callCounter(deps.connectors);
    try {
      const run = await cycle(deps, mapping, options.email ?? null, lease, runId);
      if (options.email === undefined)
        await tellFailingWrites(database, connectionId, runId, run.stoppedBy, now());
      await finishRun(database, runId, run.result, { ...run.counts, ...calls() }, noteOf(run), now());
      return run;
    } catch (error) {
      if (!(error instanceof SystemUnavailable)) {
        await finishRun(database, runId, "stopped", calls(), whyEnded(deps), now());
        throw error;
      }
      await saveConnectionProblems(database, connectionId, error.side, [error.problem], now());
      await tellFailingWrites(database, connectionId, runId, error.problem, now());
      await finishRun(database, runId, "stopped", calls(), error.problem.title, now());
      return {
        runId,
        result: "stopped",
        counts: {},
        exceeded: [],
        mappingProblems: [],
        stoppedBy: error.problem,
      };
    }
  });
}

async function cycle(
  deps: Deps,
  mapping: Mapping,
  email: EmailKey | null,
  lease: Lease,
  runId: bigint,
): Promise<ContactRun> {
  const looked = await look(deps, mapping, email);
  const { context, isApproved, guarded } = looked;
  const { database, connectionId } = context;
  const compared = context.comparison === null ? {} : { missed: await endComparison(database, connectionId) };
  const consent = await recordChangedConsent(database, connectionId, runId, deps.now());
  const filter: LinkFilter = email === null ? { kind: "dirty" } : { kind: "emails", emails: [email] };
  const { limited, contacts } = await planWhole(context, filter, NO_EXAMPLES, isApproved);
  const linked = await countLinks(database, connectionId, "live");
  const allowed = await limitsNow(database, mapping, connectionId, runId, deps.now());
  const limits = exceededLimits(limited, allowed, linked, looked.firstSync);
  const exceeded = [...guarded.exceeded, ...limits];
  const holding =
    email === null ? await holdBack(database, connectionId, runId, exceeded, deps.now()) : HOLDS_NOTHING;
  await holding.add(guarded.held);
  const writing: WriteContext = {
    ...context,
    runId,
    lease,
    retry: mapping.retry,
    ages: readAges(),
  };
  const { counts: written, stoppedBy } = await writeAll(writing, mapping, filter, contacts, {
    isHeld: (change) => isHeldBy(limits, change) && !isApproved(change),
    holding,
    mostErrors: errorsAllowed(mapping.limits, contacts),
  });
  await holding.close();
  if (stoppedBy !== null) {
    const problems = [...exceeded.map(heldByLimit), stoppedBy];
    await saveConnectionProblems(database, connectionId, "limits", problems, deps.now());
  }
  const failing = await countLinks(database, connectionId, "failing");
  const finished = failing > 0 ? "finished_with_errors" : "finished";
  const result = stoppedBy !== null ? "stopped" : exceeded.length > 0 ? "held" : finished;
  if (result === finished && email === null) await markFilled(database, connectionId, deps.now());
  const { read, left, recovered } = looked;
  const optOuts = { opted_out: consent.optedOut, opted_in: consent.optedIn };
  const counts = {
    read,
    left,
    recovered,
    compared: contacts,
    ...compared,
    ...written,
    ...writing.ages.counts(),
    ...optOuts,
    failing,
  };
  return { runId, result, counts, exceeded, mappingProblems: looked.ready.problems, stoppedBy };
}

/** What a run may not do, and who is told what was held back. */
interface Bounds {
  readonly isHeld: (change: Change) => boolean;
  readonly holding: HoldBack;
  readonly mostErrors: number;
}

interface Written {
  readonly counts: RunCounts;
  readonly stoppedBy: Problem | null;
}

async function writeAll(
  context: WriteContext,
  mapping: Mapping,
  filter: LinkFilter,
  total: number,
  { isHeld, holding, mostErrors }: Bounds,
): Promise<Written> {
  const counts = { ...NOTHING_WRITTEN, asked: 0, blocked: 0 };
  let waitsForAddress: readonly bigint[] = [];
  const add = (more: Partial<typeof counts>): void => {
    for (const key of KEYS) counts[key] += more[key] ?? 0;
  };
  const refusing: EmailKey[] = [];
  let done = 0;
  const sizeOf = (plans: readonly ContactPlan[]): number =>
    pageSize(
      context,
      plans.map(({ operations }) => operations),
    );
  // Nothing of anybody is written before opt-outs that cannot be looked for; and nothing is planned before those that can
  // are on their way, because a new email address waits for them.
  const optOuts = async (): Promise<void> => {
    const out = await context.betweenPages?.();
    if (out) throw out;
  };
  await optOuts();
  for await (const plans of planPages({ ...context, ...NOBODY_MAKES_ROOM }, filter, sizeOf)) {
    const parted = plans.map((plan) => withhold(plan, isHeld));
    await holding.add(parted.flatMap(({ held }) => held));
    const waiting = parted.filter(({ held, plan }) => held.length > 0 || isToSubscribe(plan));
    const allowed = parted.map(({ plan }) => plan);
    add(await writePage(context, allowed, new Set(waiting.map(({ plan }) => plan.known.link.id))));
    add(await subscribePeople(context, allowed));
    refusing.push(...madeRefusing(allowed));
    waitsForAddress = [...waitsForAddress, ...waitingForAddress(allowed)];
    done += plans.length;
    context.progress({ step: "write", side: null, done, total });
    if (counts.refused > mostErrors) break;
    context.stopping.throwIfAborted();
    await optOuts();
  }
  const mayGoOn = async (): Promise<boolean> => {
    if (counts.refused > mostErrors || counts.unanswered > 0) return false;
    await optOuts();
    return true;
  };
  await writeFreedAddresses(context, waitsForAddress, isHeld, mayGoOn, add);
  const stoppedBy = counts.refused > mostErrors ? tooManyErrors(counts.refused, mostErrors) : null;
  // All of them at once: the limit is one for the run.
  add(await carryRefusals(context, refusing, mapping.limits));
  return { counts, stoppedBy };
}

/** Keeps links with a pending subscribe request dirty. */
function isToSubscribe({ operations }: ContactPlan): boolean {
  return operations.some(({ kind }) => kind === "subscribe");
}

function noteOf(run: ContactRun): string {
  return run.exceeded.map((limit) => heldByLimit(limit).title).join("; ");
}
