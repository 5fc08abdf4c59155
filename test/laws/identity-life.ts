import * as fc from "fast-check";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { otherSide } from "../../src/model/side.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { Acts } from "../consent/acts.ts";

/** What may happen in a small group of people: two at most of a side at first, five addresses. */
export type Happening =
  | { readonly kind: "create"; readonly side: Side; readonly address: number; readonly inScope: boolean }
  | { readonly kind: "rename"; readonly side: Side; readonly who: number; readonly address: number }
  | { readonly kind: "swap"; readonly side: Side; readonly who: number; readonly other: number }
  | {
      readonly kind: "merge";
      readonly side: Side;
      readonly who: number;
      readonly other: number;
      readonly third: boolean;
    }
  | { readonly kind: "delete"; readonly side: Side; readonly who: number }
  | { readonly kind: "restore"; readonly side: Side; readonly who: number }
  | { readonly kind: "opt_out"; readonly side: Side; readonly who: number }
  | { readonly kind: "edit"; readonly side: Side; readonly who: number }
  | { readonly kind: "erase"; readonly address: number };

const RUNS = 4;
const ADDRESSES = 5;

const side = fc.constantFrom<Side>("hubspot", "klaviyo");
const who = fc.nat(3);
const address = fc.nat(ADDRESSES - 1);

const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("create"), side, address, inScope: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("rename"), side, who, address }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("swap"), side, who, other: who }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("merge"), side, who, other: who, third: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete"), side, who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restore"), side, who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("opt_out"), side, who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("edit"), side, who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("erase"), address }) },
);

/** What happens in one group before each run. */
export type Life = readonly (readonly Happening[])[];
export const anyLife: fc.Arbitrary<Life> = fc.array(fc.array(anyHappening, { maxLength: 3 }), {
  minLength: RUNS,
  maxLength: RUNS,
});

/** A contact as it really is. */
export interface Soul {
  readonly side: Side;
  readonly id: string;
  /** Somebody opted out here, or in one that was merged into it, and a run has seen that. */
  optedOut: boolean;
  /** Opted out since the last run. */
  justOptedOut: boolean;
  /** Its counterpart was deleted, or merged away: nobody is made in its place. */
  widowed: boolean;
  alive: boolean;
  /** Neither vendor takes a merge back: nobody can restore this one. */
  mergedAway: boolean;
}

export interface Group {
  readonly name: string;
  readonly souls: Soul[];
  /** Somebody of them was erased: what becomes of the others is another law's matter. */
  erased: boolean;
  edits: number;
}

export interface Worlds {
  readonly systems: PerSide<MemoryConnector>;
  readonly acts: Acts;
  /** The id of the contact that this one is linked to now. */
  readonly partner: (soul: Soul) => string | null;
}

const addressOf = (group: Group, index: number): string => `p${index}.${group.name}@example.com`;

/** Two people, in step from the first run on. */
export function bornGroup(systems: PerSide<MemoryConnector>, name: string): Group {
  const group: Group = { name, souls: [], erased: false, edits: 0 };
  for (const index of [0, 1]) add(systems, group, "hubspot", addressOf(group, index), true);
  return group;
}

function add(
  systems: PerSide<MemoryConnector>,
  group: Group,
  on: Side,
  email: string,
  inScope: boolean,
): Soul {
  const field = on === "hubspot" ? "firstname" : "first_name";
  const collection = on === "hubspot" ? "all" : "engaged";
  const id = systems[on].user.create(
    email,
    { [field]: `${group.name} ${group.souls.length}` },
    inScope ? [collection] : [],
  );
  return know(group, on, id);
}

function know(group: Group, on: Side, id: string): Soul {
  const known = group.souls.find((soul) => soul.side === on && soul.id === id);
  if (known !== undefined) return known;
  const soul = {
    side: on,
    id,
    optedOut: false,
    justOptedOut: false,
    widowed: false,
    alive: true,
    mergedAway: false,
  };
  group.souls.push(soul);
  return soul;
}

/** Contacts that the engine made belong to the group whose address they have. */
export function meet({ systems }: Worlds, groups: ReadonlyMap<string, Group>): void {
  for (const on of ["hubspot", "klaviyo"] as const) {
    for (const { id, shownEmail } of systems[on].user.all()) {
      const group = groups.get(/\.(\w+)@/.exec(shownEmail ?? "")?.[1] ?? "");
      if (group !== undefined) know(group, on, id);
    }
  }
}

/** @returns an address to erase; everything else is done here, where the vendor would let it be done */
export function happen(world: Worlds, group: Group, what: Happening): string | null {
  const { systems, acts } = world;
  if (what.kind === "erase") return group.erased ? null : addressOf(group, what.address);
  const { user } = systems[what.side];
  const alive = group.souls.filter((soul) => soul.side === what.side && soul.alive);
  const pick = (index: number): Soul | undefined =>
    alive.length === 0 ? undefined : alive[index % alive.length];
  const isFree = (email: string): boolean =>
    !user.all().some(({ shownEmail, otherEmails }) => shownEmail === email || otherEmails.includes(email));
  switch (what.kind) {
    case "create": {
      const email = addressOf(group, what.address);
      if (isFree(email)) add(systems, group, what.side, email, what.inScope);
      return null;
    }
    case "rename": {
      const soul = pick(what.who);
      const email = addressOf(group, what.address);
      if (soul !== undefined && isFree(email)) user.changeEmail(soul.id, email);
      return null;
    }
    case "swap": {
      const [one, other] = [pick(what.who), pick(what.other)];
      if (one === undefined || other === undefined || one === other) return null;
      const [first, second] = [user.see(one.id)?.shownEmail ?? null, user.see(other.id)?.shownEmail ?? null];
      user.changeEmail(one.id, second);
      user.changeEmail(other.id, first);
      return null;
    }
    case "merge": {
      const [kept, gone] = [pick(what.who), pick(what.other)];
      if (kept !== undefined && gone !== undefined && kept !== gone)
        merge(world, group, kept, gone, what.third);
      return null;
    }
    case "delete": {
      const soul = pick(what.who);
      if (soul === undefined) return null;
      leave(world, group, soul);
      user.delete(soul.id);
      return null;
    }
    case "restore": {
      const dead = group.souls.filter((soul) => soul.side === what.side && !soul.alive && !soul.mergedAway);
      const soul = dead[what.who % Math.max(1, dead.length)];
      if (soul === undefined) return null;
      user.restore(soul.id);
      const email = user.see(soul.id)?.shownEmail ?? null;
      if (email === null) return null;
      const same = user.all().filter((one) => one.shownEmail === email || one.otherEmails.includes(email));
      if (same.length > 1) user.delete(soul.id);
      else soul.alive = true;
      return null;
    }
    case "opt_out": {
      const soul = pick(what.who);
      if (soul === undefined) return null;
      if (what.side === "klaviyo") acts.unsubscribe(soul.id);
      else user.setConsent(soul.id, plainConsent("unsubscribed"));
      soul.justOptedOut = true;
      return null;
    }
    case "edit": {
      const soul = pick(what.who);
      group.edits += 1;
      const field = what.side === "hubspot" ? "firstname" : "first_name";
      if (soul !== undefined) user.edit(soul.id, { [field]: `${group.name} edit ${group.edits}` });
      return null;
    }
  }
}

/** HubSpot's survivor is one of the two or a third contact; Klaviyo's is one of the two, and tells nothing of it. */
function merge(world: Worlds, group: Group, kept: Soul, gone: Soul, third: boolean): void {
  const { user } = world.systems[kept.side];
  const survivor =
    kept.side === "hubspot" && third ? know(group, "hubspot", user.create(null, {}, ["all"])) : kept;
  const lost = survivor === kept ? [gone] : [kept, gone];
  const own = user.see(kept.id);
  const consents = lost.map((soul) => soul.optedOut);
  for (const soul of lost) {
    leave(world, group, soul);
    soul.mergedAway = true;
    user.merge(survivor.id, soul.id);
  }
  if (survivor !== kept) {
    user.changeEmail(survivor.id, own?.shownEmail ?? null);
    if (own?.consent) user.setConsent(survivor.id, own.consent);
    survivor.justOptedOut = kept.justOptedOut;
  }
  // Klaviyo does not say whose opt-out that was, and what nobody had seen by then nobody can know.
  if (kept.side === "hubspot" && consents.includes(true)) survivor.optedOut = true;
}

function leave({ partner }: Worlds, group: Group, soul: Soul): void {
  soul.alive = false;
  const other = partner(soul);
  const left = group.souls.find((one) => one.side === otherSide(soul.side) && one.id === other);
  if (left !== undefined) left.widowed = true;
}
