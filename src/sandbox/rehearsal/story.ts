import type { SeedContact } from "../hubspot/control/operations.ts";
import type { HubspotSandbox } from "../hubspot/sandbox.ts";
import type { SeedProfile } from "../klaviyo/control/seed-profile.ts";
import type { KlaviyoSandbox } from "../klaviyo/control/operations.ts";
import type { Random } from "../random.ts";
import { tellEngagement } from "./engagement.ts";
import type { Person } from "./person.ts";
import { person } from "./person.ts";

/** The names that the demo's mapping uses. */
const HUBSPOT_LIST = "All customers";
const KLAVIYO_LIST = "Newsletter";
const KLAVIYO_SEGMENT = "Engaged 90 days";

/** The people who cannot be synced as they are, by what is wrong with them. */
export interface BrokenPeople {
  readonly badPhone: readonly string[];
  readonly missingOption: readonly string[];
  readonly phoneTaken: readonly string[];
  readonly twoContacts: readonly string[];
}

/** What the story made, for a test or a demo to come back to. */
export interface Story {
  readonly people: number;
  readonly hubspotList: string;
  readonly klaviyoList: string;
  readonly klaviyoSegment: string;
  readonly broken: BrokenPeople;
  /** Ids of what was sent in Klaviyo, newest last. */
  readonly campaigns: readonly string[];
}

/** Of a hundred people, so many are in HubSpot only and in Klaviyo only; the others are in both. */
const HUBSPOT_ONLY = 45;
const KLAVIYO_ONLY = 20;
/** Of each kind of broken person. */
const BROKEN_OF_EACH = 3;

/**
 * Fills both systems with one company's people: customers in HubSpot, newsletter readers in Klaviyo, most of them in
 * both with small differences, and a few whom no sync can settle before a person has looked.
 */
export function tellStory(
  random: Random,
  count: number,
  hubspot: HubspotSandbox,
  klaviyo: KlaviyoSandbox,
): Story {
  const hubspotList = hubspot.createList(HUBSPOT_LIST);
  const klaviyoList = klaviyo.createList({ name: KLAVIYO_LIST });
  const klaviyoSegment = klaviyo.createSegment({ name: KLAVIYO_SEGMENT });
  const contacts: SeedContact[] = [];
  const profiles: SeedProfile[] = [];
  for (let number = 0; number < count; number += 1) {
    const who = person(random, number);
    const kind = random.below(100);
    if (kind >= KLAVIYO_ONLY) contacts.push(contactOf(who, hubspotList));
    if (kind < KLAVIYO_ONLY) profiles.push(profileOf(who, { segments: [klaviyoSegment] }));
    else if (kind >= KLAVIYO_ONLY + HUBSPOT_ONLY) {
      // Somebody retyped the city in Klaviyo once: a difference that the first sync has to decide.
      const differing = random.chance(0.1) ? { ...who, city: `${who.city} (old)` } : who;
      profiles.push(profileOf(differing, {}));
    }
  }
  hubspot.seedContacts(contacts);
  klaviyo.seed(profiles);
  // Nobody means nobody: a rehearsal that fills the systems itself wants them empty.
  const broken = breakSome(count === 0 ? 0 : BROKEN_OF_EACH, hubspot, klaviyo, hubspotList, klaviyoSegment);
  const readers = profiles.flatMap(({ email }) => email ?? []);
  const campaigns = count === 0 ? [] : tellEngagement(random, klaviyo, readers);
  return { people: count, hubspotList, klaviyoList, klaviyoSegment, broken, campaigns };
}

function contactOf(who: Person, list: string): SeedContact {
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

function profileOf(who: Person, more: Pick<SeedProfile, "segments">): SeedProfile {
  return {
    email: who.email,
    first_name: who.firstName,
    last_name: who.lastName,
    title: who.jobTitle,
    phone_number: who.phone,
    location: { city: who.city },
    properties: { Persona: who.persona, interests: [...who.interests] },
    ...more,
  };
}

const LONG_AGO = "2024-03-01T09:00:00.000Z";

function breakSome(
  ofEach: number,
  hubspot: HubspotSandbox,
  klaviyo: KlaviyoSandbox,
  list: string,
  segment: string,
): BrokenPeople {
  const each = (name: string): readonly string[] =>
    Array.from({ length: ofEach }, (_, index) => `${name}.${index + 1}@example.com`);
  const broken = {
    badPhone: each("bad.phone"),
    missingOption: each("missing.option"),
    phoneTaken: each("phone.taken"),
    twoContacts: each("two.contacts"),
  };
  const seed = (
    email: string,
    properties: SeedContact["properties"],
    more: Partial<SeedContact> = {},
  ): void =>
    void hubspot.seedContacts([{ properties: { email, ...properties }, lists: [list], ...more }], {
      force: true,
    });
  for (const email of broken.badPhone)
    seed(email, { firstname: "Bad", lastname: "Phone", phone: "ask at reception" });
  for (const email of broken.missingOption) {
    klaviyo.seed([
      {
        email,
        first_name: "Missing",
        last_name: "Option",
        properties: { Persona: "Partner" },
        segments: [segment],
      },
    ]);
  }
  broken.phoneTaken.forEach((email, index) => {
    const phone = `+1212555010${index}`;
    klaviyo.seed([{ email: `owner.${index + 1}@example.com`, first_name: "Owner", phone_number: phone }]);
    seed(email, { firstname: "Phone", lastname: "Taken", phone });
  });
  for (const email of broken.twoContacts) {
    // The one that was created first is linked, and ids do not tell which one that is.
    seed(email, { firstname: "Older", lastname: "Contact" }, { createdAt: LONG_AGO });
    seed(email, { firstname: "Younger", lastname: "Contact" });
  }
  return broken;
}
