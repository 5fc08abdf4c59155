import * as fc from "fast-check";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { ExternalId } from "../../src/model/contact.ts";
import type { EmailKey } from "../../src/model/email.ts";
import { emailKey } from "../../src/model/email.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import { problem } from "../support/known-link.ts";
import type { Driver, Synced } from "./driver.ts";
import { anyVersion } from "./any-mapping.ts";
import { SLOTS } from "./slots.ts";

export const PEOPLE = ["ann", "bob", "cyd"] as const;
export const COLLECTION = { hubspot: "all", klaviyo: "engaged" } as const;

/** Somebody types letters into a slot of a person; none: empties it. */
export interface Edit {
  readonly side: Side;
  readonly who: (typeof PEOPLE)[number];
  readonly slot: number;
  readonly letters: readonly string[];
}

/** What goes wrong in one run. */
export interface Trouble {
  /** By `side slot`. */
  readonly refused: readonly string[];
  readonly unanswered: "applied" | "not_applied" | null;
  readonly importLike: boolean;
  /** Somebody edits just before the targets are read again, or written. */
  readonly intruding: { readonly before: "read" | "write"; readonly edit: Edit } | null;
}

export type Step =
  | { readonly kind: "edit"; readonly edit: Edit }
  | { readonly kind: "move"; readonly side: Side; readonly who: Edit["who"]; readonly inScope: boolean }
  | { readonly kind: "delete"; readonly side: Side; readonly who: Edit["who"] }
  | { readonly kind: "schema"; readonly slot: number; readonly what: "gone" | "back" | "locked" | "unlocked" }
  | { readonly kind: "map"; readonly mapping: Mapping }
  | { readonly kind: "sync"; readonly trouble: Trouble | null };

const anySide = fc.constantFrom(...SIDES);
const anyWho = fc.constantFrom(...PEOPLE);

export const anyEdit: fc.Arbitrary<Edit> = fc.record({
  side: anySide,
  who: anyWho,
  slot: fc.nat(SLOTS.length - 1),
  letters: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1 }) },
  ),
});

const anyTrouble: fc.Arbitrary<Trouble> = fc.record({
  refused: fc.subarray(SIDES.flatMap((side) => SLOTS.map((_, slot) => `${side} ${slot}`))),
  unanswered: fc.option(fc.constantFrom("applied", "not_applied"), { freq: 2 }),
  importLike: fc.boolean(),
  intruding: fc.option(fc.record({ before: fc.constantFrom("read", "write"), edit: anyEdit })),
});

const steps = {
  edit: fc.record({ kind: fc.constant("edit" as const), edit: anyEdit }),
  move: fc.record({ kind: fc.constant("move" as const), side: anySide, who: anyWho, inScope: fc.boolean() }),
  delete: fc.record({ kind: fc.constant("delete" as const), side: anySide, who: anyWho }),
  schema: fc.record({
    kind: fc.constant("schema" as const),
    slot: fc.nat(SLOTS.length - 1),
    what: fc.constantFrom("gone", "back", "back", "locked", "unlocked", "unlocked"),
  }),
  map: fc.record({ kind: fc.constant("map" as const), mapping: anyVersion() }),
  troubled: fc.record({ kind: fc.constant("sync" as const), trouble: anyTrouble }),
  quiet: fc.constant<Step>({ kind: "sync", trouble: null }),
};

const SHORT = { minLength: 8, maxLength: 40, size: "max" as const };

/** Anything that people, systems and the mapping's owner may do. */
export const anyHistory: fc.Arbitrary<readonly Step[]> = fc.array<Step>(
  fc.oneof(
    { weight: 10, arbitrary: steps.edit },
    { weight: 2, arbitrary: steps.move },
    { weight: 1, arbitrary: steps.delete },
    { weight: 1, arbitrary: steps.schema },
    { weight: 2, arbitrary: steps.map },
    { weight: 3, arbitrary: steps.troubled },
    { weight: 4, arbitrary: steps.quiet },
  ),
  SHORT,
);

/** Only people, and runs in which nothing goes wrong. */
export const anyPeacefulHistory: fc.Arbitrary<readonly Step[]> = fc.array<Step>(
  fc.oneof(
    { weight: 10, arbitrary: steps.edit },
    { weight: 1, arbitrary: steps.move },
    { weight: 4, arbitrary: steps.quiet },
  ),
  SHORT,
);

/** What people did; a contact comes to be with the first edit of it. */
export interface Life {
  readonly driver: Driver;
  /** By `side id property`: how often a person has emptied it. */
  readonly clears: Map<string, number>;
  /** HubSpot's properties that are not there at the moment. */
  readonly hidden: Set<string>;
  mapping: Mapping;
}

export function begin(driver: Driver, mapping: Mapping): Life {
  return { driver, clears: new Map(), hidden: new Set(), mapping };
}

export function addressOf(who: Edit["who"]): EmailKey {
  const email = emailKey(`${who}@example.com`);
  if (email === null) throw new Error("no address");
  return email;
}

/** The contact of a person on a side, made by the engine or by people. */
export function contactOf({ driver }: Life, side: Side, who: Edit["who"]): ExternalId | undefined {
  const email = addressOf(who);
  return driver.systems[side].user.all().find(({ emails }) => emails.includes(email))?.id;
}

/** Does one step; of a run what came of it. */
export async function live(life: Life, step: Step): Promise<Synced | null> {
  const { systems } = life.driver;
  switch (step.kind) {
    case "edit":
      edit(life, step.edit);
      return null;
    case "move": {
      const id = contactOf(life, step.side, step.who);
      if (id === undefined) return null;
      const { user } = systems[step.side];
      if (step.inScope) user.join(id, COLLECTION[step.side]);
      else user.leave(id, COLLECTION[step.side]);
      return null;
    }
    case "delete": {
      const id = contactOf(life, step.side, step.who);
      if (id !== undefined) systems[step.side].user.delete(id);
      return null;
    }
    case "schema":
      changeSchema(life, step.slot, step.what);
      return null;
    case "map":
      life.mapping = step.mapping;
      return null;
    case "sync":
      return sync(life, step.trouble);
  }
}

export function edit(life: Life, { side, who, slot, letters }: Edit): void {
  const { user } = life.driver.systems[side];
  const property = propertyOf(slot, side);
  const value = SLOTS[slot]?.say(side, who, letters) ?? null;
  const known = contactOf(life, side, who);
  const id = known ?? user.create(addressOf(who), {}, [COLLECTION[side]]);
  if (value === null) {
    const key = `${side} ${id} ${property}`;
    life.clears.set(key, (life.clears.get(key) ?? 0) + 1);
  }
  user.edit(id, { [property]: value });
}

function propertyOf(slot: number, side: Side): string {
  return SLOTS[slot]?.property[side] ?? "";
}

/** HubSpot's properties can be archived and locked; Klaviyo's come into being when they are written. */
function changeSchema(
  { driver, hidden }: Life,
  slot: number,
  what: Extract<Step, { kind: "schema" }>["what"],
): void {
  const property = propertyOf(slot, "hubspot");
  const { user } = driver.systems.hubspot;
  if (what === "gone") hidden.add(property);
  if (what === "back") hidden.delete(property);
  if (what === "gone" || what === "back") return user.hideProperty(property, what === "gone");
  const specs = driver.specs.hubspot;
  const at = specs.findIndex((one) => one.property === property);
  const spec = specs[at];
  if (spec !== undefined) specs[at] = { ...spec, readOnly: what === "locked" };
}

async function sync(life: Life, trouble: Trouble | null): Promise<Synced> {
  const { driver, mapping } = life;
  for (const side of SIDES) arrange(life, driver.systems[side], trouble);
  const synced = await driver.sync(mapping);
  for (const side of SIDES) arrange(life, driver.systems[side], null);
  return synced;
}

function arrange(life: Life, { side, quirks }: MemoryConnector, trouble: Trouble | null): void {
  let intruding = trouble?.intruding ?? null;
  quirks.importLike = side === "klaviyo" && trouble?.importLike === true;
  quirks.unanswered = () => trouble?.unanswered ?? null;
  quirks.refuseValue = (property) => {
    const refused = trouble?.refused.some((one) => {
      const [where, slot] = one.split(" ");
      return where === side && propertyOf(Number(slot), side) === property;
    });
    return refused === true ? problem({ side, field: property }) : null;
  };
  quirks.before = (call) => {
    if (intruding === null || call !== intruding.before) return;
    const { edit: unexpected } = intruding;
    intruding = null;
    if (contactOf(life, unexpected.side, unexpected.who) !== undefined) edit(life, unexpected);
  };
}
