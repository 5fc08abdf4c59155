import type { Random } from "../random.ts";
import type { Rehearsal } from "./rehearsal.ts";

const TITLES = ["Buyer", "Head of Buying", "Director", "Team Lead", "Partner Manager"];
const CITIES = ["Porto", "Tartu", "Aarhus", "Gdańsk", "Genève"];

const LATE_MS = 180_000;

/** What somebody just did, for the demo to tell. */
export interface Stirred {
  readonly side: "hubspot" | "klaviyo";
  readonly email: string;
  readonly what: string;
}

/** One person's edit on each side, of somebody who is there, and what somebody does with the newest mail. */
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
  const read = engage(rehearsal, random);
  if (read !== null) done.push(read);
  return done;
}

/** Somebody who can be sent mail opens or clicks it; now and then Klaviyo tells of it only minutes later. */
function engage({ klaviyo: { sandbox }, story }: Rehearsal, random: Random): Stirred | null {
  const message = story.campaigns.at(-1);
  const readers = sandbox
    .dump(null, 100)
    .profiles.filter(({ email, can_receive_email_marketing: can }) => email !== null && can);
  if (message === undefined || readers.length === 0) return null;
  const { id, email } = random.pick(readers);
  const kind = random.pick(["opened", "clicked"] as const);
  const late = random.chance(0.2) ? { visible_after_ms: LATE_MS } : {};
  sandbox.engage({ kind, profile: id, message, machine: random.chance(0.2), ...late });
  return {
    side: "klaviyo",
    email: email ?? id,
    what: kind === "opened" ? "opened the newest mail" : "clicked in the newest mail",
  };
}
