import * as fc from "fast-check";
import type { Clearance } from "../../src/model/clearance.ts";
import { isBlocked, plainConsent } from "../../src/model/consent.ts";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { Acts } from "../consent/acts.ts";

/** What may happen to one person, at either system or by their own hand. */
export type Happening =
  | "unsubscribes"
  | "complains"
  | "refuses in HubSpot"
  | "is suppressed by hand"
  | "bounces"
  | "signs up"
  | "leaves the list"
  | "joins the list"
  | "is edited"
  | "changes address in HubSpot"
  | "changes address in Klaviyo"
  | "is deleted in Klaviyo"
  | "is made in Klaviyo again"
  | "is merged in HubSpot";

/** What is a person's will, or about it, comes at any instant; the rest between two runs. */
const AT_ANY_INSTANT: readonly Happening[] = [
  "unsubscribes",
  "complains",
  "refuses in HubSpot",
  "is suppressed by hand",
  "bounces",
  "signs up",
];
const BETWEEN_RUNS: readonly Happening[] = [
  "leaves the list",
  "joins the list",
  "is edited",
  "changes address in HubSpot",
  "changes address in Klaviyo",
  "is deleted in Klaviyo",
  "is made in Klaviyo again",
  "is merged in HubSpot",
];

export interface Occurrence {
  readonly happening: Happening;
  /** Before which run it happens, or in which. */
  readonly run: number;
  /** Before which call of that run to either system; `null`: before the run. */
  readonly instant: number | null;
}

export const RUNS = 6;
const INSTANTS = 40;

const anyOccurrence: fc.Arbitrary<Occurrence> = fc.oneof(
  fc.record({
    happening: fc.constantFrom(...AT_ANY_INSTANT),
    run: fc.nat(RUNS - 1),
    instant: fc.integer({ min: 1, max: INSTANTS }),
  }),
  fc.record({
    happening: fc.constantFrom(...AT_ANY_INSTANT, ...BETWEEN_RUNS),
    run: fc.nat(RUNS - 1),
    instant: fc.constant(null),
  }),
);

/** One person's history. */
export const anyLife: fc.Arbitrary<readonly Occurrence[]> = fc.array(anyOccurrence, { maxLength: 6 });

/** One person as they are, whatever the systems call them. */
export interface Person {
  readonly name: string;
  emails: string[];
  contact: string;
  profile: string | null;
  /** They refused, and did not take it back themselves since. */
  refused: boolean;
  /** The run in or before which they last refused: what nobody could have seen yet. */
  refusedIn: number;
  /** Klaviyo was asked to subscribe them although they had refused. */
  overruled: boolean;
}

export interface Systems {
  readonly hubspot: MemoryConnector;
  readonly klaviyo: MemoryConnector;
}

export function born(systems: Systems, index: number): Person {
  const name = `p${index}`;
  const email = `${name}@example.com`;
  const contact = systems.hubspot.user.create(email, { firstname: name }, ["all"]);
  const person = { name, emails: [email], contact, profile: null };
  return { ...person, refused: false, refusedIn: -1, overruled: false };
}

/** Whose profile is whose: known by address, as anybody would see it. */
export function meet(systems: Systems, people: readonly Person[]): void {
  const byEmail = new Map(
    systems.klaviyo.user.all().map((profile) => [profile.shownEmail ?? "", profile.id]),
  );
  for (const person of people) {
    const still = person.profile !== null && systems.klaviyo.user.see(person.profile) !== undefined;
    if (still) continue;
    person.profile =
      person.emails.map((email) => byEmail.get(email) ?? null).find((id) => id !== null) ?? null;
  }
}

export function happen(
  systems: Systems,
  acts: Acts,
  person: Person,
  happening: Happening,
  run: number,
): void {
  const { hubspot, klaviyo } = systems;
  const { contact, profile } = person;
  const refuse = (): void => {
    person.refused = true;
    person.refusedIn = run;
  };
  // Gone before anybody could see the refusal, it is as if it had never been made: nobody can know of it.
  const unseen = person.refused && person.refusedIn >= run;
  switch (happening) {
    case "unsubscribes":
    case "complains":
      if (profile === null) return;
      if (happening === "unsubscribes") acts.unsubscribe(profile);
      else acts.complain(profile);
      return refuse();
    case "is suppressed by hand":
    case "bounces":
      if (profile === null) return;
      acts.suppress(profile, happening === "bounces" ? "HARD_BOUNCE" : "USER_SUPPRESSED");
      return refuse();
    case "refuses in HubSpot":
      hubspot.user.setConsent(contact, plainConsent("unsubscribed"));
      return refuse();
    case "signs up": {
      if (profile === null) return;
      acts.signUp(profile);
      hubspot.user.setConsent(contact, plainConsent("never_subscribed"));
      person.refused = false;
      person.overruled = false;
      return;
    }
    case "leaves the list":
      return hubspot.user.leave(contact, "all");
    case "joins the list":
      return hubspot.user.join(contact, "all");
    case "is edited":
      return hubspot.user.edit(contact, { firstname: `${person.name} ${run}` });
    case "changes address in HubSpot":
    case "changes address in Klaviyo": {
      if (unseen) return;
      const email = `${person.name}.${run}@example.com`;
      if (happening === "changes address in HubSpot") hubspot.user.changeEmail(contact, email);
      else if (profile !== null) klaviyo.user.changeEmail(profile, email);
      person.emails.unshift(email);
      return;
    }
    case "is deleted in Klaviyo":
      if (unseen || profile === null) return;
      klaviyo.user.delete(profile);
      person.profile = null;
      return;
    case "is made in Klaviyo again":
      if (profile !== null) return;
      person.profile = klaviyo.user.create(person.emails[0] ?? null, {});
      return;
    case "is merged in HubSpot": {
      if (unseen) return;
      const email = `${person.name}.merged${run}@example.com`;
      const survivor = hubspot.user.create(email, { firstname: person.name }, ["all"]);
      const refused = hubspot.user.see(contact)?.consent ?? plainConsent("never_subscribed");
      hubspot.user.merge(survivor, contact);
      hubspot.user.setConsent(survivor, refused);
      person.contact = survivor;
      person.emails.unshift(email);
      return;
    }
  }
}

/** Klaviyo was asked for these people: was any of them known to have refused? */
export function noteAsked(people: readonly Person[], requested: readonly Clearance[]): void {
  for (const { email } of requested) {
    const person = people.find(({ emails }) => emails.includes(email));
    if (person?.refused === true) person.overruled = true;
  }
}

/** Would Klaviyo send to somebody who refused, because Tandem asked it to? */
export function isWronged({ klaviyo }: Systems, person: Person): boolean {
  if (!person.refused || !person.overruled || person.profile === null) return false;
  const consent = klaviyo.user.see(person.profile)?.consent ?? null;
  return consent !== null && consent.status === "subscribed" && !isBlocked(consent);
}
