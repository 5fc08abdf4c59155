import type { LinkState } from "../model/link.ts";
import { counted } from "../model/count-words.ts";
import type { RunRow } from "../store/pages/overview.ts";

/** A contact's states in the order in which they are told, with what each means. */
export const STATES: readonly {
  readonly state: LinkState;
  readonly label: string;
  readonly meaning: string;
}[] = [
  { state: "in_sync", label: "In sync", meaning: "HubSpot and Klaviyo match." },
  { state: "waiting", label: "Waiting", meaning: "Change detected, not synced yet." },
  { state: "failing", label: "Failing", meaning: "Someone needs to correct a value." },
  { state: "excluded", label: "Excluded", meaning: "Outside the rules, or deleted." },
  { state: "ignored", label: "Ignored", meaning: "Someone chose not to sync these." },
];

/** How a run ended, in words. */
export const RESULTS: Readonly<Record<RunRow["result"], { readonly label: string; readonly tone: string }>> =
  {
    running: { label: "Running", tone: "info" },
    finished: { label: "Finished", tone: "ok" },
    finished_with_errors: { label: "Finished with errors", tone: "warn" },
    held: { label: "Finished, changes held", tone: "warn" },
    stopped: { label: "Stopped", tone: "bad" },
  };

/** How one run ended. Contacts that fail, and failed before, are no event of the run: a calm color, and their number. */
export function resultWords({ result, counts }: Pick<RunRow, "result" | "counts">): {
  readonly label: string;
  readonly tone: string;
} {
  const failing = counts["failing"] ?? 0;
  if (result !== "finished_with_errors" || failing === 0) return RESULTS[result];
  return { label: `Finished, ${counted(failing, "contact")} still failing`, tone: "plain" };
}

/** What a run counts that people ask for first; the rest is in the JSON. */
export const RUN_COUNTS = [
  { key: "read", label: "Read" },
  { key: "created", label: "Created" },
  { key: "updated", label: "Updated" },
  { key: "failing", label: "Failing" },
] as const;
