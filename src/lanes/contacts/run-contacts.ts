import type { EmailKey } from "../../model/email.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { Change } from "../../plan/changes.ts";
import type { ExceededLimit } from "../../model/hold.ts";
import { errorsAllowed, exceededLimits, isHeldBy, withhold } from "../../plan/limits.ts";
import { heldByLimit, tooManyErrors } from "../../plan/problems.ts";
import { endComparison } from "../../store/snapshots/comparisons.ts";
import { markFilled } from "../../store/runs/connections.ts";
import { recordChangedConsent } from "../../store/consent/record-consent.ts";
import type { ContactPlan } from "../../plan/planned.ts";
import { carryOptOuts } from "../../consent/carry-opt-outs.ts";
import { madeRefusing } from "../../consent/made-refusing.ts";
import { subscribePeople } from "../../consent/subscribe.ts";
import { carryingBetween } from "../carrying-between.ts";
import type { LinkFilter } from "../../store/links/known-links.ts";
import { countLinks } from "../../store/links/links.ts";
import type { RunCounts } from "../../store/runs/runs.ts";
import { saveConnectionProblems } from "../../store/runs/runs.ts";
import { pageSize } from "../../write/page-size.ts";
import { readAges } from "../../write/read-ages.ts";
import { NOTHING_WRITTEN } from "../../write/write-counts.ts";
import type { WriteContext } from "../../write/write-context.ts";
import { writePage } from "../../write/write-page.ts";
import type { Leased, Deps } from "../deps.ts";
import { withConnection } from "../connection-lease.ts";
import type { HoldBack } from "./hold-back.ts";
import { HOLDS_NOTHING, holdBack } from "./hold-back.ts";
import { limitsNow } from "./limits-now.ts";
import { pullAndLink, planPages, planWhole } from "./pull-and-link.ts";
import { tellFailingWrites } from "./tell-failing-writes.ts";
import { NOBODY_MAKES_ROOM, waitingForAddress, writeFreedAddresses } from "./write-freed-addresses.ts";
import type { RunEnd } from "../with-run.ts";
import { withRun } from "../with-run.ts";

/** Result of a run of the contact lane. */
export interface ContactRun extends RunEnd {
  readonly runId: bigint;
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

const NOTHING_DONE = { result: "stopped", counts: {}, exceeded: [], mappingProblems: [] } as const;

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
  return withConnection(outer, mapping.name, async (own) => {
    await own.began?.();
    const leased = carryingBetween(own, mapping);
    const { store, now } = leased;
    const work = async (runId: bigint): Promise<ContactRun> => {
      const run = await cycle(leased, mapping, options.email ?? null, runId);
      if (options.email === undefined) await tellFailingWrites(store, runId, run.stoppedBy, now());
      return run;
    };
    return withRun(leased, { lane: "contacts", trigger: options.trigger }, work, async (out, runId) => {
      await saveConnectionProblems(store, out.side, [out.problem], now());
      await tellFailingWrites(store, runId, out.problem, now());
      return { ...NOTHING_DONE, runId, stoppedBy: out.problem };
    });
  });
}

async function cycle(
  leased: Leased,
  mapping: Mapping,
  email: EmailKey | null,
  runId: bigint,
): Promise<ContactRun> {
  const { store, lease, now } = leased;
  const pulled = await pullAndLink(leased, mapping, email);
  const { context, isApproved, guarded } = pulled;
  const compared = context.comparison === null ? {} : { missed: await endComparison(store) };
  const consent = await recordChangedConsent(store, runId, now(), async (addresses) => {
    context.progress({ step: "compare", side: null, done: addresses, total: null });
  });
  const filter: LinkFilter = email === null ? { kind: "dirty" } : { kind: "emails", emails: [email] };
  const { limited, contacts } = await planWhole(context, filter, NO_EXAMPLES, isApproved);
  const linked = await countLinks(store, "live");
  const allowed = await limitsNow(store, mapping, runId, now());
  const limits = exceededLimits(limited, allowed, linked, pulled.firstSync);
  const exceeded = [...guarded.exceeded, ...limits];
  const holding = email === null ? await holdBack(store, runId, exceeded, now()) : HOLDS_NOTHING;
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
    await saveConnectionProblems(store, "limits", problems, now());
  }
  const failing = await countLinks(store, "failing");
  const finished = failing > 0 ? "finished_with_errors" : "finished";
  const result = stoppedBy !== null ? "stopped" : exceeded.length > 0 ? "held" : finished;
  if (result === finished && email === null) await markFilled(store, now());
  const { read, left, recovered } = pulled;
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
  const note = exceeded.map((limit) => heldByLimit(limit).title).join("; ");
  return { runId, result, counts, note, exceeded, mappingProblems: pulled.ready.problems, stoppedBy };
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
  add(await carryOptOuts(context, refusing, mapping.limits));
  return { counts, stoppedBy };
}

/** Keeps links with a pending subscribe request dirty. */
function isToSubscribe({ operations }: ContactPlan): boolean {
  return operations.some(({ kind }) => kind === "subscribe");
}
