import { plainConsent } from "../../src/model/consent.ts";
import type { Operation } from "../../src/model/operation.ts";
import type { Side } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import type { Crowd, Happening, Person } from "./crowd.ts";
import { FIELDS } from "./crowd.ts";

/** Does what happens to one person, where the two systems would let it be done. */
export function happen(crowd: Crowd, person: Person, happening: Happening, inWindow: boolean): void {
  const { systems } = crowd;
  const { hubspot } = systems;
  crowd.count += 1;
  // Nobody can follow a profile that an import has just made and somebody renames before its id was ever told.
  const unknown = person.profileSince === crowd.finished;
  if (unknown && !["edit", "clear", "leave", "join"].includes(happening.kind)) return;
  const moves = !["edit", "clear", "opt_out"].includes(happening.kind);
  if (moves && person.swappedSince >= crowd.finished - 1) return;
  if (moves && happening.kind !== "swap") person.movedSince = crowd.finished;
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
      const isRemoved = happening.kind === "delete";
      if (isRemoved) user.delete(id);
      else if (person.deleted[happening.side]) user.restore(id);
      else return;
      crowd.removed[isRemoved ? "add" : "delete"](`${happening.side} ${id}`);
      person.deleted[happening.side] = happening.kind === "delete";
      return;
    }
    case "merge": {
      const old = hubspot.user.see(person.contacts.hubspot);
      if (old === undefined) return;
      const email = `${person.name}.merged${crowd.count}@example.com`;
      const survivor = hubspot.user.create(email, {}, ["all"]);
      hubspot.user.merge(survivor, person.contacts.hubspot);
      crowd.removed.add(`hubspot ${person.contacts.hubspot}`);
      person.contacts.hubspot = survivor;
      person.ids.add(survivor);
      person.emails.unshift(email);
      person.merged = true;
      return;
    }
    case "merge_profiles":
      return mergeProfiles(crowd, person, happening.keepsAddress);
    case "swap":
      return swap(crowd, person, happening.side);
    case "opt_out": {
      const id = person.contacts[happening.side];
      if (id === null || systems[happening.side].user.see(id) === undefined) return;
      if (happening.side === "klaviyo") crowd.acts.unsubscribe(id);
      else hubspot.user.setConsent(id, plainConsent("unsubscribed"));
      person.optedOut.add(happening.side);
      return;
    }
    case "leave":
      return hubspot.user.leave(person.contacts.hubspot, "all");
    case "join":
      return hubspot.user.join(person.contacts.hubspot, "all");
  }
}

function mergeProfiles({ systems, removed, count }: Crowd, person: Person, keepsAddress: boolean): void {
  const { user } = systems.klaviyo;
  const old = person.contacts.klaviyo === null ? undefined : user.see(person.contacts.klaviyo);
  if (old === undefined) return;
  const email = `${person.name}.other${count}@example.com`;
  const survivor = user.create(email, {});
  user.merge(survivor, old.id);
  if (old.consent !== null) user.setConsent(survivor, old.consent);
  removed.add(`klaviyo ${old.id}`);
  person.contacts.klaviyo = survivor;
  person.ids.add(survivor);
  person.emails.push(email);
  person.merged = true;
  if (keepsAddress) user.changeEmail(survivor, old.shownEmail);
  else person.lost = true;
}

/** Two neighbors take each other's email address, as where somebody had mixed them up. Nothing else was open then. */
function swap({ systems, people, finished, twoWay }: Crowd, person: Person, side: Side): void {
  const at = people.indexOf(person);
  const other = people[at % 2 === 0 ? at + 1 : at - 1];
  const { user } = systems[side];
  if (other === undefined || (side === "klaviyo" && !twoWay)) return;
  const inScope = user.members(side === "hubspot" ? "all" : "engaged");
  const isSettled = ({ contacts, profileSince, movedSince, swappedSince, lost }: Person): boolean =>
    inScope.includes(contacts[side] ?? "") &&
    !lost &&
    Math.max(profileSince, movedSince, swappedSince) < finished - 1;
  if (!isSettled(person) || !isSettled(other)) return;
  const [one, two] = [person, other].map(({ contacts }) => user.see(contacts[side] ?? ""));
  if (typeof one?.shownEmail !== "string" || typeof two?.shownEmail !== "string") return;
  user.changeEmail(one.id, two.shownEmail);
  user.changeEmail(two.id, one.shownEmail);
  person.emails.unshift(two.shownEmail);
  other.emails.unshift(one.shownEmail);
  person.swappedSince = finished;
  other.swappedSince = finished;
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
  const underWay = side === "klaviyo" && crowd.systems.klaviyo.underWay().some((job) => isTo(person, job));
  crowd.typed.push({ person: person.name, side, field: rule.key, value, inWindow: inWindow || underWay });
  user.edit(id, { [rule.property[side]]: value });
}

function isTo({ ids, emails }: Person, operation: Operation): boolean {
  return "id" in operation ? ids.has(operation.id) : emails.includes(operation.email);
}
