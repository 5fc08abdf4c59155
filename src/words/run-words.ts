import type { RunRow } from "../store/pages/overview.ts";
import { took } from "./time-words.ts";
import { wordOf } from "./word-of.ts";

/** The lanes, in the order in which they are told. */
export const LANES = [
  { kind: "contacts", label: "Contacts" },
  { kind: "consent", label: "Consent" },
  { kind: "engagement", label: "Engagement" },
  { kind: "retention", label: "Removal of old history" },
] as const;

/** A lane's name, for people. */
export function laneName(kind: string): string {
  return LANES.find((lane) => lane.kind === kind)?.label ?? kind;
}

const TRIGGERS: Readonly<Record<string, string>> = {
  schedule: "the schedule",
  cli: "the command line",
  reconcile: "the whole compare",
  apply: "a saved plan",
  undo: "an undo",
};

/** Who or what began it: a word of ours, or a person's name. */
export function triggerName(trigger: string): string {
  return wordOf(TRIGGERS, trigger) ?? trigger;
}

/** How long a run took; `null` where it was cut off before it could say. */
export function tookWords({ startedAt, finishedAt, result }: RunRow, now: Date): string | null {
  const end = finishedAt ?? (result === "running" ? now : null);
  return end === null ? null : took(end.getTime() - startedAt.getTime());
}

/** Changes that a run made on both sides, whatever its lane. */
export function written({ counts }: Pick<RunRow, "counts">): number {
  const words = ["created", "updated", "listed", "carried", "recorded", "applied"];
  return words.reduce((sum, word) => sum + (counts[word] ?? 0), 0);
}

const COUNT_LABELS: Readonly<Record<string, string>> = {
  opted_out: "Opt-outs seen",
  opted_in: "Came back by themselves",
  left: "Left a list",
  listed: "List changes",
  rejected: "Rejected values",
  missed: "Missed by the incremental path",
  carried: "Refusals carried over",
  asked: "Asked to subscribe",
  blocked: "Not subscribed: blocked",
  unanswered: "Sent, no answer yet",
  recovered: "Settled by reading",
  importing: "Waiting for Klaviyo's import",
  oldest_read_ms: "Oldest reading at its write, ms",
  oldest_read_p99_ms: "Age of readings at their writes, p99, ms",
  added: "New events",
  older: "Older events, for a larger backfill",
  dropped: "Metrics whose older events are no longer read",
  erased: "Erased: deleted for privacy",
  removed_runs: "Old runs removed",
  removed_writes: "Old changes removed",
  removed_conflicts: "Old conflicts removed",
  removed_events: "Old engagement removed",
  removed_audit: "Old audit rows removed",
  removed_sessions: "Old sessions removed",
  removed_alerts: "Old alerts removed",
  emptied: "Changes without raw answers now",
  hubspot_calls: "HubSpot calls",
  klaviyo_calls: "Klaviyo calls",
};

/** A count's name, for people. */
export function countLabel(word: string): string {
  const known = wordOf(COUNT_LABELS, word);
  if (known !== undefined) return known;
  const spaced = word.replaceAll("_", " ");
  return `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`;
}
