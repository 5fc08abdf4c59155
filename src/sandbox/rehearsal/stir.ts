import type { Random } from "../random.ts";
import type { Rehearsal } from "./rehearsal.ts";

const TITLES = ["Buyer", "Head of Buying", "Director", "Team Lead", "Partner Manager"];
const CITIES = ["Porto", "Tartu", "Aarhus", "Gdańsk", "Genève"];

/** What somebody just did, for the demo to tell. */
export interface Stirred {
  readonly side: "hubspot" | "klaviyo";
  readonly email: string;
  readonly what: string;
}

/** One person's edit on each side, of somebody who is there. */
export function stir(rehearsal: Rehearsal, random: Random): readonly Stirred[] {
  const done: Stirred[] = [];
  const contact = random.pick(rehearsal.hubspot.sandbox.dumpContacts(null, 100).contacts);
  const email = contact.properties["email"];
  if (typeof email === "string") {
    const title = random.pick(TITLES);
    rehearsal.hubspot.sandbox.editContact({ id: contact.id }, { jobtitle: title });
    done.push({ side: "hubspot", email, what: `job title is now ${title}` });
  }
  const profile = random.pick(rehearsal.klaviyo.sandbox.dump(null, 100).profiles);
  if (profile.email !== null) {
    const city = random.pick(CITIES);
    rehearsal.klaviyo.sandbox.editProfile(profile.id, { location: { city } });
    done.push({ side: "klaviyo", email: profile.email, what: `city is now ${city}` });
  }
  return done;
}
