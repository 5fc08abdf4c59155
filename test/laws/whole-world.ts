import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { Client } from "pg";
import { memory } from "../../src/connectors/memory/index.ts";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import { ConnectionBusy } from "../../src/lanes/connection-lease.ts";
import type { Deps } from "../../src/lanes/deps.ts";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import { LEASE_MS } from "../../src/write/lease-gate.ts";
import { LeaseLost } from "../../src/store/runs/leases.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import type { Crowd, Occurrence, Version } from "./crowd.ts";
import { FIELDS, RUNS, anyLife, anyVersion, gather, happen, mappingOf, meet } from "./crowd.ts";
import { wrongsOf } from "./crowd-oracle.ts";
import { interrupted } from "./interrupted.ts";
import { TEST_KEYS } from "../support/test-keys.ts";

/** Histories that share one engine: what happens to the engine happens to all of them. */
export const PEOPLE = 50;

/** What happens to the engine itself in a run, before its call of this number. */
type Disturbance =
  | { readonly kind: "killed" | "overtaken" | "disconnected"; readonly call: number }
  | { readonly kind: "clock"; readonly call: number; readonly minutes: number };

interface Faults {
  /** Every so many operations one is never answered; `null`: none. */
  readonly unanswered: number | null;
  readonly applied: boolean;
  readonly importLike: boolean;
  readonly indexLagMs: number;
}

interface Round {
  readonly version: Version;
  readonly disturbance: Disturbance | null;
  readonly faults: Faults;
  readonly whole: boolean;
}

export interface World {
  readonly lives: readonly (readonly Occurrence[])[];
  readonly rounds: readonly Round[];
}

const anyCall = fc.integer({ min: 1, max: 40 });
const anyDisturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  fc.record({ kind: fc.constantFrom("killed", "overtaken", "disconnected"), call: anyCall }),
  fc.record({ kind: fc.constant("clock" as const), call: anyCall, minutes: fc.constantFrom(-20, 20) }),
);
const anyRound: fc.Arbitrary<Round> = fc.record({
  version: anyVersion,
  disturbance: fc.option(anyDisturbance, { freq: 2 }),
  faults: fc.record({
    unanswered: fc.option(fc.integer({ min: 2, max: 9 }), { freq: 1 }),
    applied: fc.boolean(),
    importLike: fc.boolean(),
    indexLagMs: fc.constantFrom(0, 0, 90_000),
  }),
  whole: fc.boolean(),
});
export const anyWorld: fc.Arbitrary<World> = fc.record({
  lives: fc.array(anyLife, { minLength: PEOPLE, maxLength: PEOPLE }),
  rounds: fc.array(anyRound, { minLength: RUNS, maxLength: RUNS }),
});

class Killed extends Error {}

/** A world's clock, its two systems and its database. */
interface Stage {
  readonly fresh: FreshDatabase;
  readonly systems: PerSide<MemoryConnector>;
  /** Milliseconds that go by. */
  wait(milliseconds: number): void;
  /** How far the engine's own clock is off. */
  skew(milliseconds: number): void;
  /** Before each call, and each page, of a run: for what takes time. */
  hook: () => Promise<void>;
  deps(): Deps;
}

async function stage(): Promise<Stage> {
  let [time, skewed] = [Date.parse("2026-11-01T08:00:00Z"), 0];
  const make = (side: Side) => memory(side, { now: () => time });
  const systems = { hubspot: make("hubspot"), klaviyo: make("klaviyo") };
  systems.hubspot.user.makeCollection("all");
  systems.klaviyo.user.makeCollection("engaged", "segment");
  const fresh = await freshDatabase();
  const self: Stage = {
    fresh,
    systems,
    wait: (milliseconds) => void (time += milliseconds),
    skew: (milliseconds) => void (skewed += milliseconds),
    hook: async () => {},
    deps: () => ({
      database: fresh.database,
      connectors: {
        hubspot: interrupted(systems.hubspot, () => self.hook()),
        klaviyo: interrupted(systems.klaviyo, () => self.hook()),
      },
      now: () => new Date(time + skewed),
      monotonic: () => time,
      newId: randomUUID,
      fileKey: () => TEST_KEYS.files,
      progress: () => {},
      stopping: new AbortController().signal,
      signal: AbortSignal.timeout(120_000),
    }),
  };
  return self;
}

/** Lives a world to its quiet end. @returns what must not be, in words */
export async function liveThrough({ lives, rounds }: World): Promise<readonly string[]> {
  const on = await stage();
  try {
    const crowd = gather(on.systems, PEOPLE);
    const wrongs: string[] = [];
    for (const [run, round] of rounds.entries()) {
      meet(crowd);
      each(crowd, lives, run, null, false);
      wrongs.push(...(await disturbed(on, crowd, lives, run, round)));
    }
    return [...wrongs, ...(await quietEnd(on, crowd, rounds))];
  } finally {
    await on.fresh.drop();
  }
}

function each(
  crowd: Crowd,
  lives: World["lives"],
  run: number,
  instant: number | null,
  inWindow: boolean,
): void {
  for (const [index, life] of lives.entries()) {
    const person = crowd.people[index];
    for (const occurrence of life) {
      if (person !== undefined && occurrence.run === run && occurrence.instant === instant)
        happen(crowd, person, occurrence.happening, inWindow);
    }
  }
}

/** One run in which people go on, and with what happens to the engine. */
async function disturbed(
  on: Stage,
  crowd: Crowd,
  lives: World["lives"],
  run: number,
  { version, disturbance, faults, whole }: Round,
): Promise<readonly string[]> {
  const mapping = mappingOf(version);
  let [calls, operations] = [0, 0];
  let overtaken: number | null = null;
  let done = false;
  const wrote = (): number => SIDES.reduce((sum, side) => sum + on.systems[side].writes.length, 0);
  for (const side of SIDES) {
    const { quirks } = on.systems[side];
    quirks.importLike = side === "klaviyo" && faults.importLike;
    quirks.indexLagMs = faults.indexLagMs;
    quirks.unanswered = () => {
      operations += 1;
      const isLost = faults.unanswered !== null && operations % faults.unanswered === 0;
      return isLost ? (faults.applied ? "applied" : "not_applied") : null;
    };
    quirks.before = (call) => {
      if (overtaken !== null) return;
      calls += 1;
      each(crowd, lives, run, calls, call === "write");
      if (disturbance?.kind === "killed" && calls === disturbance.call) throw new Killed();
    };
  }
  on.hook = async () => {
    if (disturbance === null || done || calls < disturbance.call) return;
    done = true;
    if (disturbance.kind === "clock") on.skew(disturbance.minutes * 60_000);
    if (disturbance.kind === "disconnected") await disconnect(on);
    if (disturbance.kind !== "overtaken") return;
    // As after a suspension: the lease has run out, and another process has taken it.
    on.wait(2 * LEASE_MS);
    await on.fresh.database.$executeRaw`UPDATE lease SET expires_at = 'epoch'`;
    on.hook = async () => {};
    await cycle(on, mapping, false);
    overtaken = wrote();
  };
  on.wait(60_000);
  if (await cycle(on, mapping, whole)) crowd.finished += 1;
  const late = overtaken === null ? 0 : wrote() - overtaken;
  for (const side of SIDES) {
    const { quirks } = on.systems[side];
    Object.assign(quirks, { importLike: false, indexLagMs: 0, unanswered: () => null, before: () => {} });
  }
  on.hook = async () => {};
  return late === 0 ? [] : [`${late} written without the lease (P16)`];
}

/** Ends every session of the database but the one that says so. */
async function disconnect({ fresh: { url } }: Stage): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await client.end();
}

/** @returns whether it came to its end */
async function cycle(on: Stage, mapping: Mapping, whole: boolean): Promise<boolean> {
  try {
    if (whole) await runReconcile(on.deps(), mapping, "test");
    else await runContacts(on.deps(), mapping, { trigger: "test" });
    return true;
  } catch (error) {
    if (!isExpected(error)) throw error;
    return false;
  }
}

/** A kill, a lost lease, or a database that was cut off: the next run repairs all of it. */
function isExpected(error: unknown): boolean {
  if (error instanceof Killed || error instanceof LeaseLost || error instanceof ConnectionBusy) return true;
  return error instanceof Error && /terminat|closed|connection/i.test(error.message);
}

/** Nothing happens any more: everything is in step, and the run after that does nothing. */
async function quietEnd(on: Stage, crowd: Crowd, rounds: World["rounds"]): Promise<readonly string[]> {
  const last = rounds.at(-1);
  if (last === undefined) throw new Error("a world has runs");
  const mapping = mappingOf(last.version);
  for (let quiet = 0; quiet < 4; quiet += 1) {
    on.wait(2 * 3_600_000);
    await on.fresh.database.$executeRaw`UPDATE lease SET expires_at = 'epoch'`;
    await cycle(on, mapping, quiet === 1);
  }
  meet(crowd);
  const before = on.systems.hubspot.writes.length + on.systems.klaviyo.writes.length;
  on.wait(60_000);
  await cycle(on, mapping, false);
  const after = on.systems.hubspot.writes.length + on.systems.klaviyo.writes.length;
  const { database } = on.fresh;
  const open = await database.journalRow.count({ where: { outcome: "sent" } });
  const ending = {
    crowd,
    mapping,
    unmapped: leftOut(rounds),
    links: await database.link.findMany(),
    conflicts: await database.conflict.findMany(),
    writes: { hubspot: on.systems.hubspot.writes, klaviyo: on.systems.klaviyo.writes },
  };
  return [
    ...wrongsOf(ending),
    ...(after === before ? [] : [`${after - before} written in quiet (P2)`]),
    ...(open === 0 ? [] : [`${open} never settled (P15)`]),
  ];
}

function leftOut(rounds: World["rounds"]): ReadonlySet<string> {
  const mapped = (index: number): boolean => rounds.every(({ version }) => version.fields.includes(index));
  return new Set(FIELDS.filter((_field, index) => !mapped(index)).map(({ key }) => key));
}
