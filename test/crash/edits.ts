import type { Random } from "../../src/sandbox/random.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";

/** Something that people do in the vendors' own pages. The same in every universe it is done in. */
export interface Edit {
  readonly what: string;
  do(rehearsal: Rehearsal): void;
}

/** People of whom nobody has done anything yet in this chapter, by what may be done about them. Taking one takes them out. */
export interface Cast {
  /** In HubSpot's list and in Klaviyo, not in the segment. */
  readonly customers: string[];
  /** In Klaviyo's segment and in HubSpot, not in the list. */
  readonly readers: string[];
  /** In the list and in the segment: both sides lead. */
  readonly both: string[];
}

/** The people as they stand now, in an order of chance. Those who cannot be synced as they are stay out of it. */
export function castOf({ hubspot, klaviyo, story }: Rehearsal, random: Random): Cast {
  const broken = new Set(Object.values(story.broken).flat());
  const cast: Cast = { customers: [], readers: [], both: [] };
  for (const { properties, lists } of hubspot.sandbox.dumpContacts(null, 100_000).contacts) {
    const email = properties["email"] ?? "";
    const profile = klaviyo.sandbox.profile(email);
    if (profile === null || broken.has(email)) continue;
    const leads = { hubspot: lists.includes(story.hubspotList), klaviyo: profile.segments.length > 0 };
    if (leads.hubspot && leads.klaviyo) cast.both.push(email);
    else if (leads.hubspot) cast.customers.push(email);
    else if (leads.klaviyo) cast.readers.push(email);
  }
  for (const people of Object.values(cast) as string[][]) shuffle(people, random);
  return cast;
}

function shuffle(items: string[], random: Random): void {
  items.sort();
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [items[last], items[other]] = [items[other] ?? "", items[last] ?? ""];
  }
}

let told = 0;
const once = (word: string): string => `${word} ${(told += 1)}`;

const contact = (email: string, properties: Readonly<Record<string, string>>): Edit => ({
  what: `${email} in HubSpot: ${JSON.stringify(properties)}`,
  do: ({ hubspot }) => hubspot.sandbox.editContact({ email }, properties),
});
const profile = (email: string, attributes: Readonly<Record<string, unknown>>): Edit => ({
  what: `${email} in Klaviyo: ${JSON.stringify(attributes)}`,
  do: ({ klaviyo }) => klaviyo.sandbox.editProfile(email, attributes),
});

/** Somebody new in HubSpot. Nothing that happens before they are in Klaviyo too can be in their way. */
export function newCustomer(): readonly Edit[] {
  const name = once("Customer");
  const properties = {
    email: `${name.replace(" ", ".").toLowerCase()}@example.com`,
    firstname: name,
    city: "Porto",
    jobtitle: "Buyer",
    interests: "news",
  };
  const seed = ({ hubspot, story }: Rehearsal) =>
    void hubspot.sandbox.seedContacts([{ properties, lists: [story.hubspotList] }]);
  return [{ what: `${properties.email} is new in HubSpot`, do: seed }];
}

export function newReader(): readonly Edit[] {
  const first_name = once("Reader");
  const email = `${first_name.replace(" ", ".").toLowerCase()}@example.com`;
  const attributes = { email, first_name, location: { city: "Tartu" }, properties: { Persona: "buyer" } };
  const make = ({ klaviyo, story }: Rehearsal): void => {
    klaviyo.sandbox.createProfile(attributes);
    klaviyo.sandbox.addToSegment(story.klaviyoSegment, [email]);
  };
  return [{ what: `${email} is new in Klaviyo`, do: make }];
}

/** An edit of somebody in HubSpot whom HubSpot leads. */
export function customerEdit(email: string, random: Random): readonly Edit[] {
  const change = random.pick<Readonly<Record<string, string>>>([
    { city: once("City") },
    { lastname: once("Last"), jobtitle: once("Title") },
    { interests: random.pick(["news;events", "offers", "training"]) },
    { renewal_date: `2028-0${1 + random.below(9)}-15` },
  ]);
  return [contact(email, change)];
}

const customerActs: readonly ((email: string) => Edit)[] = [
  // Means nothing before the first agreement, which never empties anything.
  (email) => contact(email, { jobtitle: "" }),
  (email) => contact(email, { phone: "ask at reception" }),
  (email) => ({
    what: `${email} leaves the list`,
    do({ hubspot, story }) {
      const found = hubspot.sandbox.state.contacts.byEmail(email);
      hubspot.sandbox.changeMembers(story.hubspotList, { remove: [found?.id ?? ""] });
    },
  }),
  (email) => ({
    what: `${email} joins the segment`,
    do: ({ klaviyo, story }) => klaviyo.sandbox.addToSegment(story.klaviyoSegment, [email]),
  }),
  (email) => ({
    what: `${email} is deleted in Klaviyo`,
    do: ({ klaviyo }) => klaviyo.sandbox.deleteProfile(email),
  }),
];

const readerActs: readonly ((email: string) => Edit)[] = [
  (email) => profile(email, { first_name: once("First"), location: { city: once("City") } }),
  (email) => profile(email, { properties: { interests: ["events", "offers"] } }),
  (email) => ({
    what: `${email} is archived in HubSpot`,
    do: ({ hubspot }) => hubspot.sandbox.archiveContact({ email }),
  }),
];

/** Both sides edit one person at once. */
const bothActs: readonly ((email: string) => readonly Edit[])[] = [
  // Different fields: both survive.
  (email) => [contact(email, { lastname: once("Last") }), profile(email, { first_name: once("First") })],
  // The same field: HubSpot wins, and Klaviyo's value is kept as the loser.
  (email) => [contact(email, { city: once("City") }), profile(email, { location: { city: once("Town") } })],
  // A list that is joined: what either side adds or takes away counts.
  (email) => [
    contact(email, { interests: "news;offers" }),
    profile(email, { properties: { interests: ["training"] } }),
  ],
  (email) => [profile(email, { last_name: once("Last"), properties: { Persona: "champion" } })],
];

/** The next thing that happens to somebody who was left alone so far in this chapter. */
export function someEdit(cast: Cast, random: Random): readonly Edit[] {
  const kind = random.below(100);
  if (kind < 12) return newCustomer();
  if (kind < 22) return newReader();
  const act = <A>(people: string[], acts: readonly ((email: string) => A)[]): readonly A[] => {
    const email = people.pop();
    return email === undefined ? [] : [random.pick(acts)(email)];
  };
  if (kind < 45) return act(cast.both, bothActs).flat();
  if (kind < 60) return act(cast.readers, readerActs);
  if (kind < 75) return act(cast.customers, customerActs);
  return act(cast.customers, [(email) => customerEdit(email, random)]).flat();
}

/** Somebody mends a phone number that could not be synced. */
export function mend(email: string, number: number): Edit {
  return contact(email, { phone: `+1 212 555 01${String(50 + number)}` });
}

/** Enough people whom both sides lead, for later chapters to edit on both at once. */
export function joinSegment(cast: Cast, count: number): Edit {
  const emails = cast.customers.splice(0, count);
  return {
    what: `${count} customers join the segment`,
    do: ({ klaviyo, story }) => klaviyo.sandbox.addToSegment(story.klaviyoSegment, emails),
  };
}

/** A bulk edit: more people than Klaviyo is told one by one. */
export function renameMany(cast: Cast, count: number): Edit {
  const emails = cast.customers.splice(0, count);
  const city = once("City");
  return {
    what: `${count} customers move to ${city}`,
    do({ hubspot }) {
      for (const email of emails) hubspot.sandbox.editContact({ email }, { city });
    },
  };
}
