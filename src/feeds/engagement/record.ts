import type { RecordResult, SinkSetup } from "../../connectors/engagement-port.ts";
import { chunks } from "../../model/chunks.ts";
import type { EngagementKind } from "../../model/engagement.ts";
import type { Problem } from "../../model/problem.ts";
import { unknownPeople, wakeLinked, wakeUnknown } from "../../store/feeds/engagement-contacts.ts";
import type { ClaimedEngagement, QueuedEngagement } from "../../store/feeds/engagement-queue.ts";
import {
  afterQueued,
  claimAgain,
  claimEngagements,
  countQueued,
  markUnknown,
  settleEngagements,
  shownOf,
  unansweredEngagements,
  waitingEngagements,
  wakeFailed,
} from "../../store/feeds/engagement-queue.ts";
import type { ShownContact } from "../../store/feeds/engagement-roll-ups.ts";
import { markRollUpsDue } from "../../store/feeds/engagement-roll-ups.ts";
import { readSinkSetup } from "../../store/feeds/engagement-state.ts";
import { holdLease } from "../../store/runs/leases.ts";
import { LEASE_MS, leaseGate } from "../../write/lease-gate.ts";
import type { EngagementContext } from "./context.ts";
import { isTurnOver } from "./context.ts";
import { createContacts } from "./create-contacts.ts";
import { findContacts } from "./find-contacts.ts";
import { withFound } from "./find-shown.ts";
import type { Addressed, Group } from "./groups.ts";
import { groupsOf, settledBy } from "./groups.ts";
import { personOf, shownIdOf } from "./occurrence.ts";
import { NIGHTLY_WINDOW_MS } from "./passes.ts";
import { pageDone } from "../../pull/run-context.ts";
import { atomically } from "../../store/database/store.ts";

/** Result of showing, in events. */
export interface RecordReport {
  readonly recorded: number;
  readonly refused: number;
  readonly unanswered: number;
  readonly unknown: number;
  readonly created: number;
  /** Why nothing could be shown, or nobody be made. Nothing is lost: it waits. */
  readonly problems: readonly Problem[];
}

const EVENTS_PER_PAGE = 2_000;

const NOTHING: RecordReport = {
  recorded: 0,
  refused: 0,
  unanswered: 0,
  unknown: 0,
  created: 0,
  problems: [],
};

/**
 * Does: shows what waits. Each event is marked as sent before it is, with the lease checked, and settled by its answer in
 * one transaction. What was sent and never answered is sent again first, with the same ids (CONTRACT.md, Write). Before a
 * sink without its own ids makes anything, Tandem looks for it there.
 *
 * @param findAgain people nobody knew are looked for once more
 */
export async function recordAll(context: EngagementContext, findAgain: boolean): Promise<RecordReport> {
  const { store, sink, now, signal } = context;
  const since = new Date(now().getTime() - NIGHTLY_WINDOW_MS);
  await wakeFailed(store, now());
  if (findAgain) await wakeUnknown(store, since);
  else await wakeLinked(store, since, now());
  const total = await countQueued(store);
  if (total === 0 && !(await somebodyIsToBeMade(context, since))) return NOTHING;
  const setup = await readSinkSetup(store, sink.recordAs);
  const gap = await sink.missing(setup, signal);
  if (gap?.kinds === "all") return { ...NOTHING, problems: [gap.problem] };
  const ready: Ready = { setup, without: gap?.kinds ?? [] };
  const showable = gap === null ? total : await countQueued(store, gap.kinds);
  const again = await recordAgain(context, ready);
  const first = await recordWaiting(context, ready, again, showable);
  const { created, problem } = await createContacts(context);
  const problems = [gap?.problem, problem].filter((one) => one !== null && one !== undefined);
  const report = { ...first, created, problems };
  if (created === 0) return report;
  await wakeLinked(store, since, null);
  return recordWaiting(context, ready, report, created);
}

async function somebodyIsToBeMade({ store, rules, now }: EngagementContext, since: Date): Promise<boolean> {
  if (rules.unknownContacts === "skip") return false;
  return (await unknownPeople(store, since, now())).length > 0;
}

/** What the sink made, and the kinds of events that it cannot show now. */
interface Ready {
  readonly setup: SinkSetup | null;
  readonly without: readonly EngagementKind[];
}

async function recordAgain(context: EngagementContext, { setup, without }: Ready): Promise<RecordReport> {
  const { store, runId, now } = context;
  let report = NOTHING;
  for (;;) {
    const page = await unansweredEngagements(store, runId, without, EVENTS_PER_PAGE);
    const addressed = page.flatMap((queued): readonly Addressed[] =>
      queued.contact === null ? [] : [{ queued, contact: queued.contact }],
    );
    const found = await findContacts(
      context,
      page.map(({ engagement }) => engagement),
    );
    const groups = groupsOf(addressed, await shownBy(context, addressed));
    for (const some of chunks(groups, context.sink.size)) {
      const batch = await withFound(context, some, [...found.values()]);
      await atomically(store, async (store) => {
        await holdLease(store, context.lease, LEASE_MS);
        await claimAgain(store, runId, eventIdsOf(batch), now());
      });
      report = await send(context, setup, batch, [...found.values()], report);
    }
    if (page.length < EVENTS_PER_PAGE) return report;
    await pageDone(context);
  }
}

async function recordWaiting(
  context: EngagementContext,
  { setup, without }: Ready,
  before: RecordReport,
  total: number,
): Promise<RecordReport> {
  const { store } = context;
  let report = before;
  let done = 0;
  let after = ["", "", ""] as ReturnType<typeof afterQueued>;
  for (;;) {
    const page = await waitingEngagements(store, without, after, EVENTS_PER_PAGE);
    report = await recordPage(context, setup, page, report);
    done += page.length;
    context.progress({ step: "write", side: null, done, total });
    const last = page.at(-1);
    if (last === undefined || page.length < EVENTS_PER_PAGE || isTurnOver(context)) return report;
    after = afterQueued(last);
    await pageDone(context);
  }
}

async function recordPage(
  context: EngagementContext,
  setup: SinkSetup | null,
  page: readonly QueuedEngagement[],
  before: RecordReport,
): Promise<RecordReport> {
  const { store, runId, now } = context;
  const engagements = page.map(({ engagement }) => engagement);
  const found = await findContacts(context, engagements);
  const addressed: Addressed[] = [];
  const unknown: string[] = [];
  for (const queued of page) {
    const person = personOf(queued.engagement);
    const contact = person === null ? undefined : found.get(person)?.contact;
    if (contact !== undefined) addressed.push({ queued, contact });
    else unknown.push(queued.engagement.eventId);
  }
  await markUnknown(store, unknown, "HubSpot has no contact of this person");
  let report: RecordReport = { ...before, unknown: before.unknown + unknown.length };
  const shown = await shownBy(context, addressed);
  for (const some of chunks(groupsOf(addressed, shown), context.sink.size)) {
    const batch = await withFound(context, some, [...found.values()]);
    const claimed = await atomically(store, async (store) => {
      await holdLease(store, context.lease, LEASE_MS);
      return claimEngagements(store, runId, claimsOf(context, batch), now());
    });
    const sent = withOnly(batch, claimed);
    report = await send(context, setup, sent, [...found.values()], report);
  }
  return report;
}

function claimsOf({ rules }: EngagementContext, batch: readonly Group[]): readonly ClaimedEngagement[] {
  return batch.flatMap(({ contact, rows }) =>
    rows.map(({ engagement }) => {
      const record = rules.metrics[engagement.kind]?.record ?? "every";
      return { eventId: engagement.eventId, contact, shownId: shownIdOf(engagement, record, contact) };
    }),
  );
}

/** The groups with the rows that were claimed; what the contact shows already is left out. */
function withOnly(batch: readonly Group[], claimed: ReadonlySet<string>): readonly Group[] {
  return batch.flatMap((group) => {
    const rows = group.rows.filter(({ engagement }) => claimed.has(engagement.eventId));
    const fresh = group.fresh.filter(({ engagement }) => claimed.has(engagement.eventId));
    return rows.length === 0 ? [] : [{ ...group, rows, fresh }];
  });
}

/** What these contacts show of these messages already; only a note is made of all of it. */
async function shownBy(
  { store, sink }: EngagementContext,
  addressed: readonly Addressed[],
): Promise<readonly QueuedEngagement[]> {
  if (sink.recordAs !== "note") return [];
  const pairs = addressed.flatMap(({ contact, queued: { engagement } }) =>
    engagement.message === null ? [] : [{ contact, message: engagement.message }],
  );
  return shownOf(store, pairs);
}

async function send(
  context: EngagementContext,
  setup: SinkSetup | null,
  groups: readonly Group[],
  found: readonly ShownContact[],
  before: RecordReport,
): Promise<RecordReport> {
  if (groups.length === 0) return before;
  const { store, sink, signal, now, mapping, lease } = context;
  const results = await sink.record(groups, setup, leaseGate(context), signal);
  const answers = groups.map((group, index): [Group, RecordResult] => [
    group,
    results[index] ?? { outcome: "unknown" },
  ]);
  const settled = answers.flatMap(([group, result]) => settledBy(group, result, mapping.retry, now()));
  await atomically(store, async (store) => {
    await holdLease(store, lease, LEASE_MS);
    await settleEngagements(store, settled, now());
    await noteShown({ ...context, store }, answers, found);
  });
  const events = (outcome: RecordResult["outcome"]): number =>
    answers.reduce((sum, [{ rows }, result]) => sum + (result.outcome === outcome ? rows.length : 0), 0);
  return {
    ...before,
    recorded: before.recorded + events("done"),
    refused: before.refused + events("refused"),
    unanswered: before.unanswered + events("unknown"),
    unknown: before.unknown + events("gone"),
  };
}

async function noteShown(
  { store, now }: EngagementContext,
  answers: readonly (readonly [Group, RecordResult])[],
  found: readonly ShownContact[],
): Promise<void> {
  const done = new Set(answers.flatMap(([{ contact }, { outcome }]) => (outcome === "done" ? contact : [])));
  const shown = found.filter(({ contact }) => done.has(contact));
  await markRollUpsDue(store, shown, now());
}

function eventIdsOf(batch: readonly Group[]): readonly string[] {
  return batch.flatMap(({ rows }) => rows.map(({ engagement }) => engagement.eventId));
}
