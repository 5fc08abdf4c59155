import { expect } from "vitest";
import { memory } from "../../src/connectors/memory/index.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { erasePerson } from "../../src/lanes/erase-person.ts";
import type { EmailKey } from "../../src/model/email.ts";
import { actsIn } from "../consent/acts.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping, scopeRule } from "../support/rule.ts";
import type { Group, Life, Worlds } from "./identity-life.ts";
import { bornGroup, happen, meet } from "./identity-life.ts";
import { identityWrongs } from "./identity-oracle.ts";

const all = { count: Infinity };
const free = { creates: all, updates: all, removals: all, clears: all, unsubscribes: all, errors: all };
const MAPPING = mapping({
  rules: [scopeRule("customers", "hubspot", "all"), scopeRule("leads", "klaviyo", "engaged")],
  consent: {
    unsubscribeFrom: [{ nameOrId: "1", line: 1, column: 1 }],
    hubspotOptOut: "unsubscribe",
  },
  limits: { ...mapping().limits, ...free },
});

async function cycle(it: Engine): Promise<void> {
  it.wait(20 * 60_000);
  await runConsent(it.deps(), MAPPING, "test");
  await it.sync(MAPPING);
}

/** Links by the contact on either side, for what happens and for what is judged. */
async function partners(it: Engine): Promise<ReadonlyMap<string, string | null>> {
  const links = await it.fresh.database.link.findMany();
  return new Map(
    links.flatMap(({ hubspotId, klaviyoId }) => [
      [`hubspot ${hubspotId}`, klaviyoId],
      [`klaviyo ${klaviyoId}`, hubspotId],
    ]),
  );
}

/** Lives these histories in one engine, a group each. @returns what is wrong in the end, in words */
export async function liveIn(lives: readonly Life[]): Promise<readonly string[]> {
  const it = await engine((side, options) =>
    memory(side, {
      ...options,
      ...(side === "hubspot" ? { optOutTypes: [{ id: "1", name: "Marketing" }] } : {}),
    }),
  );
  try {
    const systems = { hubspot: it.hubspot, klaviyo: it.klaviyo };
    const groups = new Map(lives.map((_life, index) => [`g${index}`, bornGroup(systems, `g${index}`)]));
    let linked: ReadonlyMap<string, string | null> = new Map();
    const world: Worlds = {
      systems,
      acts: actsIn(it.klaviyo, () => it.deps().now().getTime()),
      partner: ({ side, id }) => linked.get(`${side} ${id}`) ?? null,
    };
    const see = async (): Promise<void> => {
      await cycle(it);
      linked = await partners(it);
      meet(world, groups);
      settle(groups, world);
    };
    await see();
    for (let run = 0; run < (lives[0]?.length ?? 0); run += 1) {
      for (const [index, life] of lives.entries()) {
        const group = groups.get(`g${index}`);
        for (const what of life[run] ?? []) {
          const erased = group === undefined ? null : happen(world, group, what);
          if (group === undefined || erased === null) continue;
          group.erased = true;
          await erasePerson(it.deps(), erased as EmailKey);
        }
      }
      await see();
    }
    for (let quiet = 0; quiet < 3; quiet += 1) await see();
    const writes = it.newWrites();
    await see();
    const noise = it.newWrites();
    const last = [...it.hubspot.writes, ...it.klaviyo.writes]
      .toSorted((a, b) => a.at - b.at)
      .slice(noise === 0 ? Infinity : -noise);
    expect(writes).toBeGreaterThan(0);
    const wrongs = await identityWrongs(it, world, [...groups.values()]);
    // A write that another contact's address stands in the way of is tried again by its schedule, and refused again.
    // So is a create whose address an erased person's contact has.
    const isErased = (email: string): boolean =>
      groups.get(/\.(\w+)@/.exec(email)?.[1] ?? "")?.erased === true;
    const loud = last
      .filter(({ result }) => result.outcome !== "refused")
      .filter(({ result, operation }) => result.outcome !== "exists" || !isErased(operation.email))
      .map(({ operation }) => `${operation.email}: ${JSON.stringify(operation)} in a quiet run`);
    return [...wrongs, ...loud];
  } finally {
    await it.fresh.drop();
  }
}

/** A run has seen who opted out; a counterpart that was linked is opted out with them, and nobody's widow. */
function settle(groups: ReadonlyMap<string, Group>, { partner }: Worlds): void {
  for (const { souls } of groups.values()) {
    for (const soul of souls) {
      soul.optedOut ||= soul.justOptedOut;
      soul.justOptedOut = false;
    }
    for (const soul of souls.filter(({ alive }) => alive)) {
      const other = souls.find((one) => one.side !== soul.side && one.id === partner(soul));
      if (other?.alive !== true) continue;
      if (soul.optedOut) other.optedOut = true;
      soul.widowed = false;
    }
  }
}
