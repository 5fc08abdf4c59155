import * as fc from "fast-check";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { ExternalId } from "../../src/model/contact.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
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
    limits: { ...mapping().limits, ...free },
    hash: JSON.stringify([fields, twoWay]),
  });
}

export type Happening =
  | { readonly kind: "edit" | "clear"; readonly side: Side; readonly field: number }
  | { readonly kind: "rename" | "delete" | "restore"; readonly side: Side }
  | { readonly kind: "merge" }
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
  { weight: 1, arbitrary: fc.constant({ kind: "merge" } as const) },
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
  /** Typed while the engine was writing to the system that has no history. */
  readonly inWindow: boolean;
}

export interface Person {
  readonly name: string;
  readonly contacts: { hubspot: ExternalId; klaviyo: ExternalId | null };
  readonly emails: string[];
  /** How many runs had come to their end when their profile was first there: until the next one Tandem may not know its id. */
  profileSince: number;
  /** A side on which somebody deleted them, and nobody brought them back. */
  deleted: Record<Side, boolean>;
  merged: boolean;
}

export interface Crowd {
  readonly systems: PerSide<MemoryConnector>;
  readonly people: readonly Person[];
  readonly typed: Typed[];
  count: number;
  /** Runs that nobody ended early. */
  finished: number;
}

export function gather(systems: PerSide<MemoryConnector>, count: number): Crowd {
  const people = Array.from({ length: count }, (_none, index): Person => {
    const name = `p${index}`;
    const email = `${name}@example.com`;
    const values = { firstname: `${name} at first`, city: `${name} city` };
    const hubspot = systems.hubspot.user.create(email, values, ["all"]);
    const contacts = { hubspot, klaviyo: null };
    return {
      name,
      contacts,
      emails: [email],
      profileSince: 0,
      deleted: { hubspot: false, klaviyo: false },
      merged: false,
    };
  });
  return { systems, people, typed: [], count: 0, finished: 0 };
}

/** Whose profile is whose: by address, as anybody would see it. */
export function meet(crowd: Crowd): void {
  const { systems, people } = crowd;
  const byEmail = new Map(systems.klaviyo.user.all().map(({ shownEmail, id }) => [shownEmail ?? "", id]));
  for (const [index, person] of people.entries()) {
    const { contacts, emails } = person;
    if (contacts.klaviyo !== null) continue;
    person.profileSince = crowd.finished;
    contacts.klaviyo = emails.map((email) => byEmail.get(email) ?? null).find((id) => id !== null) ?? null;
    // Some are in scope on one side alone.
    if (contacts.klaviyo !== null && index % 3 > 0) systems.klaviyo.user.join(contacts.klaviyo, "engaged");
  }
}

export function happen(crowd: Crowd, person: Person, happening: Happening, inWindow: boolean): void {
  const { systems } = crowd;
  const { hubspot } = systems;
  crowd.count += 1;
  // Nobody can follow a profile that an import has just made and somebody renames before its id was ever told.
  const unknown = person.profileSince === crowd.finished;
  if (unknown && (happening.kind === "rename" || happening.kind === "delete")) return;
  switch (happening.kind) {
    case "edit":
    case "clear":
      return type(crowd, person, happening, inWindow);
    case "rename": {
      const id = person.contacts[happening.side];
      if (id === null || systems[happening.side].user.see(id) === undefined) return;
      const email = `${person.name}.${crowd.count}@example.com`;
      systems[happening.side].user.changeEmail(id, email);
      person.emails.unshift(email);
      return;
    }
    case "delete":
    case "restore": {
      const id = person.contacts[happening.side];
      if (id === null) return;
      const { user } = systems[happening.side];
      if (happening.kind === "delete") user.delete(id);
      else if (person.deleted[happening.side]) user.restore(id);
      else return;
      person.deleted[happening.side] = happening.kind === "delete";
      return;
    }
    case "merge": {
      const old = hubspot.user.see(person.contacts.hubspot);
      if (old === undefined) return;
      const email = `${person.name}.merged${crowd.count}@example.com`;
      const survivor = hubspot.user.create(email, {}, ["all"]);
      hubspot.user.merge(survivor, person.contacts.hubspot);
      person.contacts.hubspot = survivor;
      person.emails.unshift(email);
      person.merged = true;
      return;
    }
    case "leave":
      return hubspot.user.leave(person.contacts.hubspot, "all");
    case "join":
      return hubspot.user.join(person.contacts.hubspot, "all");
  }
}

function type(
  crowd: Crowd,
  person: Person,
  { kind, side, field }: Extract<Happening, { kind: "edit" | "clear" }>,
  inWindow: boolean,
): void {
  const rule = FIELDS[field];
  const id = person.contacts[side];
  const { user } = crowd.systems[side];
  if (rule === undefined || id === null || user.see(id) === undefined) return;
  const words = `${person.name} ${rule.property.hubspot} ${crowd.count}`;
  const value: Value = kind === "clear" ? null : rule.type === "list" ? [words] : words;
  crowd.typed.push({ person: person.name, side, field: rule.key, value, inWindow });
  user.edit(id, { [rule.property[side]]: value });
}
