import {
  ALL_CONFLICTS,
  conflictsByField,
  countConflicts,
  listConflicts,
} from "../../../src/store/writes/conflict-list.ts";
import {
  conflictOf,
  conflictsOf,
  settleUndos,
  waitingUndos,
  requestUndo,
} from "../../../src/store/writes/conflict-undos.ts";
import { writesByLink } from "../../../src/store/writes/writes-by-link.ts";
import { failingWrites } from "../../../src/store/writes/failing-writes.ts";
import {
  journalJob,
  journalJobSize,
  journalNarrowed,
  journalSent,
  journalSettled,
  openJobs,
  unanswered,
} from "../../../src/store/writes/journal.ts";
import { rawExchanges } from "../../../src/store/writes/raw-exchange.ts";
import { agreeFields, saveConflicts, saveOutcomes } from "../../../src/store/writes/settle.ts";
import type { Store } from "../../../src/store/database/store.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, ago, linkOf, ofLink } from "./known.ts";
import { PLAIN, PROBLEM } from "./samples.ts";

/** What was sent and is not answered. */
function open(store: Store) {
  return unanswered(store, NOW, [], 10);
}

const LOST = { kind: "target_edited", winner: "klaviyo", won: null, lost: "a" } as const;
const ENTRY = { side: "hubspot", kind: "update", before: {}, after: PLAIN, source: {}, lost: {} } as const;

export const WRITES: Entries = {
  conflictsByField: reads((store) => conflictsByField(store, ago(90))),
  countConflicts: reads((store, { run }) => countConflicts(store, run)),
  listConflicts: reads((store) => listConflicts(store, ALL_CONFLICTS, NOW)),
  conflictOf: reads((store, { conflict }) => conflictOf(store, conflict)),
  conflictsOf: reads((store, known) => conflictsOf(store, linkOf(known, "jo"), 10)),
  settleUndos: writes(async (store) =>
    settleUndos(
      store,
      (await waitingUndos(store, 10)).map(({ id }) => id),
      "moved",
      NOW,
    ),
  ),
  waitingUndos: reads((store) => waitingUndos(store, 10)),
  requestUndo: writes(async (store, known) => {
    for (const { id } of await conflictsOf(store, linkOf(known, "jo"), 10))
      await requestUndo(store, id, "Kay", NOW);
  }),
  writesByLink: reads((store) => writesByLink(store, { email: "jo@example.com" }, 0n, 10)),
  failingWrites: reads((store, { running }) => failingWrites(store, running, "klaviyo")),
  journalSent: writes((store, known) =>
    journalSent(
      store,
      known.run,
      ofLink(known, "kim", (linkId) => ({
        ...ENTRY,
        linkId,
        traceId: "11111111-1111-4111-8111-111111111111",
      })),
      NOW,
    ),
  ),
  journalSettled: writes(async (store) =>
    journalSettled(
      store,
      (await open(store)).map(({ traceId }) => ({
        traceId,
        outcome: "refused",
        problem: PROBLEM,
        refusedFields: ["vip"],
      })),
      NOW,
    ),
  ),
  journalNarrowed: writes(async (store) =>
    journalNarrowed(
      store,
      (await open(store)).map(({ runId: _run, ...entry }) => entry),
    ),
  ),
  journalJobSize: writes(async (store) =>
    journalJobSize(
      store,
      (await open(store)).map(({ traceId }) => traceId),
      null,
    ),
  ),
  journalJob: writes(async (store) =>
    journalJob(
      store,
      (await open(store)).map(({ traceId }) => traceId),
      "JOB",
    ),
  ),
  openJobs: reads((store) => openJobs(store)),
  unanswered: reads((store) => open(store)),
  rawExchanges: reads((store, known) => rawExchanges(store, linkOf(known, "jo"), 20)),
  saveOutcomes: writes((store, known) =>
    saveOutcomes(
      store,
      known.run,
      ofLink(known, "una", (id) => ({
        id,
        base: { vip: { hubspot: true, klaviyo: null } },
        lists: ["LIST"],
        state: "failing" as const,
        reason: "HubSpot is slow",
        dirty: true,
        attempts: 1,
        retryAt: null,
        refused: {},
        seekAgain: "klaviyo" as const,
        missingOn: null,
        problems: [PROBLEM],
        conflicts: [{ ...LOST, field: "vip", putBack: true }],
      })),
      NOW,
    ),
  ),
  saveConflicts: writes((store, known) =>
    saveConflicts(
      store,
      ofLink(known, "kim", (linkId) => ({ ...LOST, field: "vip", putBack: true, linkId, runId: known.run })),
      NOW,
    ),
  ),
  agreeFields: writes((store, known) =>
    agreeFields(
      store,
      ofLink(known, "kim", (linkId) => ({ linkId, base: { vip: { hubspot: true, klaviyo: true } } })),
      NOW,
    ),
  ),
};
