import type { MemoryWrite } from "../../src/connectors/memory/write-all.ts";
import type { CreateContact, Operation, UpdateContact } from "../../src/model/operation.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import { directionAllows } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES, otherSide } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import { equal, items } from "../reconcile/decision.ts";
import type { Crowd, Person, Typed } from "./crowd.ts";
import { FIELDS } from "./crowd.ts";

/** A link as the database has it. */
export interface StoredLink {
  readonly hubspotId: string | null;
  readonly klaviyoId: string | null;
  readonly state: string;
  readonly reason: string;
  readonly deletedOn: string | null;
}

/** A value that the database says gave way. */
export interface StoredConflict {
  readonly field: string;
  readonly lost: unknown;
}

/** Everything that is known at the end: the systems' truth, and what Tandem has kept. */
export interface Ending {
  readonly crowd: Crowd;
  readonly mapping: Mapping;
  /** Fields that some version of the mapping left out: what was agreed of them is forgotten (P17). */
  readonly unmapped: ReadonlySet<string>;
  readonly links: readonly StoredLink[];
  readonly conflicts: readonly StoredConflict[];
  readonly writes: PerSide<readonly MemoryWrite[]>;
}

/** What must not be, in words; nothing of the engine's own deciding is asked. */
export function wrongsOf(ending: Ending): readonly string[] {
  return [
    ...notInStep(ending, true),
    ...ending.crowd.typed.flatMap((typed) => (isKept(ending, typed) ? [] : [`lost (P4): ${words(typed)}`])),
    ...SIDES.flatMap((side) => ending.writes[side].flatMap((write) => wrongWrite(ending, side, write))),
    ...SIDES.flatMap((side) => doubled(ending, side)),
  ];
}

function words({ person, side, field, value }: Typed): string {
  return `${person} ${side} ${field} = ${JSON.stringify(value)}`;
}

/**
 * P1: everybody who is there on both sides and in scope is linked, and equal in every field.
 *
 * @param compared whether a full comparison came after all that happened
 */
export function notInStep(ending: Ending, compared: boolean): readonly string[] {
  return ending.crowd.people.flatMap((person) => apart(ending, person, compared));
}

function apart(
  { crowd, mapping, unmapped, links }: Ending,
  person: Person,
  compared: boolean,
): readonly string[] {
  const { hubspot, klaviyo } = crowd.systems;
  const contact = hubspot.user.see(person.contacts.hubspot);
  if (contact === undefined || !hubspot.user.members("all").includes(contact.id)) return [];
  const link = links.find(({ hubspotId }) => hubspotId === contact.id);
  if (link === undefined) return [`no link (P21): ${person.name}`];
  const wasDeleted = person.deleted.hubspot || person.deleted.klaviyo;
  if (person.lost) return [];
  if (link.deletedOn !== null || link.klaviyoId === null)
    return wasDeleted || person.merged ? [] : [`dead link (P1): ${person.name} ${link.reason}`];
  const profile = klaviyo.user.see(link.klaviyoId);
  // Klaviyo tells nobody that profiles were merged: where nothing is written, the full comparison finds it.
  const isUntold = person.merged && !compared;
  if (profile === undefined) return wasDeleted || isUntold ? [] : [`dead profile (P1): ${person.name}`];
  if (link.state !== "in_sync") return [`${link.state} (P1): ${person.name} ${link.reason}`];
  if (contact.shownEmail === null || profile.shownEmail === null)
    return [`without an email address (P1): ${person.name}`];
  const leads = {
    hubspot: true,
    klaviyo:
      mapping.rules.some(({ from }) => from === "klaviyo") &&
      klaviyo.user.members("engaged").includes(profile.id),
  };
  if (leads.klaviyo && contact.shownEmail !== profile.shownEmail)
    return [`addresses differ (P1): ${person.name} ${contact.shownEmail} ${profile.shownEmail}`];
  return mapping.fields.flatMap((rule) => {
    const held = {
      hubspot: contact.values.get(rule.property.hubspot) ?? null,
      klaviyo: profile.values.get(rule.property.klaviyo) ?? null,
    };
    // Met for the first time again, an empty value empties nothing.
    if (unmapped.has(rule.key) && SIDES.some((side) => held[side] === null)) return [];
    return equal(held.hubspot, held.klaviyo) || mayStayApart(crowd, rule, leads, person, held)
      ? []
      : [`differs (P1): ${person.name} ${rule.key} ${JSON.stringify(held)} led by ${JSON.stringify(leads)}`];
  });
}

/** A side that does not lead may keep what was typed there by hand, and an emptied value may be kept on the other. */
function mayStayApart(
  { typed }: Crowd,
  rule: FieldRule,
  leads: PerSide<boolean>,
  { name }: Person,
  held: PerSide<Value>,
): boolean {
  const acts = typed.filter(({ person, field }) => person === name && field === rule.key);
  const leading = SIDES.filter((side) => leads[side] && directionAllows(rule.direction, side));
  if (leading.length === 0) return true;
  const emptied = (side: Side): boolean =>
    held[side] === null && acts.some((act) => act.side === side && act.value === null);
  if (rule.onEmpty === "keep" && leading.some((side) => held[side] === null))
    return leading.some(emptied) || leading.length === 1;
  const [leader] = leading;
  if (leading.length === 2 || leader === undefined) return false;
  if (rule.direction !== "both" && rule.onTargetEdit === "enforce") return false;
  const target = otherSide(leader);
  return acts.some(({ side, value }) => side === target && equal(value, held[target]));
}

/** P4: what somebody typed reached the other side, or stands, or was overwritten there, or is kept as a conflict. */
function isKept({ crowd, conflicts, writes }: Ending, typed: Typed): boolean {
  const { side, value, field, inWindow } = typed;
  // Emptying keeps no value that could be lost.
  if (value === null || (inWindow && side === "klaviyo")) return true;
  const rule = FIELDS.find(({ key }) => key === field);
  if (rule === undefined) return true;
  const has = (other: Value | undefined): boolean =>
    Array.isArray(value) && Array.isArray(other)
      ? items(value).every((item) => items(other).includes(item))
      : equal(other, value);
  const at = crowd.typed.indexOf(typed);
  const later = crowd.typed.slice(at + 1);
  if (later.some((next) => next.person === typed.person && next.side === side && next.field === field))
    return true;
  const person = crowd.people.find(({ name }) => name === typed.person);
  if (person === undefined || person.merged || person.deleted.hubspot || person.deleted.klaviyo) return true;
  const id = person.contacts[side];
  const stands = id === null ? undefined : crowd.systems[side].user.value(id, rule.property[side]);
  if (has(stands)) return true;
  const other = otherSide(side);
  const carried = writes[other].some(
    ({ operation }) => "values" in operation && has(operation.values[rule.property[other]]),
  );
  return carried || conflicts.some((one) => one.field === field && has(one.lost as Value));
}

/** P5, P7: a written value was typed on the other side, or was there at first; none goes against its direction. */
function wrongWrite({ crowd }: Ending, side: Side, { operation }: MemoryWrite): readonly string[] {
  if (operation.kind !== "create" && operation.kind !== "update") return [];
  const wrongs = ownersOf(crowd, operation).map((owner) => wrongTo(crowd, side, operation, owner));
  if (wrongs.length === 0) return [`to nobody: ${operation.kind} ${side} ${operation.email}`];
  return wrongs.find((wrong) => wrong.length === 0) ?? wrongs[0] ?? [];
}

function wrongTo(
  crowd: Crowd,
  side: Side,
  operation: CreateContact | UpdateContact,
  owner: Person,
): readonly string[] {
  return Object.entries(operation.values).flatMap(([property, value]): readonly string[] => {
    const said = `${operation.kind} ${side} ${property} = ${JSON.stringify(value)} of ${owner.name}`;
    if (property === "email") {
      // Between two who swap, one has none for a moment.
      const own = value === null || (typeof value === "string" && owner.emails.includes(value));
      return own ? [] : [`another's address: ${said}`];
    }
    const rule = FIELDS.find((one) => one.property[side] === property);
    if (rule === undefined) return [`not mapped: ${said}`];
    const against = rule.direction !== "both" && rule.direction !== `to_${side}`;
    if (against) return [`against its direction (P7): ${said}`];
    if (value === null) {
      const acts = crowd.typed.filter((one) => one.person === owner.name && one.field === rule.key);
      const allowed =
        rule.onEmpty === "clear" && acts.some((one) => one.side === otherSide(side) && one.value === null);
      return allowed ? [] : [`emptied (P5): ${said}`];
    }
    const foreign = items(value).filter((item) => !String(item).startsWith(`${owner.name} `));
    return foreign.length === 0 ? [] : [`another's value (P5): ${said}`];
  });
}

/**
 * Of a contact, the one person; of an email address, those who ever had it. A late opt-out makes a profile that is
 * nobody's but by its address.
 */
function ownersOf({ people }: Crowd, operation: Operation): readonly Person[] {
  const own = people.filter(({ ids }) => "id" in operation && ids.has(operation.id));
  return own.length > 0 ? own : people.filter(({ emails }) => emails.includes(operation.email));
}

/** P10, P11: nobody is made twice, and nobody who was deleted is made again. */
function doubled({ crowd, writes }: Ending, side: Side): readonly string[] {
  const made = writes[side].filter(
    ({ operation, result }) => operation.kind === "create" && ["done", "pending"].includes(result.outcome),
  );
  return crowd.people.flatMap((person) => {
    const own = made.filter(({ operation }) => person.name === nameIn(operation));
    // A profile that took another email address is somebody new in HubSpot.
    const most = side === "klaviyo" || person.lost ? 1 : 0;
    return own.length <= most ? [] : [`made ${own.length} times in ${side} (P10): ${person.name}`];
  });
}

/** Whose values these are: each value begins with a name. */
function nameIn(operation: Operation): string | null {
  if (!("values" in operation)) return null;
  const names = Object.values(operation.values)
    .flatMap(items)
    .map((value) => String(value).split(" ")[0]);
  return names[0] ?? null;
}
