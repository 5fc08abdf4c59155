import type { Base } from "../model/base.ts";
import type { FieldRule, RetrySchedule } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { RejectedValue, RejectedValues } from "../model/rejected-value.ts";
import type { Side } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { WAITS_FOR_OPT_OUT } from "../plan/plan-contact.ts";
import type { ContactPlan } from "../plan/planned.ts";
import { fieldsSent, rejectedKey } from "../plan/refused.ts";
import { shownOnceWritten, storedFields } from "../pull/sighting-row.ts";
import type { Stored } from "../reconcile/merge-contact.ts";
import { baseAfter, baseAfterCreate } from "../reconcile/merge-contact.ts";
import type { ConflictRow, LinkOutcome } from "../store/writes/settle.ts";
import type { SentOperation } from "./prepare.ts";

/** Result of a page of plans for one link. */
export interface PlanResult {
  readonly plan: ContactPlan;
  readonly sent: readonly SentOperation[];
  /** Something of the plan was not sent, because it moved, was held back by a limit, or could not be prepared. */
  readonly unfinished: boolean;
}

/** After these there is still something to do. */
const STILL_TO_DO: ReadonlySet<SentOperation["result"]["outcome"]> = new Set([
  "unknown",
  "exists",
  "pending",
  "not_sent",
]);

/** Nothing newer is sent to somebody before the job has ended. */
const WAITS_FOR_IMPORT = "Waits for Klaviyo's import";

/** Puts together the outcome of a link: its agreement, its state with the reason, what is to be tried again and when. */
export function linkOutcome(
  fields: readonly FieldRule[],
  retry: RetrySchedule,
  result: PlanResult,
  now: Date,
): LinkOutcome {
  const { plan, sent } = result;
  const { link } = plan.known;
  const refused = sent.flatMap((one) => rejectedValues(fields, one));
  const problems = [...plan.problems, ...refused];
  const seekAgain = sent.find(
    ({ result: answer }) => answer.outcome === "exists" || createdWithoutId(answer),
  );
  const gone = sent.find(({ result: answer }) => answer.outcome === "gone");
  const open =
    result.unfinished ||
    plan.waits !== undefined ||
    sent.some(({ result: answer }) => STILL_TO_DO.has(answer.outcome));
  const optingOut = sent.some(
    ({ prepared: { operation }, result: answer }) =>
      operation.kind === "opt_out" &&
      operation.side === "klaviyo" &&
      operation.from.kind === "all" &&
      answer.outcome === "done",
  );
  const importing = sent.some(({ result: answer }) => answer.outcome === "pending");
  const stillRefused = rejectedAfter(fields, plan, sent);
  const attempts =
    refused.length > 0 ? link.attempts + 1 : Object.keys(stillRefused).length > 0 ? link.attempts : 0;
  return {
    id: link.id,
    base: agreement(fields, plan, sent),
    lists: listsAfter(link.lists, sent),
    ...stateAfter(plan, problems, { open, importing, optingOut }),
    dirty: open,
    attempts,
    retryAt: earlier(
      refused.length > 0 ? nextTry(retry, attempts, now) : attempts > 0 ? link.retryAt : null,
      thawing(plan, now),
    ),
    refused: stillRefused,
    seekAgain: seekAgain?.prepared.operation.side ?? null,
    missingOn: gone?.prepared.operation.side ?? null,
    problems,
    conflicts: conflicts(sent),
  };
}

/** A field that kept changing back and forth is looked at again when it may be written. */
function thawing({ thawsInMs = null }: ContactPlan, now: Date): Date | null {
  return thawsInMs === null ? null : new Date(now.getTime() + thawsInMs);
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

function createdWithoutId(answer: SentOperation["result"]): boolean {
  return answer.outcome === "done" && answer.id === null;
}

function agreement(fields: readonly FieldRule[], plan: ContactPlan, sent: readonly SentOperation[]): Base {
  const stored: Record<Side, Stored | null> = { hubspot: null, klaviyo: null };
  let base = mappedOnly(fields, plan.known.link.base);
  for (const { prepared, result } of sent) {
    if (result.outcome !== "done") continue;
    const { planned } = prepared;
    if (planned.kind === "update")
      stored[planned.side] = storedBy(fields, prepared, result.stored, result.refused);
    if (planned.kind === "create") {
      const made = storedBy(fields, prepared, result.stored, result.refused);
      base = baseAfterCreate(base, planned.side, planned.fields, made);
    }
  }
  return baseAfter(base, plan.merged, stored);
}

/** A field that is mapped no more is forgotten: should it come back, it is met for the first time (P17). */
function mappedOnly(fields: readonly FieldRule[], base: Base): Base {
  const mapped = new Set(fields.map(({ key }) => key));
  return Object.fromEntries(Object.entries(base).filter(([key]) => mapped.has(key)));
}

/** What the target holds of the fields that were sent: what it answered, or what it was sent where it did not say. */
export function storedBy(
  fields: readonly FieldRule[],
  prepared: SentOperation["prepared"],
  answered: Values | null,
  refused: readonly Problem[],
): Stored {
  const { planned, unsayable } = prepared;
  if (planned.kind !== "create" && planned.kind !== "update") return { fields: {}, settling: false };
  const left = new Set([...refused, ...unsayable].map(({ field }) => fieldKey(fields, planned.side, field)));
  const shown =
    answered === null
      ? shownOnceWritten(fields, planned.side, planned.fields)
      : storedFields(fields, planned.side, answered);
  const values: Record<string, Value> = {};
  for (const [key, sentValue] of Object.entries(planned.fields)) {
    if (left.has(key)) continue;
    values[key] = Object.hasOwn(shown, key) ? (shown[key] ?? null) : sentValue;
  }
  return { fields: values, settling: answered === null };
}

/** What was not taken of an operation, by field. */
export function rejectedValues(
  fields: readonly FieldRule[],
  { prepared, result }: SentOperation,
): readonly Problem[] {
  const side = prepared.operation.side;
  const named = (problem: Problem): Problem => ({ ...problem, field: fieldKey(fields, side, problem.field) });
  if (result.outcome === "done") return [...prepared.unsayable, ...result.refused].map(named);
  if (result.outcome === "refused" || result.outcome === "gone") return [named(result.problem)];
  return [];
}

/** What is not to be sent again unchanged: what was held back as refused before, and what was refused now. */
function rejectedAfter(
  fields: readonly FieldRule[],
  plan: ContactPlan,
  sent: readonly SentOperation[],
): RejectedValues {
  const kept = Object.entries(plan.known.link.refused).filter(([, rejected]) =>
    plan.problems.includes(rejected.problem),
  );
  const now = sent.flatMap((one): readonly (readonly [string, RejectedValue])[] => {
    const { planned } = one.prepared;
    if (planned.kind !== "create" && planned.kind !== "update") return [];
    return rejectedValues(fields, one).map((problem) => {
      const value = problem.field === null ? undefined : planned.fields[problem.field];
      const whole = value === undefined || one.result.outcome !== "done";
      const key = rejectedKey(planned.side, whole ? null : problem.field);
      return [key, { value: whole ? fieldsSent(planned.fields) : value, problem }];
    });
  });
  return Object.fromEntries([...kept, ...now]);
}

/** A connector names the property that a vendor complained of; people and the base know it by its field. */
function fieldKey(fields: readonly FieldRule[], side: Side, named: string | null): string | null {
  if (named === null) return null;
  return fields.find((rule) => rule.key === named || rule.property[side] === named)?.key ?? named;
}

function listsAfter(lists: readonly string[], sent: readonly SentOperation[]): readonly string[] {
  const after = new Set(lists);
  for (const { prepared, result } of sent) {
    if (result.outcome !== "done") continue;
    const { operation } = prepared;
    if (operation.kind === "create") for (const list of operation.lists) after.add(list);
    if (operation.kind === "add_to_list") after.add(operation.list);
    if (operation.kind === "remove_from_list") after.delete(operation.list);
    if (operation.kind === "opt_out" && operation.from.kind === "list") after.delete(operation.from.list);
  }
  return [...after];
}

function stateAfter(
  plan: ContactPlan,
  problems: readonly Problem[],
  {
    open,
    importing,
    optingOut,
  }: { readonly open: boolean; readonly importing: boolean; readonly optingOut: boolean },
): Pick<LinkOutcome, "state" | "reason"> {
  const [problem] = problems;
  if (problem !== undefined) return { state: "failing", reason: problem.title };
  if (importing) return { state: "waiting", reason: WAITS_FOR_IMPORT };
  if (open) return { state: "waiting", reason: "Change detected, not synced yet" };
  if (plan.operations.length === 0 || plan.state === "excluded")
    return { state: plan.state, reason: plan.reason };
  if (optingOut) return { state: "waiting", reason: WAITS_FOR_OPT_OUT };
  return { state: "in_sync", reason: "" };
}

/** Doubles from the first wait to the longest; after the last attempt only a change, a person or the nightly compare tries again. */
function nextTry(retry: RetrySchedule, attempts: number, now: Date): Date | null {
  if (attempts >= retry.attempts) return null;
  const wait = Math.min(retry.firstMs * 2 ** (attempts - 1), retry.longestMs);
  return new Date(now.getTime() + wait);
}

/** A write that was done lets a value lose, also one that the target took in another form or in part. */
function conflicts(sent: readonly SentOperation[]): readonly ConflictRow[] {
  const lost = sent.flatMap(({ prepared, result }) =>
    result.outcome === "done" ? Object.entries(prepared.entry.lost) : [],
  );
  // Of a joined list both sides are written, and one value is lost.
  return [...new Map(lost)].map(([field, value]) => ({ field, ...value, putBack: false }));
}
