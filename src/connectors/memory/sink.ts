import type { RecordAs } from "../../model/engagement.ts";
import type { EngagementSink, EntryGroup, RecordResult, TimelineEntry } from "../engagement-port.ts";
import type { EngagementSettings, Shown } from "./engagement.ts";

/** What has to be made before the first event can be shown. */
const NEEDS_SETUP: readonly RecordAs[] = ["timeline", "custom_event"];

/**
 * Shows entries by their ids, each once. As at HubSpot, one of a timeline that comes again for another contact moves
 * there; of app events and custom events the first stays.
 */
export function memorySink(
  { store, quirks, request }: EngagementSettings,
  recordAs: RecordAs,
  shown: Map<string, Shown>,
  cameAgain: () => void,
): EngagementSink {
  const show = ({ contact, reference }: EntryGroup, { id, engagement }: TimelineEntry): void => {
    const before = shown.get(`${recordAs} ${id}`);
    if (before !== undefined) cameAgain();
    if (before !== undefined && (recordAs !== "timeline" || before.contact === contact)) return;
    shown.set(`${recordAs} ${id}`, {
      recordAs,
      id,
      contact,
      engagement: structuredClone(engagement),
      reference,
    });
  };

  /** A note is found again by its contact and message, whatever answer was lost. */
  const noteOf = ({ contact, fresh, reference }: EntryGroup): string =>
    reference ?? `note of ${contact} on ${fresh[0]?.engagement.message ?? fresh[0]?.id ?? "nothing"}`;

  const record = (group: EntryGroup): RecordResult => {
    if (store.survivor(group.contact) === undefined) return { outcome: "gone" };
    const problem = quirks.refuseEntries(group);
    if (problem !== null) return { outcome: "refused", problem };
    if (recordAs === "properties_only") return { outcome: "done", reference: null };
    const lost = quirks.unansweredEntries(group);
    if (lost === "not_applied") return { outcome: "unknown" };
    const reference = recordAs === "note" ? noteOf(group) : null;
    for (const entry of group.fresh) show({ ...group, reference }, entry);
    return lost === "applied" ? { outcome: "unknown" } : { outcome: "done", reference };
  };

  return {
    recordAs,
    size: 100,
    async missing(setup, signal) {
      request("sink", signal);
      const out = quirks.sinkMissing(recordAs);
      if (out !== null) return out;
      if (setup !== null || !NEEDS_SETUP.includes(recordAs)) return null;
      return {
        code: "HS-EVENT-SETUP",
        level: "connection",
        side: "hubspot",
        field: null,
        title: "The timeline has not been set up yet",
        explanation: "What the entries look like has to be made first.",
        fix: ["Run `tandem hubspot setup-timeline`."],
        retry: "soon",
        reference: null,
      };
    },
    async setUp(gate, signal) {
      request("setUp", signal);
      (await gate.permit()).use();
      return { ids: { made: recordAs }, report: [`made what ${recordAs} needs`] };
    },
    async record(groups, _setup, _again, gate, signal) {
      const results: RecordResult[] = [];
      for (const group of groups) {
        request("record", signal);
        (await gate.permit()).use();
        results.push(record(group));
      }
      return results;
    },
  };
}
