import * as fc from "fast-check";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { ExternalId } from "../../src/model/contact.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import type { Acts } from "../consent/acts.ts";
import { actsIn } from "../consent/acts.ts";
import { fieldRule, mapping, scopeRule } from "../support/rule.ts";

/** How many times the engine runs while things happen. */
export const RUNS = 5;

export const FIELDS: readonly FieldRule[] = [
  fieldRule("firstname", "first_name"),
  fieldRule("jobtitle", "title", { winner: "klaviyo", onEmpty: "clear" }),
  fieldRule("city", "location.city", { direction: "to_klaviyo", onEmpty: "clear" }),
  fieldRule("state", "location.region", { direction: "to_hubspot", onTargetEdit: "enforce" }),
  fieldRule("tags", "properties.tags", { type: "list", merge: "union" }),
];

/** Which fields a version of the mapping has, and who is in scope. */
export interface Version {
  readonly fields: readonly number[];
  readonly twoWay: boolean;
}

export const anyVersion: fc.Arbitrary<Version> = fc.record({
  fields: fc.oneof(
    { weight: 3, arbitrary: fc.constant(FIELDS.map((_field, index) => index)) },
    { weight: 1, arbitrary: fc.subarray(FIELDS.map((_field, index) => index)) },
  ),
  twoWay: fc.constantFrom(true, true, true, false),
});

export function mappingOf({ fields, twoWay }: Version): Mapping {
  const customers = scopeRule("customers", "hubspot", "all");
  const all = { count: Infinity };
  const free = { creates: all, updates: all, removals: all, clears: all, unsubscribes: all, errors: all };
  return mapping({
    rules: twoWay ? [customers, scopeRule("leads", "klaviyo", "engaged")] : [customers],
    fields: FIELDS.filter((_field, index) => fields.includes(index)),
    consent: { unsubscribeFrom: [{ nameOrId: "1", line: 1, column: 1 }], hubspotOptOut: "unsubscribe" },
    limits: { ...mapping().limits, ...free },
    hash: JSON.stringify([fields, twoWay]),
  });
}

export type Happening =
  | { readonly kind: "edit" | "clear"; readonly side: Side; readonly field: number }
  | { readonly kind: "rename" | "delete" | "restore" | "swap" | "opt_out"; readonly side: Side }
  | { readonly kind: "merge" }
  /** Klaviyo tells nothing of it: the other profile, which stays, has the email address, or takes another. */
  | { readonly kind: "merge_profiles"; readonly keepsAddress: boolean }
  | { readonly kind: "leave" | "join" };

export interface Occurrence {
  readonly happening: Happening;
  readonly run: number;
  /** Before which call of the run to either system; `null`: before the run. */
  readonly instant: number | null;
}

const anySide = fc.constantFrom(...SIDES);
const anyField = fc.nat(FIELDS.length - 1);
const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant("edit" as const), side: anySide, field: anyField }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("clear" as const), side: anySide, field: anyField }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rename" as const), side: anySide }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("delete", "restore"), side: anySide }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("swap" as const), side: anySide }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("opt_out" as const), side: anySide }) },
  { weight: 1, arbitrary: fc.constant({ kind: "merge" } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("merge_profiles" as const), keepsAddress: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("leave", "join") }) },
);

/** What happens to one person. */
export const anyLife: fc.Arbitrary<readonly Occurrence[]> = fc.array(
  fc.record({
    happening: anyHappening,
    run: fc.nat(RUNS - 1),
    instant: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 2 }),
  }),
  { maxLength: 8 },
);

/** A value that a person typed, once in the whole world. */
export interface Typed {
  readonly person: string;
  readonly side: Side;
  readonly field: string;
  readonly value: Value;
  /** Typed while the engine, or a job of it, was writing to the system that has no history. */
  readonly inWindow: boolean;
}

export interface Person {
  readonly name: string;
  readonly contacts: { hubspot: ExternalId; klaviyo: ExternalId | null };
  /** All that were ever theirs. */
  readonly ids: Set<ExternalId>;
  readonly emails: string[];
  /** How many runs had come to their end when their profile was first there: until the next one Tandem may not know its id. */
  profileSince: number;
  /** A side on which somebody deleted them, and nobody brought them back. */
  deleted: Record<Side, boolean>;
  merged: boolean;
  /** Their profile was merged into one with another email address: nobody can tell whose that is. */
  lost: boolean;
  /** How many runs had come to their end when their address, or whether they are in scope, was last changed. */
  movedSince: number;
  /** The same of the last swap: one more run knows which of the two is which. */
  swappedSince: number;
  /** Sides on which they opted out. */
  readonly optedOut: Set<Side>;
}

export interface Crowd {
  readonly systems: PerSide<MemoryConnector>;
  readonly people: readonly Person[];
  readonly typed: Typed[];
  /** Contacts that somebody deleted or merged away, as `side id`. */
  readonly removed: Set<string>;
  /** All contacts that there ever were, as `side id`. */
  readonly seen: Set<string>;
  readonly acts: Acts;
  /** Does what people change in Klaviyo always reach HubSpot? */
  readonly twoWay: boolean;
  count: number;
  /** Runs that nobody ended early. */
  finished: number;
}

export function gather(
  systems: PerSide<MemoryConnector>,
  count: number,
  now: () => number,
  twoWay: boolean,
): Crowd {
  const people = Array.from({ length: count }, (_none, index): Person => {
    const name = `p${index}`;
    const email = `${name}@example.com`;
    const values = { firstname: `${name} at first`, city: `${name} city` };
    const hubspot = systems.hubspot.user.create(email, values, ["all"]);
    const contacts = { hubspot, klaviyo: null };
    return {
      name,
      contacts,
      ids: new Set([hubspot]),
      emails: [email],
      profileSince: 0,
      deleted: { hubspot: false, klaviyo: false },
      merged: false,
      lost: false,
      movedSince: -1,
      swappedSince: -2,
      optedOut: new Set(),
    };
  });
  const acts = actsIn(systems.klaviyo, now);
  return {
    systems,
    people,
    typed: [],
    removed: new Set(),
    seen: new Set(),
    acts,
    twoWay,
    count: 0,
    finished: 0,
  };
}

/** Whose profile is whose: by address, as anybody would see it. */
export function meet(crowd: Crowd): void {
  const { systems, people } = crowd;
  for (const side of SIDES) for (const { id } of systems[side].user.all()) crowd.seen.add(`${side} ${id}`);
  const byEmail = new Map(systems.klaviyo.user.all().map(({ shownEmail, id }) => [shownEmail ?? "", id]));
  for (const [index, person] of people.entries()) {
    const { contacts, emails } = person;
    if (contacts.klaviyo !== null) continue;
    person.profileSince = crowd.finished;
    contacts.klaviyo = emails.map((email) => byEmail.get(email) ?? null).find((id) => id !== null) ?? null;
    if (contacts.klaviyo !== null) person.ids.add(contacts.klaviyo);
    // Some are in scope on one side alone.
    if (contacts.klaviyo !== null && index % 3 > 0) systems.klaviyo.user.join(contacts.klaviyo, "engaged");
  }
}
