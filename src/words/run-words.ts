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
  schedule: "schedule",
  cli: "command line",
  reconcile: "full comparison",
  apply: "saved plan",
  undo: "undo",
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
  opted_in: "Opted back in",
  left: "Removed from a list",
  listed: "List changes",
  rejected: "Rejected values",
  missed: "Found only by the full comparison",
  carried: "Opt-outs synced",
  asked: "Subscribe requests",
  blocked: "Subscribe requests blocked",
  unanswered: "Sent, no answer yet",
  recovered: "Confirmed by reading again",
  importing: "Waiting for Klaviyo's import",
  oldest_read_ms: "Oldest reading when written, ms",
  oldest_read_p99_ms: "Age of readings when written, p99, ms",
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
  emptied: "Changes whose answers were removed",
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
