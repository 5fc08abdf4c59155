import { addApiCalls, apiDays } from "../../../src/store/runs/api-days.ts";
import {
  markFilled,
  openStore,
  readConnection,
  saveConnection,
} from "../../../src/store/runs/connections.ts";
import { holdOfRun, pastHolds } from "../../../src/store/runs/hold-list.ts";
import {
  addHeldChanges,
  approvedChanges,
  decideHold,
  heldWords,
  openHold,
  sealHold,
  waitingHold,
  withdrawHold,
} from "../../../src/store/runs/holds.ts";
import { readLaneEnds } from "../../../src/store/runs/lane-ends.ts";
import { readLaneStarts, saveLaneSeen, saveLaneStart } from "../../../src/store/runs/lane-starts.ts";
import { lastRuns } from "../../../src/store/runs/last-runs.ts";
import { giveUpLease, holdLease, takeLease } from "../../../src/store/runs/leases.ts";
import { lendLease, takeBackLease, wantLease } from "../../../src/store/runs/lent-leases.ts";
import {
  failingByField,
  listMappingVersions,
  readMappingVersion,
} from "../../../src/store/runs/mapping-history.ts";
import { mappingVersions, rememberMapping } from "../../../src/store/runs/mapping-versions.ts";
import { pauseConnection, readPause, resumeConnection } from "../../../src/store/runs/pauses.ts";
import { removeRaw, removeRuns } from "../../../src/store/runs/retention.ts";
import { ALL_RUNS, listRuns, readRun, runChanges, runsSince } from "../../../src/store/runs/run-list.ts";
import { readRunning, saveProgress } from "../../../src/store/runs/run-progress.ts";
import {
  finishRun,
  saveConnectionProblems,
  saveCounts,
  saveFailingWrites,
  saveLaneOut,
  startRun,
} from "../../../src/store/runs/runs.ts";
import { readSideNotes, saveSideNote } from "../../../src/store/runs/side-notes.ts";
import { requestSync, takeSync, waitingSync } from "../../../src/store/runs/sync-requests.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, ago } from "./known.ts";
import { PROBLEM } from "./samples.ts";

const RESTS = async () => true;
const LENT = { name: "lent", token: 3n };
const DECISION = { state: "approved", by: "Kay", reason: "It is right", expiresAt: NOW } as const;
const NOTE = { account: null, missingScopes: null, maySubscribe: null, quotas: [], requests: {}, skewMs: 0 };
const PROGRESS = { step: "write", side: "hubspot", done: 1, total: 2, since: NOW, from: 0, at: NOW } as const;

export const RUNS: Entries = {
  addApiCalls: writes((store) =>
    addApiCalls(store, "hubspot", "2026-11-30", { calls: 2, allowed: null, endsAt: NOW }),
  ),
  apiDays: reads((store) => apiDays(store, NOW)),
  openStore: writes(({ statements }) => openStore(statements, "a new one")),
  readConnection: reads((store) => readConnection(store)),
  saveConnection: writes((store) => saveConnection(store, { hubspot: "1", klaviyo: "A" }, "other")),
  markFilled: writes((store) => markFilled(store, NOW), "it was filled before"),
  holdOfRun: reads((store, { run }) => holdOfRun(store, run)),
  pastHolds: reads((store) => pastHolds(store, 10)),
  approvedChanges: reads((store) => approvedChanges(store, NOW)),
  openHold: writes(async (store) => openHold(store, await startRun(store, "contacts", "hand", NOW), [], NOW)),
  addHeldChanges: writes(async (store) => {
    const hold = await waitingHold(store);
    const rows = [{ digest: "9".repeat(32), words: "[]" }];
    await addHeldChanges(store, hold?.id ?? 0n, hold === null ? [] : rows);
  }),
  sealHold: writes((store, { hold }) => sealHold(store, hold)),
  withdrawHold: writes((store) => withdrawHold(store, NOW)),
  waitingHold: reads((store) => waitingHold(store)),
  heldWords: reads((store, { hold }) => heldWords(store, hold, 10)),
  decideHold: writes((store) => decideHold(store, "a", DECISION, NOW)),
  readLaneEnds: reads((store) => readLaneEnds(store)),
  readLaneStarts: reads((store) => readLaneStarts(store)),
  saveLaneStart: writes((store) => saveLaneStart(store, "consent")),
  saveLaneSeen: writes((store) => saveLaneSeen(store, "consent")),
  lastRuns: reads(({ statements }) => lastRuns(statements, "rich")),
  takeLease: writes((store) => takeLease(store, "a new one", "two", 1_000, false, false)),
  holdLease: writes(async (store) => {
    const lease = await takeLease(store, "a new one", "two", 1_000, false, false);
    if (lease !== null) await holdLease(store, lease, 1_000);
  }),
  giveUpLease: writes((store) => giveUpLease(store, LENT, 1_000)),
  wantLease: writes((store) => wantLease(store, "contacts of rich")),
  lendLease: writes(async (store) => {
    await wantLease(store, LENT.name);
    return lendLease(store, LENT);
  }),
  takeBackLease: writes((store) => takeBackLease(store, "lent", "one", 1_000, true)),
  listMappingVersions: reads((store) => listMappingVersions(store, 10)),
  readMappingVersion: reads((store) => readMappingVersion(store, 2)),
  failingByField: reads((store) => failingByField(store)),
  rememberMapping: writes((store) => rememberMapping(store, "h", "v: 3", NOW)),
  mappingVersions: reads((store) => mappingVersions(store, 10)),
  readPause: reads((store) => readPause(store, NOW)),
  pauseConnection: writes((store) =>
    pauseConnection(store, { by: "Kay", reason: "It rains", until: null }, NOW),
  ),
  resumeConnection: writes((store) => resumeConnection(store, NOW)),
  removeRuns: writes((store) => removeRuns(store, ago(8_000), RESTS)),
  removeRaw: writes((store) => removeRaw(store, ago(8_000), RESTS)),
  listRuns: reads((store) => listRuns(store, ALL_RUNS, NOW)),
  runsSince: reads((store) => runsSince(store, "contacts", ago(90), 10)),
  readRun: reads((store, { run }) => readRun(store, run)),
  runChanges: reads((store, { run }) => runChanges(store, run, null, "everything", 1)),
  saveProgress: writes((store) => saveProgress(store, PROGRESS)),
  readRunning: reads((store) => readRunning(store)),
  startRun: writes((store) => startRun(store, "contacts", "hand", NOW)),
  finishRun: writes(async (store) =>
    finishRun(store, await startRun(store, "contacts", "hand", NOW), "held", { created: 1 }, "", NOW),
  ),
  saveCounts: writes(async (store) =>
    saveCounts(store, await startRun(store, "contacts", "hand", NOW), { created: 1 }),
  ),
  saveLaneOut: writes((store) => saveLaneOut(store, PROBLEM, NOW)),
  saveFailingWrites: writes((store) => saveFailingWrites(store, [PROBLEM], NOW)),
  saveConnectionProblems: writes((store) => saveConnectionProblems(store, "limits", [PROBLEM], NOW)),
  saveSideNote: writes((store) => saveSideNote(store, "hubspot", NOTE, NOW)),
  readSideNotes: reads((store) => readSideNotes(store)),
  requestSync: writes((store) => requestSync(store, "Kay", NOW)),
  waitingSync: reads((store) => waitingSync(store)),
  takeSync: writes((store) => takeSync(store)),
};
