import type { LinkState } from "../model/link.ts";
import type { RunRow } from "../store/pages/overview.ts";

/** A contact's states in the order in which they are told, with what each means. */
export const STATES: readonly {
  readonly state: LinkState;
  readonly label: string;
  readonly meaning: string;
}[] = [
  { state: "in_sync", label: "In sync", meaning: "The last compare found nothing to write." },
  { state: "waiting", label: "Waiting", meaning: "A change is known and not written yet." },
  { state: "failing", label: "Failing", meaning: "Somebody has to correct something." },
  { state: "excluded", label: "Excluded", meaning: "Not meant to sync: outside the rules, or deleted." },
  { state: "ignored", label: "Ignored", meaning: "A person chose to leave these alone." },
];

/** How a run ended, in words. */
export const RESULTS: Readonly<Record<RunRow["result"], { readonly label: string; readonly tone: string }>> =
  {
    running: { label: "Running", tone: "info" },
    finished: { label: "Finished", tone: "ok" },
    finished_with_errors: { label: "Finished with errors", tone: "warn" },
    held: { label: "Held", tone: "warn" },
    stopped: { label: "Stopped", tone: "bad" },
  };

/** What a run counts that people ask for first; the rest is in the JSON. */
export const RUN_COUNTS = [
  { key: "read", label: "Read" },
  { key: "created", label: "Created" },
  { key: "updated", label: "Updated" },
  { key: "failing", label: "Failing" },
  { key: "hubspot_calls", label: "HubSpot calls" },
  { key: "klaviyo_calls", label: "Klaviyo calls" },
] as const;
