import type { Store } from "../../../src/store/database/store.ts";
import { NOW, ago } from "./known.ts";

const LATER = new Date("2099-01-01T00:00:00Z");

/** The runs of the rich database, by what is special about them. */
export interface RichRuns {
  readonly done: bigint;
  readonly running: bigint;
  readonly old: bigint;
  readonly hold: bigint;
}

/** Runs in every state with their limits, leases and notes: of the connection, and of no person. */
export async function seedRuns(store: Store): Promise<RichRuns> {
  const { statements, connectionId } = store;
  const made = { connectionId, trigger: "schedule" };
  const ended = { ...made, result: "finished", startedAt: ago(2), finishedAt: ago(1) };
  const { id: done } = await statements.run.create({
    data: { ...ended, kind: "contacts", trigger: "reconcile", counts: { missed: 3, "errors: 2": 2 } },
  });
  const { id: running } = await statements.run.create({
    data: {
      ...made,
      kind: "contacts",
      startedAt: ago(0.1),
      // As it was before it was known how much had been done at the beginning of a step.
      progress: { step: "read", side: null, done: 5, total: null, since: ago(0.1), at: NOW },
    },
  });
  const { id: old } = await statements.run.create({
    data: { ...ended, kind: "contacts", startedAt: ago(9_000), finishedAt: ago(8_999), rawKept: true },
  });
  await statements.run.createMany({
    data: [
      { ...ended, kind: "consent", counts: {} },
      { ...ended, kind: "engagement", result: "finished_with_errors", note: "2 events failed" },
      { ...ended, kind: "upgrade", trigger: "upgrade", note: "1 link was repaired", untold: true },
      { ...ended, kind: "contacts", startedAt: ago(9_001), finishedAt: ago(9_000), rawKept: false },
      { ...ended, kind: "contacts", result: "stopped", startedAt: ago(30), finishedAt: ago(29) },
    ],
  });
  const hold = await seedHolds(store, done);
  await seedLeases(store);
  return { done, running, old, hold };
}

async function seedHolds({ statements, connectionId }: Store, runId: bigint): Promise<bigint> {
  const exceeded = (action: string, more: object = {}) => ({
    side: "klaviyo",
    action,
    planned: 9,
    allowed: 2,
    ...more,
  });
  const of = { connectionId, runId, openedAt: ago(1), updatedAt: ago(1), hash: "a", changes: 2 };
  const decided = { ...of, openedAt: ago(20), decidedAt: ago(19) };
  const repointed = { from: "1", to: "2", gone: false, enters: 1, leaves: 2 };
  const { id: waiting } = await statements.hold.create({
    data: {
      ...of,
      exceeded: [
        exceeded("removals", { collection: "31" }),
        exceeded("people", { side: null, collection: null }),
        exceeded("repointed", { collection: "All", repointed }),
      ],
    },
  });
  const approved = await statements.hold.create({
    data: {
      ...decided,
      state: "approved",
      decidedBy: "Kay",
      reason: "It is what we want",
      expiresAt: LATER,
      exceeded: [exceeded("subscribes")],
    },
  });
  await statements.hold.createMany({
    data: [
      { ...decided, state: "rejected", decidedBy: "Kay", expiresAt: null, exceeded: [exceeded("leavers")] },
      { ...decided, state: "withdrawn", exceeded: [exceeded("deaths")] },
    ],
  });
  const held = (digit: string) => ({
    digest: digit.repeat(32),
    words: `["jo@example.com","klaviyo","update",${digit}]`,
  });
  await statements.heldChange.createMany({
    data: [
      { holdId: waiting, ...held("1") },
      { holdId: waiting, ...held("2") },
      { holdId: approved.id, ...held("3") },
    ],
  });
  return waiting;
}

async function seedLeases({ statements, connectionId }: Store): Promise<void> {
  await statements.lease.createMany({
    data: [
      { name: "contacts of rich", token: 3n, holder: "one", expiresAt: LATER },
      { name: "lent", token: 3n, holder: "one", expiresAt: LATER, lentBy: "one", wantedAt: new Date() },
      { name: "over", token: 1n, holder: "two", expiresAt: ago(9_000) },
    ],
  });
  await statements.laneStart.createMany({
    data: [
      { connectionId, lane: "contacts", startedAt: ago(1) },
      { connectionId, lane: "reconcile", startedAt: ago(9) },
    ],
  });
  await statements.mappingVersion.createMany({
    data: [1, 2].map((version) => ({
      connectionId,
      version,
      hash: "h",
      source: `v: ${version}`,
      loadedAt: NOW,
    })),
  });
  const quota = { name: "daily", limit: 1_000, left: 10, at: NOW.getTime() };
  const note = { quotas: [quota], requests: { read: 3 }, skewMs: -2 };
  await statements.sideNote.createMany({
    data: [
      {
        connectionId,
        side: "hubspot",
        toldAt: NOW,
        note: { ...note, account: null, missingScopes: null, maySubscribe: null },
      },
      {
        connectionId,
        side: "klaviyo",
        toldAt: NOW,
        note: {
          ...note,
          account: { id: "7", name: "Shop", timeZone: null },
          missingScopes: ["lists:read"],
          maySubscribe: false,
        },
      },
    ],
  });
  const day = { connectionId, day: new Date("2026-11-30"), calls: 7, endsAt: LATER };
  await statements.apiDay.createMany({
    data: [
      { ...day, side: "hubspot", allowed: 100 },
      { ...day, side: "klaviyo", allowed: null },
      { ...day, side: "hubspot", day: new Date("2026-01-01"), endsAt: ago(7_000) },
    ],
  });
  const cursors = {
    "hubspot refusals": "1",
    "klaviyo refusals": "2",
    "hubspot looked": ago(3).toISOString(),
    "comparison missed hubspot": "2",
    comparison: JSON.stringify({ began: ago(1), pulled: { hubspot: ago(2), klaviyo: null } }),
  };
  await statements.cursor.createMany({
    data: Object.entries(cursors).map(([stream, value]) => ({ connectionId, stream, value, movedAt: NOW })),
  });
  const session = { role: "admin", way: "users", proof: "p", who: "Kay", beganAt: ago(1), seenAt: ago(0.1) };
  await statements.webSession.createMany({
    data: [
      { ...session, tokenHash: "a".repeat(64) },
      { ...session, tokenHash: "b".repeat(64), way: "unknown", endedAt: ago(0.1) },
      { ...session, tokenHash: "c".repeat(64), seenAt: ago(9_000), beganAt: ago(9_001) },
    ],
  });
}
