import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memory } from "../../src/connectors/memory/index.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { refusesAll } from "../../src/model/consent.ts";
import type { Side } from "../../src/model/side.ts";
import { actsIn } from "../consent/acts.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";

const all = { count: Infinity };
const CARRYING = mapping({
  consent: { unsubscribeFrom: [{ nameOrId: "1", line: 1, column: 1 }], hubspotOptOut: "unsubscribe" },
  limits: { ...mapping().limits, unsubscribes: all, updates: all, clears: all, creates: all },
});

type Who = "a" | "b";
type Survivor = Who | "third";
type Event = Side | "opt_out";

const ORDERS: readonly (readonly Event[])[] = [
  ["hubspot", "klaviyo", "opt_out"],
  ["klaviyo", "hubspot", "opt_out"],
  ["hubspot", "opt_out", "klaviyo"],
  ["klaviyo", "opt_out", "hubspot"],
  ["opt_out", "hubspot", "klaviyo"],
  ["opt_out", "klaviyo", "hubspot"],
];
/** Is there a run after the first and after the second of three events? */
const BETWEEN = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

interface Pair {
  readonly name: string;
  readonly hubspot: Record<Who, string>;
  readonly klaviyo: Record<Who, string>;
  readonly order: readonly Event[];
  readonly between: readonly [boolean, boolean];
  readonly survivors: { readonly hubspot: Survivor; readonly klaviyo: Who };
}

/** Two people of one person, merged on both sides in every order, with runs in between or not, and either one left. */
describe("two merges", () => {
  let it: Engine;
  beforeEach(
    async () =>
      void (it = await engine((side, options) =>
        memory(
          side,
          side === "hubspot" ? { ...options, optOutTypes: [{ id: "1", name: "Marketing" }] } : options,
        ),
      )),
  );
  afterEach(() => it.fresh.drop());

  const cycle = async (): Promise<void> => {
    it.wait(20 * 60_000);
    await runConsent(it.deps(), CARRYING, "test");
    await it.sync(CARRYING);
  };

  test.each(ORDERS)(
    "%s, %s, %s: end on one live link, whoever is left, and the opt-out reaches both sides",
    async (...order) => {
      const acts = actsIn(it.klaviyo, () => it.deps().now().getTime());
      const pairs: Pair[] = [];
      {
        for (const between of BETWEEN) {
          for (const hubspot of ["a", "b", "third"] as const) {
            for (const klaviyo of ["a", "b"] as const) {
              const name = `${order.join("-")}.${between.join("-")}.${hubspot}.${klaviyo}`;
              const ids = (who: Who): string =>
                it.hubspot.user.create(`${who}.${pairs.length}@example.com`, { firstname: who }, ["all"]);
              const contacts = { a: ids("a"), b: ids("b") };
              const survivors = { hubspot, klaviyo };
              pairs.push({ name, hubspot: contacts, klaviyo: { a: "", b: "" }, order, between, survivors });
            }
          }
        }
      }
      await cycle();
      const profileOf = (index: number, who: Who): string =>
        it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === `${who}.${index}@example.com`)?.id ??
        "";
      for (const [index, { klaviyo }] of pairs.entries()) {
        klaviyo.a = profileOf(index, "a");
        klaviyo.b = profileOf(index, "b");
      }
      const left = new Map<string, string>();
      for (const runs of [0, 1, 2]) {
        for (const moment of [0, 1, 2]) {
          for (const pair of pairs) {
            if (runsBefore(pair, moment) !== runs) continue;
            const what = pair.order[moment];
            if (what === "hubspot") left.set(pair.name, mergeContacts(it, pair));
            if (what === "klaviyo")
              it.klaviyo.user.merge(
                pair.klaviyo[pair.survivors.klaviyo],
                pair.klaviyo[other(pair.survivors.klaviyo)],
              );
            // Both are one person: b opts out where b is there still, otherwise the one that is left.
            if (what === "opt_out")
              acts.unsubscribe(
                it.klaviyo.user.see(pair.klaviyo.b) === undefined ? pair.klaviyo.a : pair.klaviyo.b,
              );
          }
        }
        if (runs < 2) await cycle();
      }
      for (let quiet = 0; quiet < 3; quiet += 1) await cycle();
      const links = await it.fresh.database.link.findMany();
      const wrong = pairs.flatMap((pair) => {
        const contact = left.get(pair.name) ?? "";
        const profile = pair.klaviyo[pair.survivors.klaviyo];
        const own = links.filter(
          ({ hubspotId, klaviyoId }) => hubspotId === contact || klaviyoId === profile,
        );
        const [link] = own;
        if (
          own.length !== 1 ||
          link?.hubspotId !== contact ||
          link.klaviyoId !== profile ||
          link.deletedOn !== null
        )
          return [
            `${pair.name}: ${JSON.stringify(own.map(({ hubspotId, klaviyoId, deletedOn, state, reason }) => [hubspotId, klaviyoId, deletedOn, state, reason]))}`,
          ];
        const consents = [it.hubspot.user.see(contact)?.consent, it.klaviyo.user.see(profile)?.consent];
        const types = consents[0]?.optedOutTypes ?? [];
        const out = [types.includes("1"), consents[1] ? refusesAll(consents[1]) : false];
        if (isUnseen(pair)) return [];
        return out.every(Boolean) ? [] : [`${pair.name}: opted out ${out.join()}`];
      });
      expect(wrong).toEqual([]);
      expect(pairs).toHaveLength(24);
      expect(links).toHaveLength(24);
      // What was done to either of the two is the history of the one.
      expect(await it.fresh.database.journalRow.count({ where: { kind: "create" } })).toBe(48);
    },
  );
});

/** How many runs there are before the event of a pair. */
function runsBefore({ between }: Pair, moment: number): number {
  return between.slice(0, moment).filter(Boolean).length;
}

/** Opted out on the profile that was merged away before any run: Klaviyo keeps no trace of that. */
function isUnseen({ order, between, survivors }: Pair): boolean {
  const [out, merged] = [order.indexOf("opt_out"), order.indexOf("klaviyo")];
  return survivors.klaviyo === "a" && out < merged && !between.slice(out, merged).includes(true);
}

function other(who: Who): Who {
  return who === "a" ? "b" : "a";
}

/** @returns the contact that is left */
function mergeContacts(it: Engine, { hubspot, survivors }: Pair): string {
  const { user } = it.hubspot;
  if (survivors.hubspot !== "third") {
    user.merge(hubspot[survivors.hubspot], hubspot[other(survivors.hubspot)]);
    return hubspot[survivors.hubspot];
  }
  const survivor = user.create(user.see(hubspot.a)?.shownEmail ?? null, {}, ["all"]);
  const consent = user.see(hubspot.a)?.consent;
  user.merge(survivor, hubspot.a);
  user.merge(survivor, hubspot.b);
  if (consent) user.setConsent(survivor, consent);
  return survivor;
}
