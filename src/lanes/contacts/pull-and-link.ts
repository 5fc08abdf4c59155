import { joinContacts, linkContacts } from "../../link/link-contacts.ts";
import type { EmailKey } from "../../model/email.ts";
import type { Mapping } from "../../model/mapping.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { SIDES, perSide } from "../../model/side.ts";
import type { Change } from "../../plan/changes.ts";
import { changesOf } from "../../plan/changes.ts";
import type { ContactPlan, PlanRules } from "../../plan/planned.ts";
import { planContact } from "../../plan/plan-contact.ts";
import type { PlanTotals } from "../../plan/limits.ts";
import { NO_CHANGES, addToTotals } from "../../plan/limits.ts";
import { unreadPeople } from "../../plan/unread-people.ts";
import type { PullReport } from "../../pull/pull-side.ts";
import { readPeople } from "../../pull/read-people.ts";
import { readLinked } from "../../pull/read-linked.ts";
import { pullSide } from "../../pull/pull-side.ts";
import type { RunContext } from "../../pull/run-context.ts";
import { pageDone } from "../../pull/run-context.ts";
import { timeEdits } from "../../pull/time-edits.ts";
import { comparisonUnderWay } from "../../store/snapshots/comparisons.ts";
import { endIgnores } from "../../store/pages/ignored.ts";
import type { LinkFilter } from "../../store/links/known-links.ts";
import { LINKS_PER_PAGE } from "../../store/links/known-link-pages.ts";
import { knownLinks } from "../../store/links/known-links.ts";
import { markRetriesDue } from "../../store/links/links.ts";
import { saveConnectionProblems } from "../../store/runs/runs.ts";
import { unreadStrangers } from "../../store/snapshots/unreadable-contacts.ts";
import { recoverUnanswered } from "../../write/recover.ts";
import { approvals } from "../plans/approvals.ts";
import type { Opened } from "../deps.ts";
import { examplePeople } from "./example-people.ts";
import type { Guarded } from "./guarded.ts";
import { together } from "./guarded.ts";
import { applyRemovals } from "./apply-removals.ts";
import type { ReadyConnection } from "./prepare-run.ts";
import { prepareRun } from "./prepare-run.ts";
import { readOtherSide } from "./read-other-side.ts";
import { holdRepointed } from "./repointed-names.ts";
import { runContext } from "./run-context.ts";
import { confirmDeletions } from "./confirm-deletions.ts";

/** Result of pulling and linking: everything that planning needs. Nothing was written to either system. */
export interface Pulled {
  readonly context: RunContext;
  readonly ready: ReadyConnection;
  readonly read: number;
  readonly left: number;
  readonly recovered: number;
  /** Has a person approved it, and not too long ago? */
  readonly isApproved: (change: Change) => boolean;
  /** Who left or was deleted by so many at once that a person must approve. */
  readonly guarded: Guarded;
  /** No whole run of this connection has finished yet. */
  readonly firstSync: boolean;
}

/**
 * Sees and links: settles by reading what was never answered, pulls both sides, joins by address. Of one person only
 * the two contacts are read where `email` is given.
 */
export async function pullAndLink(opened: Opened, mapping: Mapping, email: EmailKey | null): Promise<Pulled> {
  const { connection, store, now } = opened;
  const prepared = await prepareOrReadOther(opened, mapping, email);
  const comparison = email === null ? await comparisonUnderWay(store) : null;
  const context = { ...runContext(opened, mapping, prepared), comparison };
  const recovered = await recoverUnanswered(context);
  await markRetriesDue(store, now());
  const isApproved = await approvals(store, now());
  const seen =
    email === null
      ? await pullBoth(context, prepared)
      : { contacts: await readPeople(context, [email]), problems: [] };
  const ready = { ...prepared, problems: [...prepared.problems, ...seen.problems] };
  const left = await Promise.all(
    SIDES.map((side) => applyRemovals(context, side, isApproved, collectionName(ready, side))),
  );
  const people = email === null ? null : [email];
  const before = await readLinked(context, people);
  await linkContacts(context);
  // And the people linked a moment ago.
  const after = await readLinked(context, people);
  const repointed =
    email === null ? [await holdRepointed(context, ready.repointed, ready.scopeIfApproved)] : [];
  await endIgnores(store, now());
  const deleted = await confirmDeletions(context, isApproved);
  // The survivor of a merge may have what the deleted contact had.
  await joinContacts(context);
  await timeEdits(context, email === null ? { kind: "dirty" } : { kind: "emails", emails: [email] });
  return {
    context,
    ready,
    read: seen.contacts + before + after,
    left: left.reduce((sum, one) => sum + one.left, 0),
    recovered,
    isApproved,
    guarded: together([...left, deleted, ...repointed]),
    firstSync: connection.filledAt === null,
  };
}

/** Pulls both sides, and tells with what the mapping names in vain what could not be read of the rest. */
async function pullBoth(context: RunContext, { problems }: ReadyConnection): Promise<PullReport> {
  const { store, now } = context;
  const pulled = await bothSides((side) => pullSide(context, side));
  // A list that a rule names in vain is one problem, though the pull does not find it either.
  const told = new Set(problems.map(({ side, code }) => `${side} ${code}`));
  const found = pulled
    .flatMap((report) => report.problems)
    .filter(({ side, code }) => !told.has(`${side} ${code}`));
  for (const side of SIDES) {
    const strangers = unreadPeople(side, await unreadStrangers(store, side));
    const own = [...problems, ...found, ...strangers].filter((problem) => problem.side === side);
    await saveConnectionProblems(store, side, own, now());
  }
  return { contacts: pulled.reduce((sum, report) => sum + report.contacts, 0), problems: found };
}

/** What stops the run is told once the other side was read. */
async function prepareOrReadOther(
  opened: Opened,
  mapping: Mapping,
  email: EmailKey | null,
): Promise<ReadyConnection> {
  try {
    return await prepareRun(opened, mapping);
  } catch (error) {
    const isOut = error instanceof SystemUnavailable && error.problem.code !== "SK-ACCOUNT";
    if (isOut && email === null) await readOtherSide(opened, mapping, error.side);
    throw error;
  }
}

/** Both at once; where one fails, the other is read to its end all the same. */
async function bothSides<T>(read: (side: Side) => Promise<T>): Promise<readonly T[]> {
  const ended = await Promise.allSettled(SIDES.map(read));
  return ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

function collectionName({ schemas }: ReadyConnection, side: Side): (id: string) => string {
  return (id) => schemas[side].collections.find((one) => one.id === id)?.name ?? id;
}

/**
 * The plans of these links, a page at a time, derived from what was last seen. Stores nothing.
 *
 * @param sizeOf how many of a page are taken at once; the others are planned again after these
 */
export async function* planPages(
  context: RunContext & Pick<PlanRules, "mayMakeRoom">,
  filter: LinkFilter,
  sizeOf: (plans: readonly ContactPlan[]) => number = ({ length }) => length,
): AsyncGenerator<readonly ContactPlan[]> {
  let after = 0n;
  for (;;) {
    const { store, scope } = context;
    const page = await knownLinks(store, scope, filter, after, LINKS_PER_PAGE, context.now());
    const plans = page.map((known) => planContact(context, known));
    const taken = plans.slice(0, plans.length > 0 ? sizeOf(plans) : 0);
    if (taken.length > 0) yield taken;
    const last = taken.at(-1);
    if (last === undefined || (taken.length === plans.length && page.length < LINKS_PER_PAGE)) return;
    after = last.known.link.id;
  }
}

/** What a run would do, decided over everybody before anything is written. */
export interface WholePlan {
  readonly totals: PlanTotals;
  /** The same without what a person has approved: what the limits are held against. */
  readonly limited: PlanTotals;
  readonly contacts: number;
  /** How often each field would be written on each side, and emptied, by key. */
  readonly fields: PerSide<FieldCounts>;
  /** How many have which problem, by title. */
  readonly problems: ReadonlyMap<string, number>;
  /** Some people of each kind of change, for a person to read. */
  readonly examples: readonly ContactPlan[];
}

export interface FieldCounts {
  readonly written: ReadonlyMap<string, number>;
  readonly emptied: ReadonlyMap<string, number>;
}

/** Which people to bring in full: so many, some of each kind; of one field where that is given. */
export interface WantedExamples {
  readonly examples: number;
  readonly field: string | null;
}

export async function planWhole(
  context: RunContext,
  filter: LinkFilter,
  wanted: WantedExamples,
  isApproved: (change: Change) => boolean,
): Promise<WholePlan> {
  let totals = NO_CHANGES;
  let limited = NO_CHANGES;
  let contacts = 0;
  const examples = examplePeople(wanted.examples);
  const fields = perSide(() => ({ written: new Map<string, number>(), emptied: new Map<string, number>() }));
  const problems = new Map<string, number>();
  for await (const plans of planPages(context, filter)) {
    for (const plan of plans) {
      const changes = changesOf(plan);
      totals = addToTotals(totals, changes);
      limited = addToTotals(
        limited,
        changes.filter((change) => !isApproved(change)),
      );
      for (const { title } of plan.problems) count(problems, title);
      for (const operation of plan.operations) {
        if (!("fields" in operation)) continue;
        const { written, emptied } = fields[operation.side];
        for (const [key, value] of Object.entries(operation.fields)) {
          if (operation.kind === "update") count(value === null ? emptied : written, key);
        }
      }
      if (isExample(plan, wanted.field)) examples.add(plan);
    }
    contacts += plans.length;
    context.progress({ step: "compare", side: null, done: contacts, total: null });
    await pageDone(context);
  }
  return { totals, limited, contacts, fields, problems, examples: examples.picked() };
}

function isExample({ operations }: ContactPlan, field: string | null): boolean {
  if (field === null) return operations.length > 0;
  return operations.some((operation) => "fields" in operation && Object.hasOwn(operation.fields, field));
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
