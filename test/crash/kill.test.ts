import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../../src/sandbox/random.ts";
import type { Cast, Edit } from "./edits.ts";
import {
  castOf,
  customerEdit,
  joinSegment,
  mend,
  newCustomer,
  newReader,
  renameMany,
  someEdit,
} from "./edits.ts";
import type { Moment } from "./moment.ts";
import { someMoment, whileReading } from "./moment.ts";
import {
  differences,
  doubles,
  forbidden,
  halfSettled,
  lastRun,
  mutatingCalls,
  openOperations,
  outcomeOf,
} from "./outcome.ts";
import type { MortalUniverse, Universe } from "./universe.ts";
import { mortalUniverse, peacefulUniverse } from "./universe.ts";

/**
 * Two universes begin alike, and the same people make the same edits in both. In one the engine is the real command and
 * is killed (SIGKILL) at moments out of the seed, again and again; in the other nothing ever happens to it. In the end
 * nobody can tell them apart.
 *
 * TANDEM_CRASHES: how many times it is killed (default 50). TANDEM_CRASH_SEED: which moments and edits (default 1).
 */
const CRASHES = Number(process.env["TANDEM_CRASHES"] ?? 50);
const SEED = Number(process.env["TANDEM_CRASH_SEED"] ?? 1);

const PEOPLE = 190;
const LIVES_IN_A_CHAPTER = 12;
/** Sooner than HubSpot's search shows anything: what was done can only be known by reading it. */
const SHORT_MS = 20_000;
/** Later than anything is read a second time for being late: what was not kept is not seen again by itself. */
const LONG_MS = 3 * 60 * 60 * 1_000;
const RUNS_UNTIL_QUIET = 4;

const folder = mkdtempSync(join(tmpdir(), "tandem-crash-"));
const random = seededRandom(SEED);
const diary: string[] = [];
let killed: MortalUniverse;
let peaceful: Universe;

beforeAll(async () => {
  [killed, peaceful] = await Promise.all([
    mortalUniverse({ seed: SEED, people: PEOPLE }, folder),
    peacefulUniverse({ seed: SEED, people: PEOPLE }),
  ]);
});

afterAll(async () => {
  await Promise.all([killed?.close(), peaceful?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

test(
  "an engine that is killed at any moment ends where one ends that never was (P15)",
  { timeout: 60_000 + CRASHES * 20_000 },
  async ({ annotate }) => {
    const kills: { readonly moment: Moment; readonly open: number }[] = [];
    try {
      for (let chapter = 0; kills.length < CRASHES; chapter += 1) {
        const cast = castOf(peaceful.rehearsal, random);
        if (chapter > 0) for (const edit of opening(cast, chapter)) happen(edit);
        for (let life = 0; life < LIVES_IN_A_CHAPTER && kills.length < CRASHES; life += 1) {
          // A chapter's first life has the most to read.
          const reading = life === 0 || life === LIVES_IN_A_CHAPTER / 2;
          const moment = reading ? whileReading(random) : someMoment(random, chapter === 0 ? 20 : 4);
          const before = await lastRun(killed.fresh.database);
          const [end] = await Promise.all([killed.live(moment), peaceful.sync()]);
          diary.push(`${end} ${JSON.stringify(moment)}`);
          const open = await openOperations(killed.fresh.database, before);
          if (end === "killed") kills.push({ moment, open });
          if (end === "killed" && moment.at === "write" && open === 0)
            throw new Error("Something was on its way that does not stand in the journal");
          expect(await halfSettled(killed.fresh.database, before)).toBe(0);
          await goOn(end);
          for (const edit of between(cast, chapter)) happen(edit);
          pass(aboutAWrite(moment) ? random.pick([SHORT_MS, LONG_MS]) : LONG_MS);
        }
        await quiet(killed);
        await quiet(peaceful);
        await compare();
      }
    } catch (cause) {
      throw new Error(`TANDEM_CRASH_SEED=${SEED}, after:\n${diary.join("\n")}\n`, { cause });
    }
    const open = kills.filter((kill) => kill.open > 0).length;
    expect(open * 2).toBeGreaterThanOrEqual(kills.length);
    await annotate(`${kills.length} kills, ${open} of them with an operation sent and not settled`);
  },
);

function happen(edit: Edit): void {
  diary.push(edit.what);
  for (const { rehearsal } of [killed, peaceful]) edit.do(rehearsal);
}

/** What a chapter begins with. What both sides edit at once must be seen by one life together: later, it is no conflict. */
function opening(cast: Cast, chapter: number): readonly Edit[] {
  const { badPhone } = killed.rehearsal.story.broken;
  const mended = badPhone[chapter - 1];
  return [
    ...(chapter === 1 ? [joinSegment(cast, 25), renameMany(cast, 80)] : []),
    ...(mended === undefined ? [] : [mend(mended, chapter)]),
    ...Array.from({ length: 8 }, () => someEdit(cast, random)).flat(),
  ];
}

/** What happens between two lives: always to somebody of whom nothing else is under way, so that the order is no matter. */
function between(cast: Cast, chapter: number): readonly Edit[] {
  if (chapter > 0) return [...someEdit(cast, random), ...someEdit(cast, random), ...someEdit(cast, random)];
  // Before the first agreement a difference is decided for HubSpot, so a life more or less decides about Klaviyo's edits.
  const email = cast.customers.pop();
  return [...newCustomer(), ...newReader(), ...(email === undefined ? [] : customerEdit(email, random))];
}

function aboutAWrite(moment: Moment): boolean {
  return moment.at === "write" || (moment.at === "answered" && moment.of === "write");
}

/** In both universes alike; the vendors of one share their clock. */
function pass(milliseconds: number): void {
  for (const { rehearsal } of [killed, peaceful]) rehearsal.hubspot.world.clock.advance(milliseconds);
}

/**
 * After a death somebody, or a schedule, starts the engine again. Mostly when everything that was sent has arrived; sometimes at once, when a request may still be on its way and nothing of it can be known by reading. How slow
 * this machine is must make no difference, so the age of what was sent is set and not waited for.
 */
async function goOn(end: "killed" | "survived"): Promise<void> {
  const { database } = killed.fresh;
  const soon = end === "killed" && random.chance(0.2);
  if (soon) diary.push("at once again");
  else await killed.deliverLate();
  // The lease of the dead would run out by itself, in minutes that the test does not have.
  await database.lease.updateMany({ data: { expiresAt: new Date(0) } });
  const sentAt = new Date(Date.now() + (soon ? 1 : -1) * 60 * 60 * 1_000);
  await database.$executeRaw`UPDATE journal SET sent_at = ${sentAt} WHERE outcome = 'sent'`;
}

/** Runs until one makes no write, and that has to be soon. */
async function quiet(universe: Universe): Promise<void> {
  for (let run = 0; run < RUNS_UNTIL_QUIET; run += 1) {
    await goOn("survived");
    pass(LONG_MS);
    const before = mutatingCalls(universe.rehearsal);
    await universe.sync();
    if (mutatingCalls(universe.rehearsal) === before) return;
  }
  throw new Error(`Still writing after ${RUNS_UNTIL_QUIET} undisturbed runs`);
}

async function compare(): Promise<void> {
  const { rehearsal, fresh, resent } = killed;
  const told = differences(await outcomeOf(killed), await outcomeOf(peaceful));
  if (told.length > 0) throw new Error(`${told.length} differences\n${told.slice(0, 30).join("\n")}`);
  expect(await openOperations(fresh.database, 0n)).toBe(0);
  expect(resent).toEqual([]);
  expect(doubles(rehearsal)).toEqual([]);
  expect(forbidden(rehearsal)).toEqual([]);
  // The gates and the vendors agree about what can change something: no kind of write was let through unwatched.
  expect(killed.arrived()).toBe(mutatingCalls(rehearsal));
}
