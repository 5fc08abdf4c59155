import { shownConsent } from "../support/shown-consent.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { clip } from "../../src/model/clip.ts";
import type { RichWorld } from "../browser/rich-world.ts";
import { TITLE_FIELD, sent } from "./pages/journal-seed.ts";
import { before } from "./seed.ts";

/** In every address of this world, and in nothing else. Each is told from the others by its number. */
export const SECRET = /zq\d+kw/g;
/** In every phone number of this world, in whatever groups. */
export const PHONE = /5{3}[ .-]?0?1[ .-]?2[ .-]?3/;
/** Beside each secret, to see which texts are shown. */
export const SEEN = /vis\d+x/g;

let count = 0;
/** The next address: its name has signs that end attributes, words, queries and JSON strings. */
function address(): string {
  count += 1;
  const signs = ["'", "=", "&", "/", "+", '"', ".", "%", "(", ":"];
  const [one, other] = [signs[count % signs.length], signs[Math.floor(count / 3) % signs.length]];
  return `p${one}zq${count}kw${other}r@example.com`;
}

const PLACES: readonly ((address: string) => string)[] = [
  (one) => one,
  (one) => `"${one}" was rejected`,
  (one) => `https://shop.example.com/u?e=${encodeURIComponent(one)}&b=1`,
  (one) => `https://shop.example.com/${encodeURIComponent(encodeURIComponent(one))}`,
  (one) => `https://shop.example.com/?e=${one}`,
  (one) => Array.from(one, (sign) => (/\w/.test(sign) ? sign : `&#${sign.charCodeAt(0)};`)).join(""),
  (one) => one.replace("@", String.raw`\u0040`),
  (one) => `token=${Buffer.from(one).toString("base64url")}`,
  (one) => `+1 555 123 4567 <${one}>`,
  (one) => `${"long ".repeat(22)} ${one}`,
];

/** The next text that somebody else wrote: something that may be shown, and an address in one form or another. */
export function word(): string {
  const place = PLACES[count % PLACES.length] ?? String;
  const own = address();
  return `vis${count}x ${place(own)}`;
}

const FIRSTNAME = "firstname:first_name:text";
const LASTNAME = "lastname:last_name:text";
const PHONE_FIELD = "phone:phone_number:text";

/** A person whose address, names, values, problems, clicks and history are awkward. */
export async function somebody(
  world: RichWorld,
  index: number,
): Promise<{ readonly id: bigint; readonly email: string }> {
  const { fresh, it, runId } = world;
  const { database } = fresh;
  const { connectionId } = it;
  const email = address();
  const [hubspotId, klaviyoId] = [`${8_000 + index}`, `KX${index}`];
  const linkId = await it.link(email, index % 2 === 0 ? "failing" : "in_sync", { hubspotId, klaviyoId });
  const values = { [FIRSTNAME]: word(), [TITLE_FIELD]: word(), [PHONE_FIELD]: "5551234567" };
  await it.sighting(linkId, "hubspot", hubspotId, values);
  await it.sighting(linkId, "klaviyo", klaviyoId, {
    ...values,
    [FIRSTNAME]: address(),
    [PHONE_FIELD]: "+15551239999",
  });
  const suppressions = [{ reason: word(), at: "2026-02-21T00:00:00Z" }];
  const shown = shownConsent({ ...plainConsent("unsubscribed"), suppressions });
  await database.sighting.updateMany({
    where: { linkId },
    data: { emailKey: email, shownEmail: email, ...shown },
  });
  await it.problem(linkId, {
    title: clip(word(), 60),
    explanation: word(),
    fix: [word()],
    reference: "ref-1",
  });
  await it.problem(linkId, { explanation: '"555 123 4567" has no country code.', code: "KL-OTHER" });
  const change = { [PHONE_FIELD]: "5551234567", [FIRSTNAME]: word() };
  await sent(fresh, {
    linkId,
    runId,
    before: { ...change, unshown: word() },
    after: { ...change, [FIRSTNAME]: address() },
  });
  await database.conflict.create({
    data: {
      linkId,
      runId,
      field: PHONE_FIELD,
      kind: "changed_on_both",
      winner: "hubspot",
      won: "5551234567",
      lost: "555-123-4568",
      at: before(20),
    },
  });
  for (const [place, write] of PLACES.entries()) {
    const event = { metricId: "M1", kind: "clicked", channel: "email", sourceKind: "flow", byMachine: false };
    const about = {
      person: klaviyoId,
      email,
      url: write(address()),
      detail: word(),
      subject: word(),
      sourceName: word(),
    };
    const times = { at: before(60 + place), seenAt: before(50), fate: "recorded", reason: word() };
    const eventId = `clicked-${index}-${place}`;
    await database.engagement.create({ data: { ...event, ...about, ...times, connectionId, eventId } });
  }
  return { id: linkId, email };
}

/** Somebody whose name is nothing but a name. */
export async function plainName(world: RichWorld): Promise<string> {
  const email = address();
  const linkId = await world.it.link(email, "in_sync", { hubspotId: "8099" });
  await world.it.sighting(linkId, "hubspot", "8099", { [FIRSTNAME]: "Ines-Maria", [LASTNAME]: "O'Karlsson" });
  return email;
}
