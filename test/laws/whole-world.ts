import * as fc from "fast-check";
import { ConnectionBusy } from "../../src/lanes/connection-lease.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { SIDES } from "../../src/model/side.ts";
import { LEASE_MS } from "../../src/write/lease-gate.ts";
import { LeaseLost } from "../../src/store/runs/leases.ts";
import type { Crowd, Occurrence, Version } from "./crowd.ts";
import { FIELDS, RUNS, anyLife, anyVersion, gather, mappingOf, meet } from "./crowd.ts";
import { happen } from "./crowd-acts.ts";
import type { Ending } from "./crowd-oracle.ts";
import { notInStep, wrongsOf } from "./crowd-oracle.ts";
import { beyondTheFields } from "./crowd-contract.ts";
import type { Stage } from "./whole-stage.ts";
import { stage } from "./whole-stage.ts";

/** Histories that share one engine: what happens to the engine happens to all of them. */
export const PEOPLE = 50;

/** What happens to the engine itself in a run, before its call of this number. */
type Disturbance =
  | { readonly kind: "killed" | "overtaken" | "disconnected" | "silenced"; readonly call: number }
  | { readonly kind: "clock"; readonly call: number; readonly minutes: number };

interface Faults {
  /** Every so many operations one is never answered; `null`: none. */
  readonly unanswered: number | null;
  readonly applied: boolean;
  readonly importLike: boolean;
  /** Imports go as jobs, which end so much later. */
  readonly importLagMs: number;
  /** Klaviyo applies opt-outs so much later, to the person who has the email address by then. */
  readonly optOutLagMs: number;
  readonly indexLagMs: number;
}

interface Round {
  readonly version: Version;
  readonly disturbance: Disturbance | null;
  readonly faults: Faults;
  readonly whole: boolean;
  /** The consent lane runs before. */
  readonly consent: boolean;
}

export interface World {
  readonly lives: readonly (readonly Occurrence[])[];
  readonly rounds: readonly Round[];
}

const anyCall = fc.integer({ min: 1, max: 40 });
const anyDisturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  fc.record({ kind: fc.constantFrom("killed", "overtaken", "disconnected", "silenced"), call: anyCall }),
  fc.record({ kind: fc.constant("clock" as const), call: anyCall, minutes: fc.constantFrom(-20, 20) }),
);
const anyRound: fc.Arbitrary<Round> = fc.record({
  version: anyVersion,
  disturbance: fc.option(anyDisturbance, { freq: 2 }),
  faults: fc.record({
    unanswered: fc.option(fc.integer({ min: 2, max: 9 }), { freq: 1 }),
    applied: fc.boolean(),
    importLike: fc.boolean(),
    importLagMs: fc.constantFrom(0, 0, 30_000, 150_000),
    optOutLagMs: fc.constantFrom(0, 0, 30_000, 600_000),
    indexLagMs: fc.constantFrom(0, 90_000),
  }),
  // Reading everybody hides what was missed before.
  whole: fc.constantFrom(false, false, true),
  consent: fc.boolean(),
});
export const anyWorld: fc.Arbitrary<World> = fc.record({
  lives: fc.array(anyLife, { minLength: PEOPLE, maxLength: PEOPLE }),
  rounds: fc.array(anyRound, { minLength: RUNS, maxLength: RUNS }),
});

class Killed extends Error {}

/** Lives a world to its quiet end. @returns what must not be, in words */
export async function liveThrough({ lives, rounds }: World): Promise<readonly string[]> {
  const on = await stage();
  try {
    const crowd = gather(
      on.systems,
      PEOPLE,
      on.now,
      rounds.every(({ version }) => version.twoWay),
    );
    const wrongs: string[] = [];
    for (const [run, round] of rounds.entries()) {
      meet(crowd);
      each(crowd, lives, run, null, false);
      wrongs.push(...(await disturbed(on, crowd, lives, run, round)));
    }
    return [...wrongs, ...(await quietEnd(on, crowd, rounds))];
  } finally {
    await on.close();
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

/** One run during which people continue, with what happens to the engine. */
async function disturbed(
  on: Stage,
  crowd: Crowd,
  lives: World["lives"],
  run: number,
  { version, disturbance, faults, whole, consent }: Round,
): Promise<readonly string[]> {
  const mapping = mappingOf(version);
  let [calls, operations] = [0, 0];
  let overtaken: number | null = null;
  let done = false;
  const wrote = (): number => SIDES.reduce((sum, side) => sum + on.systems[side].writes.length, 0);
  for (const side of SIDES) {
    const { quirks } = on.systems[side];
    quirks.importLike = side === "klaviyo" && faults.importLike;
    quirks.optOutLagMs = side === "klaviyo" ? faults.optOutLagMs : 0;
    quirks.importLagMs = side === "klaviyo" ? faults.importLagMs : 0;
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
    if (disturbance.kind === "disconnected") await on.disconnect();
    if (disturbance.kind === "silenced") on.silence();
    if (disturbance.kind !== "overtaken") return;
    // As after a suspension: the lease has run out, and another process has taken it.
    on.wait(2 * LEASE_MS);
    await on.fresh.database.$executeRaw`UPDATE lease SET expires_at = 'epoch'`;
    on.hook = async () => {};
    await cycle(on, mapping, false);
    overtaken = wrote();
  };
  on.wait(60_000);
  let late = 0;
  const lane = async (run: () => Promise<boolean>): Promise<boolean> => {
    const wasOvertaken = overtaken !== null;
    const ended = await run();
    if (!wasOvertaken && overtaken !== null) late = wrote() - overtaken;
    return ended;
  };
  if (consent) await lane(() => carry(on, mapping));
  if (await lane(() => cycle(on, mapping, whole))) crowd.finished += 1;
  for (const side of SIDES) {
    const { quirks } = on.systems[side];
    Object.assign(quirks, {
      importLike: false,
      importLagMs: 0,
      optOutLagMs: 0,
      indexLagMs: 0,
      unanswered: () => null,
      before: () => {},
    });
  }
  on.hook = async () => {};
  return late === 0 ? [] : [`${late} written without the lease (P16)`];
}

/** @returns whether it came to its end */
async function cycle(on: Stage, mapping: Mapping, whole: boolean): Promise<boolean> {
  return ended(() =>
    whole ? runReconcile(on.deps(), mapping, "test") : runContacts(on.deps(), mapping, { trigger: "test" }),
  );
}

async function carry(on: Stage, mapping: Mapping): Promise<boolean> {
  return ended(() => runConsent(on.deps(), mapping, "test"));
}

async function ended(lane: () => Promise<unknown>): Promise<boolean> {
  try {
    await lane();
    return true;
  } catch (error) {
    if (!isExpected(error)) throw error;
    return false;
  }
}

/** A kill, a lost lease, or a database that was cut off: the next run repairs all of it. */
function isExpected(error: unknown): boolean {
  if (error instanceof Killed || error instanceof LeaseLost || error instanceof ConnectionBusy) return true;
  return error instanceof Error && /terminat|closed|connection|answer|time(?:d )?out/i.test(error.message);
}

/** Nothing happens any more: everything is in step, and the run after that does nothing. */
async function quietEnd(on: Stage, crowd: Crowd, rounds: World["rounds"]): Promise<readonly string[]> {
  const last = rounds.at(-1);
  if (last === undefined) throw new Error("a world has runs");
  const mapping = mappingOf(last.version);
  const pass = async (whole: boolean): Promise<void> => {
    on.wait(2 * 3_600_000);
    await on.fresh.database.$executeRaw`UPDATE lease SET expires_at = 'epoch'`;
    await carry(on, mapping);
    await cycle(on, mapping, whole);
    meet(crowd);
  };
  const wrote = (): number => SIDES.reduce((sum, side) => sum + on.systems[side].writes.length, 0);
  const ending = async (): Promise<Ending> => ({
    crowd,
    mapping,
    unmapped: leftOut(rounds),
    links: await on.fresh.database.link.findMany(),
    conflicts: await on.fresh.database.conflict.findMany(),
    writes: { hubspot: on.systems.hubspot.writes, klaviyo: on.systems.klaviyo.writes },
  });
  for (let quiet = 0; quiet < 3; quiet += 1) await pass(false);
  const missed = notInStep(await ending(), false);
  await pass(true);
  const before = wrote();
  on.wait(60_000);
  await cycle(on, mapping, false);
  const open = await on.fresh.database.journalRow.count({ where: { outcome: "sent" } });
  return [
    ...missed.map((wrong) => `before anybody compared everything (P19): ${wrong}`),
    ...wrongsOf(await ending()),
    ...beyondTheFields(await ending()),
    ...(wrote() === before ? [] : [`${wrote() - before} written in quiet (P2)`]),
    ...(open === 0 ? [] : [`${open} never settled (P15)`]),
  ];
}

function leftOut(rounds: World["rounds"]): ReadonlySet<string> {
  const mapped = (index: number): boolean => rounds.every(({ version }) => version.fields.includes(index));
  return new Set(FIELDS.filter((_field, index) => !mapped(index)).map(({ key }) => key));
}
