import type { LeaseGate, Permit } from "../../permit.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { EngagementSink, EntryGroup } from "../../engagement-port.ts";
import { BATCH } from "../contacts.ts";
import type { Account } from "../contacts.ts";
import { batchAnswer } from "../pull/records.ts";
import type { BatchAnswer } from "../pull/records.ts";
import { existingNotes, findNotes } from "./find-notes.ts";
import { groupResults } from "./group-results.ts";
import { noteText } from "./note-body.ts";
import type { NoteSeen } from "./note-lines.ts";
import { noteReference, noteTrace, referenceIn } from "./note-reference.ts";
import { readNotes } from "./read-notes.ts";
import { sendInBatches } from "./send-in-batches.ts";
import type { Sender, Taken, Verdict } from "./send-in-batches.ts";
import { inWordsOf } from "./sink-problems.ts";
import { writeHeld, writeRead } from "../write/write-held.ts";
import { anything } from "./wire.ts";

const SIZE = 500;

/** A note of a group: one to be made, or the one there is, to be changed. */
interface NoteJob {
  readonly group: EntryGroup;
  readonly id: string | null;
  readonly traceId: string;
  /** What the note itself says it is known by. */
  readonly mark: string;
  /** What is shown in it, as far as it is known here. */
  readonly shown: EntryGroup;
}

/**
 * One note per contact and message, for every plan and token. HubSpot would make the same note twice, so each carries a
 * reference, and Tandem looks for it before it makes one (facts 2.14).
 */
export function noteSink(account: () => Account): EngagementSink {
  return {
    recordAs: "note",
    size: SIZE,
    async missing(_setup, signal) {
      const { endpoints, calls } = account();
      try {
        await inWordsOf("note", calls.read(endpoints.anyNote(), anything, signal));
        return null;
      } catch (error) {
        if (error instanceof SystemUnavailable && error.problem.code === "HS-SCOPE")
          return { problem: error.problem, kinds: "all" };
        throw error;
      }
    },
    setUp: () => Promise.resolve({ ids: {}, report: ["notes need nothing to be made"] }),
    find: (groups, passed, signal) => inWordsOf("note", findNotes(account(), groups, passed, signal)),
    record: (groups, _setup, gate, signal) => inWordsOf("note", record(account(), groups, gate, signal)),
  };
}

async function record(account: Account, groups: readonly EntryGroup[], gate: LeaseGate, signal: AbortSignal) {
  const jobs = groups.map((group) => jobOf(group, group.reference));
  const changed = await sendInBatches(
    jobs.filter(({ id }) => id !== null),
    updater(account, gate, signal),
  );
  // Somebody deleted the note: what happens from now on gets a new one.
  const deleted = await deletedOf(account, changed, signal);
  const instead = deleted.map((group) => jobOf({ ...group, shown: [] }, null, group));
  const made = await sendInBatches(
    [...jobs.filter(({ id }) => id === null), ...instead],
    maker(account, gate, signal),
  );
  const verdicts = new Map<EntryGroup, readonly Verdict[]>();
  for (const [{ group }, verdict] of [...changed, ...made]) verdicts.set(group, [verdict]);
  return groupResults(account, groups, verdicts, signal);
}

/** The groups whose note is deleted. A 404 is no proof, because HubSpot may answer it for a whole request: reading is. */
async function deletedOf(
  account: Account,
  changed: ReadonlyMap<NoteJob, Verdict>,
  signal: AbortSignal,
): Promise<readonly EntryGroup[]> {
  const suspects = [...changed].filter(([, verdict]) => isNotThere(verdict)).map(([job]) => job);
  const there = await existingNotes(
    account,
    suspects.flatMap(({ id }) => id ?? []),
    signal,
  );
  return suspects.filter(({ id }) => id === null || !there.has(id)).map(({ group }) => group);
}

function jobOf(shown: EntryGroup, id: string | null, group = shown): NoteJob {
  const traceId = noteTrace(shown, shown.contact);
  const mark = noteReference(shown, shown.contact);
  return { group, id, traceId, mark, shown };
}

const isNotThere = (verdict: Verdict): boolean => verdict.kind === "refused" && verdict.status === 404;

function maker({ endpoints, calls }: Account, gate: LeaseGate, signal: AbortSignal): Sender<NoteJob> {
  return {
    size: BATCH,
    conflictIsDone: false,
    keyOf: ({ mark }) => mark,
    blames: ({ context }, { traceId }) => context?.["objectWriteTraceId"]?.includes(traceId) === true,
    async send(batch) {
      const inputs = batch.map(({ group, traceId, shown }) => ({
        traceId,
        contact: group.contact,
        ...noteText(shown, null),
      }));
      const marks = new Map(batch.map(({ traceId, mark }) => [traceId, mark]));
      const build = (permit: Permit) => endpoints.createNotes(permit, inputs);
      const { body } = await writeHeld(calls, gate, build, batchAnswer, signal);
      return taken(body, (note) => marks.get(note.objectWriteTraceId ?? "") ?? markIn(note));
    },
  };
}

/** A note is read right before it is changed: what it says and is not known here stays in it. */
function updater(account: Account, gate: LeaseGate, signal: AbortSignal): Sender<NoteJob> {
  const { endpoints, calls } = account;
  return {
    size: BATCH,
    conflictIsDone: false,
    keyOf: ({ id }) => id ?? "",
    blames: ({ context }, { id, traceId }) =>
      context?.["objectWriteTraceId"]?.includes(traceId) === true ||
      (id !== null && context?.["ids"]?.includes(id) === true),
    async send(batch) {
      const ids = batch.flatMap(({ id }) => id ?? []);
      const read = () => readNotes(account, ids, signal);
      const build = (permit: Permit, present: ReadonlyMap<string, NoteSeen>) =>
        endpoints.updateNotes(
          permit,
          batch.flatMap(({ id, traceId, shown }) =>
            id === null ? [] : [{ id, traceId, ...noteText(shown, present.get(id) ?? null) }],
          ),
        );
      const { body } = await writeRead(calls, gate, read, build, batchAnswer, signal);
      return taken(body, ({ id }) => id);
    },
  };
}

function taken(
  { results, errors }: BatchAnswer,
  keyOf: (note: BatchAnswer["results"][number]) => string | null,
): Taken {
  const done = new Map(
    results.flatMap((note) => {
      const key = keyOf(note);
      return key === null ? [] : [[key, note.id] as const];
    }),
  );
  return { done, errors: errors ?? [] };
}

/** For answers that do not echo the trace id. */
function markIn({ properties }: BatchAnswer["results"][number]): string | null {
  const text = properties["hs_note_body"];
  return typeof text === "string" ? referenceIn(text) : null;
}
