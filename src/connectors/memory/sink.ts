import type { Problem } from "../../model/problem.ts";
import type { RecordAs } from "../../model/engagement.ts";
import type { EngagementSink, EntryGroup, RecordResult, TimelineEntry } from "../engagement-port.ts";
import type { EngagementSettings, Shown } from "./engagement-settings.ts";

/** What has to be made before the first event can be shown. */
const NEEDS_SETUP: readonly RecordAs[] = ["timeline", "custom_event"];

const NOT_SET_UP: Problem = {
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

/**
 * Shows entries by their ids, each once. As at HubSpot, one of a timeline that comes again for another contact moves
 * there; of app events and custom events the first stays. Notes have no ids of ours: a note that is not found is made
 * again, and its entries then stand twice.
 */
export function memorySink(
  { store, quirks, request }: EngagementSettings,
  recordAs: RecordAs,
  shown: Map<string, Shown>,
  cameAgain: () => void,
): EngagementSink {
  const keyOf = (id: string, reference: string | null): string => `${recordAs} ${reference ?? ""} ${id}`;

  const show = ({ contact, reference }: EntryGroup, { id, engagement }: TimelineEntry): void => {
    const before = shown.get(keyOf(id, reference));
    if (before !== undefined) cameAgain();
    if (before !== undefined && (recordAs !== "timeline" || before.contact === contact)) return;
    shown.set(keyOf(id, reference), {
      recordAs,
      id,
      contact,
      engagement: structuredClone(engagement),
      reference,
    });
  };

  const newNote = (): string => {
    const notes = new Set([...shown.values()].map(({ reference }) => reference));
    return `note ${notes.size + 1}`;
  };

  /** A note is of one contact, or of the one that it was merged into, and of one message. */
  const noteOf = (group: EntryGroup): string | undefined => {
    const about = messageOf(group);
    const found = [...shown.values()].find(
      (one) =>
        one.reference !== null &&
        store.survivor(one.contact)?.id === store.survivor(group.contact)?.id &&
        (one.engagement.message ?? one.id) === about,
    );
    return found?.reference ?? undefined;
  };

  const record = (group: EntryGroup): RecordResult => {
    if (store.survivor(group.contact) === undefined) return { outcome: "gone" };
    const problem = quirks.refuseEntries(group);
    if (problem !== null) return { outcome: "refused", problem };
    if (recordAs === "properties_only") return { outcome: "done", reference: null };
    const lost = quirks.unansweredEntries(group);
    if (lost === "not_applied") return { outcome: "unknown" };
    const reference = recordAs === "note" ? (group.reference ?? newNote()) : null;
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
      return { problem: NOT_SET_UP, kinds: "all" };
    },
    async setUp(gate, signal) {
      request("setUp", signal);
      (await gate.permit()).use();
      return { ids: { made: recordAs }, report: [`made what ${recordAs} needs`] };
    },
    find:
      recordAs === "note"
        ? async (groups, _passed, signal) => {
            request("notes", signal);
            const found = groups.flatMap((group) => {
              const note = noteOf(group);
              return note === undefined ? [] : [[group, note] as const];
            });
            return { references: new Map(found), others: new Map() };
          }
        : null,
    async record(groups, _setup, gate, signal) {
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

function messageOf({ fresh }: EntryGroup): string | undefined {
  const [first] = fresh;
  return first?.engagement.message ?? first?.id;
}
