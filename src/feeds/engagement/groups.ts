import type { EntryGroup, RecordResult, TimelineEntry } from "../../connectors/engagement-port.ts";
import type { ExternalId } from "../../model/contact.ts";
import type { RetrySchedule } from "../../model/mapping.ts";
import type { QueuedEngagement, SettledEngagement } from "../../store/feeds/engagement-queue.ts";

/** An event and the contact that is to show it. */
export interface Addressed {
  readonly queued: QueuedEngagement;
  readonly contact: ExternalId;
}

/** What is shown together, and the rows it is made of. */
export interface Group extends EntryGroup {
  readonly rows: readonly QueuedEngagement[];
}

/** What one contact did with one message stands together, in the order in which it happened. */
export function groupsOf(
  addressed: readonly Addressed[],
  shown: readonly QueuedEngagement[],
): readonly Group[] {
  const before = Map.groupBy(shown, ({ contact, engagement }) =>
    JSON.stringify([contact, engagement.message]),
  );
  const together = Map.groupBy(addressed, ({ contact, queued }) => keyOf(contact, queued));
  return [...together.values()].map((own): Group => {
    const [first] = own;
    if (first === undefined) throw new Error("a group of nothing");
    const rows = own.map(({ queued }) => queued).sort(asItHappened);
    const { message } = first.queued.engagement;
    const earlier = message === null ? [] : (before.get(JSON.stringify([first.contact, message])) ?? []);
    return {
      contact: first.contact,
      fresh: rows.map(entryOf),
      shown: earlier.toSorted(asItHappened).map(entryOf),
      reference: earlier.findLast(({ reference }) => reference !== null)?.reference ?? null,
      rows,
    };
  });
}

function keyOf(contact: ExternalId, { engagement, entryId }: QueuedEngagement): string {
  return JSON.stringify([contact, engagement.message ?? ["alone", entryId]]);
}

export function asItHappened(
  { engagement: one }: QueuedEngagement,
  { engagement: other }: QueuedEngagement,
): number {
  return one.at < other.at ? -1 : one.at > other.at ? 1 : one.eventId < other.eventId ? -1 : 1;
}

/** Without the address: what a sink is not told it cannot send, and an address could make or change a contact (P14). */
export function entryOf({ entryId, engagement }: QueuedEngagement): TimelineEntry {
  return { id: entryId, engagement: { ...engagement, email: null } };
}

/** Result of the sink's answer for each row of a group; none where it may have been shown. */
export function settledBy(
  { rows }: Group,
  result: RecordResult,
  retry: RetrySchedule,
  now: Date,
): readonly SettledEngagement[] {
  const each = (make: (row: QueuedEngagement) => Omit<SettledEngagement, "eventId">) =>
    rows.map((row) => ({ eventId: row.engagement.eventId, ...make(row) }));
  const none = { reference: null, problem: null, attempts: 0, retryAt: null };
  switch (result.outcome) {
    case "unknown":
      return [];
    case "done":
      return each(() => ({ ...none, fate: "recorded", reason: "", reference: result.reference }));
    case "gone":
      return each(() => ({
        ...none,
        fate: "unknown",
        reason: "The contact is no longer there",
        retryAt: new Date(now.getTime() + GONE_FOR_MS),
      }));
    case "refused":
      return each((row) => {
        const attempts = row.attempts + 1;
        const { problem } = result;
        const retryAt = problem.retry === "soon" ? nextTry(retry, attempts, now) : null;
        return { ...none, fate: "failed", reason: problem.title, problem, attempts, retryAt };
      });
  }
}

/** Until the contact lane knows of it, the link would only lead there again. */
const GONE_FOR_MS = 3_600_000;

/** Doubling waits, as for contacts; `null` once they are used up. */
function nextTry({ attempts, firstMs, longestMs }: RetrySchedule, tried: number, now: Date): Date | null {
  if (tried >= attempts) return null;
  return new Date(now.getTime() + Math.min(longestMs, firstMs * 2 ** (tried - 1)));
}
