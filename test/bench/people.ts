import type { Side } from "../../src/model/side.ts";
import type { SeedContact } from "../../src/sandbox/hubspot/control/operations.ts";
import type { DumpedContact } from "../../src/sandbox/hubspot/control/dump.ts";
import type { DumpedProfile } from "../../src/sandbox/klaviyo/control/dump.ts";
import type { SeedProfile } from "../../src/sandbox/klaviyo/control/seed-profile.ts";
import { seededRandom } from "../../src/sandbox/random.ts";
import type { Person } from "../../src/sandbox/rehearsal/person.ts";
import { person } from "../../src/sandbox/rehearsal/person.ts";

/** The people of a bench by address: what both sides should show in the end. */
export type People = Map<string, Person>;

export function makePeople(count: number): People {
  const random = seededRandom(1);
  return new Map(
    Array.from({ length: count }, (_, number) => {
      const who = person(random, number);
      return [who.email, who];
    }),
  );
}

/** Every hundredth of them moves to another city. */
export function moveSome(people: People): readonly Person[] {
  const moved = [...people.values()]
    .filter((_, number) => number % 100 === 0)
    .map((who) => ({ ...who, city: `${who.city}, new town` }));
  for (const who of moved) people.set(who.email, who);
  return moved;
}

export function contactOf(who: Person, list: string): SeedContact {
  const properties = {
    email: who.email,
    firstname: who.firstName,
    lastname: who.lastName,
    jobtitle: who.jobTitle,
    city: who.city,
    phone: who.phone,
    persona: who.persona,
    interests: who.interests.join(";"),
    renewal_date: who.renewal,
  };
  return { properties, lists: [list] };
}

export function profileOf(who: Person, segment: string): SeedProfile {
  return {
    email: who.email,
    first_name: who.firstName,
    last_name: who.lastName,
    title: who.jobTitle,
    phone_number: who.phone,
    location: { city: who.city },
    properties: { Persona: who.persona, interests: [...who.interests], renewal_date: who.renewal },
    segments: [segment],
  };
}

/** A person as one side shows them, in words that both sides share. */
export type Shown = Readonly<Record<string, string>>;

export function shownByHubSpot({ properties }: DumpedContact): Shown {
  return {
    email: text(properties["email"]),
    first: text(properties["firstname"]),
    last: text(properties["lastname"]),
    title: text(properties["jobtitle"]),
    city: text(properties["city"]),
    phone: text(properties["phone"]),
    persona: text(properties["persona"]),
    interests: text(properties["interests"]).split(";").toSorted().join(";"),
    renewal: text(properties["renewal_date"]),
  };
}

export function shownByKlaviyo({ email, attributes, location, properties }: DumpedProfile): Shown {
  return {
    email: text(email),
    first: text(attributes["first_name"]),
    last: text(attributes["last_name"]),
    title: text(attributes["title"]),
    city: text(location["city"]),
    phone: text(attributes["phone_number"]),
    persona: text(properties["Persona"]),
    interests: listText(properties["interests"]),
    renewal: text(properties["renewal_date"]),
  };
}

/** What a side should show. Titles and renewals flow to Klaviyo only: a HubSpot that is filled from there has none. */
export function expectedOn(side: Side, filledFrom: Side, who: Person): Shown {
  const flows = side === "klaviyo" || filledFrom === "hubspot";
  return {
    email: who.email,
    first: who.firstName,
    last: who.lastName,
    title: flows ? who.jobTitle : "",
    city: who.city,
    phone: who.phone,
    persona: who.persona,
    interests: listText(who.interests),
    renewal: flows ? who.renewal : "",
  };
}

function listText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).toSorted().join(";") : "";
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
