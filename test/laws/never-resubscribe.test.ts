import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import type { Mapping, ScopeRule } from "../../src/model/mapping.ts";
import { verifyLedger } from "../../src/consent/verify-ledger.ts";
import { actsIn } from "../consent/acts.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { assertLawOfWorlds } from "../support/law.ts";
import { mapping, scopeRule } from "../support/rule.ts";
import type { Backup } from "./backup.ts";
import { backup } from "./backup.ts";
import type { Occurrence, Person, Systems } from "./consent-life.ts";
import { RUNS, anyLife, born, happen, isWronged, meet, noteAsked } from "./consent-life.ts";

/** Histories that share one engine: what happens to the engine happens to all of them. */
const PEOPLE = 100;

const list = (nameOrId: string) => ({ kind: "list", nameOrId, line: 1, column: 1 }) as const;

/** What the mapping says of consent, in one of its versions. */
interface Says {
  readonly subscribe: boolean;
  readonly lists: readonly string[];
  readonly onLeave: ScopeRule["onLeave"];
  readonly hubspotOptOut: "unsubscribe" | "ignore";
}

const anySaying: fc.Arbitrary<Says> = fc.record({
  subscribe: fc.constantFrom(true, true, true, false),
  lists: fc.constantFrom(["newsletter"], ["newsletter", "offers"], ["offers"]),
  onLeave: fc.constantFrom("stop", "remove_from_list", "unsubscribe"),
  hubspotOptOut: fc.constantFrom("unsubscribe", "ignore"),
});

function mappingThat({ subscribe, lists, onLeave, hubspotOptOut }: Says): Mapping {
  const rule = scopeRule("customers", "hubspot", "all", { addToLists: lists.map(list), subscribe, onLeave });
  const all = { count: Infinity };
  const free = { creates: all, updates: all, removals: all, clears: all, unsubscribes: all, subscribes: all };
  return mapping({
    rules: [rule],
    consent: { unsubscribeFrom: [], hubspotOptOut },
    limits: { ...mapping().limits, ...free },
    hash: JSON.stringify([subscribe, lists, onLeave, hubspotOptOut]),
  });
}

interface World {
  readonly lives: readonly (readonly Occurrence[])[];
  /** The mapping of each run: it is edited in between. */
  readonly mappings: readonly Says[];
  /** Before which call to either system the engine is killed, by run; `null` it is not. */
  readonly kills: readonly (number | null)[];
  /** After which run a backup is made, and before which one it is restored. */
  readonly restore: { readonly made: number; readonly restored: number } | null;
}

const anyWorld: fc.Arbitrary<World> = fc.record({
  lives: fc.array(anyLife, { minLength: PEOPLE, maxLength: PEOPLE }),
  mappings: fc.array(anySaying, { minLength: RUNS, maxLength: RUNS }),
  kills: fc.array(fc.option(fc.integer({ min: 1, max: 30 }), { freq: 1 }), {
    minLength: RUNS,
    maxLength: RUNS,
  }),
  restore: fc.option(fc.record({ made: fc.nat(1), restored: fc.integer({ min: 3, max: RUNS - 1 }) }), {
    freq: 1,
  }),
});

class Killed extends Error {}

/** Result of the history: everything that must not be. */
interface Wrongs {
  readonly wronged: readonly string[];
  readonly requestedTwice: readonly string[];
  readonly ledger: unknown;
}

async function live({ lives, mappings, kills, restore }: World): Promise<Wrongs> {
  const it = await engine();
  try {
    it.klaviyo.user.makeCollection("offers");
    const systems: Systems = { hubspot: it.hubspot, klaviyo: it.klaviyo };
    const acts = actsIn(it.klaviyo, () => it.deps().now().getTime());
    const people = lives.map((_life, index) => born(systems, index));
    let kept: Backup | null = null;
    for (const [run, used] of mappings.entries()) {
      if (restore?.restored === run && kept !== null) {
        await kept.restore();
        it.wait(2 * 3_600_000);
      }
      meet(systems, people);
      each(lives, people, run, null, (person, { happening }) =>
        happen(systems, acts, person, happening, run),
      );
      const step = (call: number): void => {
        if (call === kills[run]) throw new Killed();
        each(lives, people, run, call, (person, { happening }) =>
          happen(systems, acts, person, happening, run),
        );
      };
      await cycle(it, mappingThat(used), people, step);
      if (restore?.made === run) kept = await backup(it.fresh.database);
    }
    const last = mappings.at(-1);
    if (last === undefined) throw new Error("a world has runs");
    for (let quiet = 0; quiet < 3; quiet += 1) await cycle(it, mappingThat(last), people, () => {});
    meet(systems, people);
    const calls = it.klaviyo.requested.map(({ email, list: name }) => `${email} ${name}`);
    return {
      wronged: people.filter((person) => isWronged(systems, person)).map(({ name }) => name),
      // After a restored backup the ledger knows no more whom it had lost; nobody is asked then without a person's word.
      requestedTwice: calls.filter((call, index) => calls.indexOf(call) !== index),
      ledger: (await verifyLedger(it.fresh.database)).broken,
    };
  } finally {
    await it.fresh.drop();
  }
}

function each(
  lives: World["lives"],
  people: readonly Person[],
  run: number,
  instant: number | null,
  act: (person: Person, occurrence: Occurrence) => void,
): void {
  for (const [index, life] of lives.entries()) {
    const person = people[index];
    if (person === undefined) continue;
    for (const occurrence of life) {
      if (occurrence.run === run && occurrence.instant === instant) act(person, occurrence);
    }
  }
}

/** The consent lane and the contact lane, with what happens before each of their calls; a kill ends whichever runs. */
async function cycle(
  it: Engine,
  used: Mapping,
  people: readonly Person[],
  step: (call: number) => void,
): Promise<void> {
  let calls = 0;
  let noted = it.klaviyo.requested.length;
  const before = (): void => {
    noteAsked(people, it.klaviyo.requested.slice(noted));
    noted = it.klaviyo.requested.length;
    calls += 1;
    step(calls);
  };
  it.hubspot.quirks.before = before;
  it.klaviyo.quirks.before = before;
  for (const lane of [() => runConsent(it.deps(), used, "test"), () => it.sync(used)]) {
    it.wait(60_000);
    try {
      await lane();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    noteAsked(people, it.klaviyo.requested.slice(noted));
    noted = it.klaviyo.requested.length;
  }
  it.hubspot.quirks.before = () => {};
  it.klaviyo.quirks.before = () => {};
}

describe("never resubscribes (P9)", () => {
  it(`whatever happens to ${PEOPLE} people at any instant, to the mapping, the process and the database`, async () => {
    let requested = 0;
    await assertLawOfWorlds(
      fc.asyncProperty(anyWorld, async (world) => {
        expect(await live(world)).toEqual({ wronged: [], requestedTwice: [], ledger: null });
        requested += 1;
      }),
      1 / PEOPLE,
    );
    expect(requested).toBeGreaterThan(0);
  });
});
