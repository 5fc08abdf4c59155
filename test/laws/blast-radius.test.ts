import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LimitedAction } from "../../src/model/hold.ts";
import type { Limits, Mapping } from "../../src/model/mapping.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import { assertLawOf } from "../support/law.ts";
import { CUSTOMERS, LEADS, anyVersion, version } from "./any-mapping.ts";
import type { Driver, Synced } from "./driver.ts";
import { anyPeacefulHistory, begin, live } from "./history.ts";
import { quickDriver } from "./quick-driver.ts";
import { SLOTS } from "./slots.ts";
import { wholeDriver } from "./whole-driver.ts";

const ACTIONS: readonly LimitedAction[] = ["creates", "updates", "clears", "removals"];

/** Fields whose values are the same words on both sides, so that what is held is what is written. */
const PLAIN = SLOTS.slice(0, 4);

const anyCount = fc.nat(3).map((count) => ({ count }));
const anyLimits = fc.record({ creates: anyCount, updates: anyCount, clears: anyCount, removals: anyCount });

type Counts = typeof anyLimits extends fc.Arbitrary<infer T> ? T : never;

function limited(made: Mapping, counts: Counts): Mapping {
  const limits: Limits = { ...made.limits, ...counts };
  return { ...made, limits };
}

/** What was done to a side, in the systems' own account of it. */
function done({ writes }: Synced, side: Side): Readonly<Record<LimitedAction, number>> {
  const count = (kind: string) => writes[side].filter(({ operation }) => operation.kind === kind).length;
  const values = writes[side].flatMap(({ operation }) =>
    operation.kind === "update" ? Object.values(operation.values) : [],
  );
  return {
    creates: count("create"),
    updates: count("update"),
    clears: values.filter((value) => value === null).length,
    removals: count("remove_from_list"),
    unsubscribes: count("opt_out"),
    subscribes: 0,
  };
}

/** What a run did beyond its limits, or of a kind that it would have done too much of. */
function beyondLimits(synced: Synced, limits: Limits, first: boolean): readonly string[] {
  return SIDES.flatMap((side) =>
    ACTIONS.filter((action) => {
      const limit = limits[action];
      const count = done(synced, side)[action];
      const filling = first && (action === "creates" || action === "updates");
      const tripped = synced.exceeded.some((each) => each.side === side && each.action === action);
      return tripped ? count > 0 : !filling && "count" in limit && count > limit.count;
    }).map((action) => `${side} ${action}: ${done(synced, side)[action]}`),
  );
}

describe.each<{ over: string; share: number; shrinks: boolean; makeDriver: () => Promise<Driver> }>([
  { over: "the pure parts", share: 1, shrinks: true, makeDriver: async () => quickDriver() },
  { over: "the whole engine", share: 0.004, shrinks: false, makeDriver: wholeDriver },
])("limits (P18), over $over", ({ share, shrinks, makeDriver }) => {
  it("are kept by every run, a tripped one does nothing of its kind, and an approval lets through what was shown", async () => {
    await assertLawOf(
      fc.asyncProperty(anyVersion(PLAIN), anyLimits, anyPeacefulHistory, async (made, counts, history) => {
        const mapping = limited(made, counts);
        const driver = await makeDriver();
        const life = begin(driver, mapping);
        // A first sync fills the other side and is not limited by itself; it is one that got to its end.
        let first = driver.holds !== null;
        const wrong: string[] = [];
        try {
          for (const step of [...history, { kind: "sync", trouble: null } as const]) {
            const synced = await live(life, step);
            if (synced === null) continue;
            wrong.push(...beyondLimits(synced, mapping.limits, first));
            first &&= synced.exceeded.length > 0;
          }
          wrong.push(...(await notAsApproved(driver, mapping)));
        } finally {
          await driver.close();
        }
        expect(wrong).toEqual([]);
      }),
      share,
      shrinks,
    );
  });
});

/** Approves what is held: what is done then without having been shown, or not done, or held again. */
async function notAsApproved(driver: Driver, mapping: Mapping): Promise<readonly string[]> {
  const { holds } = driver;
  const held = (await holds?.held()) ?? [];
  if (held.length === 0 || holds === null) return [];
  await holds.approve();
  const synced = await driver.sync(mapping);
  const doing = SIDES.flatMap((side) =>
    synced.writes[side].flatMap(({ operation: { kind, email } }) => `${email} ${side} ${kind}`),
  );
  const approved = held.map((words) => {
    const [email, side, kind] = JSON.parse(words) as [string, string, string];
    return `${email} ${side} ${kind}`;
  });
  return [
    ...doing.filter((one) => !one.endsWith("add_to_list") && !approved.includes(one)),
    ...approved.filter((one) => !doing.includes(one)),
    ...(await holds.held()),
  ];
}

interface Crowd {
  readonly people: number;
  readonly gone: number;
  readonly how: "leave" | "delete" | "drop the list" | "deleted account";
}

const anyCrowd: fc.Arbitrary<Crowd> = fc
  .record({
    people: fc.integer({ min: 15, max: 90 }),
    how: fc.constantFrom("leave", "leave", "delete", "drop the list", "deleted account" as const),
  })
  .chain(({ people, how }) =>
    fc.record({
      people: fc.constant(people),
      how: fc.constant(how),
      gone: fc.oneof(
        fc.nat(people),
        fc.constant(people),
        fc.constantFrom(19, 20, 49, 50).map((one) => Math.min(one, people)),
      ),
    }),
  );

describe("a crowd that is gone at once (P18)", () => {
  it("is believed only as far as the guards let it, and comes off no list before", async () => {
    await assertLawOf(
      fc.asyncProperty(anyCrowd, async (crowd) => {
        const driver = await wholeDriver();
        try {
          const { found, wanted } = await guarded(driver, crowd);
          expect(found).toEqual(wanted);
        } finally {
          await driver.close();
        }
      }),
      0.004,
      false,
    );
  });
});

/** How many were taken off the list and how many links ended, as they were and as the guards say. */
async function guarded(driver: Driver, { people, gone, how }: Crowd) {
  const all = { share: 1 };
  const made = { creates: all, updates: all, clears: all, removals: all, errors: all };
  const base = version([], [CUSTOMERS, LEADS]);
  const mapping: Mapping = { ...base, limits: { ...base.limits, ...made } };
  const { user } = driver.systems.hubspot;
  const ids = Array.from({ length: people }, (_, n) => user.create(`p${n}@example.com`, {}, ["all"]));
  await driver.sync(mapping);
  await driver.sync(mapping);
  const leaving = how === "deleted account" ? ids : ids.slice(0, gone);
  if (how === "drop the list") user.dropCollection("all");
  else if (how === "leave") for (const id of leaving) user.leave(id, "all");
  else for (const id of leaving) user.delete(id);
  const synced = await driver.sync(mapping);
  const found = { removed: done(synced, "klaviyo").removals, dead: (await driver.holds?.dead()) ?? 0 };
  const emptied = people >= 20 && leaving.length === people;
  const tooMany = leaving.length >= 50 && leaving.length > people * 0.2;
  // Nobody is looked for of a list whose removals wait for approval.
  const applied = how !== "drop the list" && !emptied && !tooMany;
  const fewEnough = leaving.length < 20 || leaving.length <= people * 0.02;
  const wanted = {
    removed: applied && how === "leave" ? leaving.length : 0,
    dead: applied && how !== "leave" && fewEnough ? leaving.length : 0,
  };
  return { found, wanted };
}
