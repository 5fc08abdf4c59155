import type { Store } from "../../../src/store/database/store.ts";
import { Prisma } from "../../../src/store/generated/client.ts";
import type { Known, Person } from "./known.ts";
import { NOW, ago } from "./known.ts";

/** As it was stored before problems had a reference. */
export const OLD_PROBLEM = {
  code: "KL-400",
  level: "field",
  side: "klaviyo",
  field: "phone",
  title: "Not a phone number",
  explanation: "Klaviyo does not accept 123",
  fix: ["Correct it"],
  retry: "on_change",
};

type LinkRow = Omit<Prisma.LinkCreateManyInput, "connectionId" | "emailKey">;

const BASE = {
  email: { hubspot: "jo@example.com", klaviyo: null },
  first: { hubspot: ["a"], klaviyo: true, settling: { hubspot: false, klaviyo: true } },
};
const REFUSED = { "klaviyo phone": { value: "123", problem: OLD_PROBLEM } };
const IGNORED = { state: "ignored", ignoredAt: ago(5), ignoredBy: "Kay", ignoredReason: "A test person" };

/** Who is in which situation, at the two sides and between them. */
const PEOPLE: Readonly<Record<Person, LinkRow>> = {
  // In sync, and opted out since in Klaviyo.
  jo: { hubspotId: "1", klaviyoId: "K1", state: "in_sync", base: BASE, lists: ["LIST"], settledAt: ago(1) },
  fay: {
    hubspotId: "2",
    klaviyoId: "K2",
    state: "failing",
    attempts: 3,
    retryAt: ago(0.5),
    retriedAt: ago(60),
    refused: REFUSED,
    dirtySince: ago(2),
  },
  ida: { hubspotId: "3", klaviyoId: "K3", ...IGNORED, ignoredEnds: "at", ignoredUntil: ago(1) },
  ivo: { hubspotId: "4", klaviyoId: "K4", ...IGNORED, ignoredEnds: "never" },
  del: { hubspotId: "5", klaviyoId: "K5", deletedOn: "hubspot" },
  mia: { hubspotId: "6", klaviyoId: "K6", missingOn: "klaviyo" },
  // Merged into Jo in HubSpot, and two still in Klaviyo.
  max: { klaviyoId: "K7", partedOn: "hubspot", dirtySince: ago(1) },
  pat: { passed: true },
  hal: { hubspotId: "9", dirtySince: ago(1), klaviyoSought: ago(3) },
  kim: { klaviyoId: "K10", hubspotSought: ago(3) },
  exa: { state: "excluded", reason: "In no list of a rule" },
  // Two who have each other's addresses in HubSpot.
  ann: { hubspotId: "11", klaviyoId: "K11", dirtySince: ago(1) },
  bob: { hubspotId: "12", klaviyoId: "K12", dirtySince: ago(1) },
  // Both sides show another address than the link is under.
  tom: { hubspotId: "13", klaviyoId: "K13", dirtySince: ago(1) },
  // Failing with a contact that cannot be read.
  una: { hubspotId: "14", state: "failing" },
  // His profile shows no address since Tandem took it for a swap.
  ray: { hubspotId: "15", klaviyoId: "K15", dirtySince: ago(1) },
};

export async function seedLinks(store: Store): Promise<Known["links"]> {
  const { statements, connectionId } = store;
  const links: Partial<Record<Person, bigint>> = {};
  for (const [person, row] of Object.entries(PEOPLE) as [Person, LinkRow][]) {
    const data = { connectionId, emailKey: `${person}@example.com`, ...row };
    links[person] = (await statements.link.create({ data })).id;
  }
  await statements.$executeRaw`UPDATE link SET parted_to = ${links.jo} WHERE id = ${links.max}`;
  return links;
}

type SightingRow = Pick<Prisma.SightingCreateManyInput, "side" | "externalId"> &
  Partial<Prisma.SightingCreateManyInput>;

const NONE = { suppressions: [], listSuppressions: [], optedOutTypes: [], sms: null };
const SUBSCRIBED = { ...NONE, status: "subscribed" };
const OPTED_OUT = { ...NONE, status: "unsubscribed", sms: "subscribed" };
const BOUNCED = {
  status: "subscribed",
  suppressions: [{ reason: "HARD_BOUNCE", at: ago(9).toISOString() }],
};

function sightingsOf(links: Known["links"]): readonly SightingRow[] {
  const hubspot = (person: Person, externalId: string, more: Partial<SightingRow> = {}): SightingRow => ({
    side: "hubspot",
    externalId,
    linkId: links[person] ?? null,
    emailKey: `${person}@example.com`,
    ...more,
  });
  const klaviyo = (person: Person, externalId: string, more: Partial<SightingRow> = {}): SightingRow => ({
    ...hubspot(person, externalId, more),
    side: "klaviyo",
  });
  const choice = { consent: OPTED_OUT, verdict: "by_choice", verdictReason: "unsubscribed" };
  const alone = { linkId: null };
  const subscribed = {
    consent: SUBSCRIBED,
    verdict: "none",
    verdictReason: "",
    consentState: "subscribed",
  };
  return [
    hubspot("jo", "1", {
      ...subscribed,
      shownEmail: "Jo@example.com",
      beforeWrite: "d",
      beforeWriteUntil: NOW,
    }),
    klaviyo("jo", "K1", { ...choice, consentState: "opted out", optOutSentAt: ago(5) }),
    hubspot("fay", "2", {
      otherEmails: ["fay.other@example.com"],
      unreadable: { phone: OLD_PROBLEM },
      edited: { first: { after: null, until: "2026-11-01T00:00:00+00:00", skewMs: 0.5 } },
    }),
    klaviyo("fay", "K2", { emailKey: null, readAt: null, consent: Prisma.JsonNull }),
    hubspot("ida", "3"),
    // As stored before consent had more than a status and suppressions.
    klaviyo("ida", "K3", { consent: BOUNCED, verdict: "by_fact", verdictReason: "HARD_BOUNCE" }),
    hubspot("ivo", "4"),
    klaviyo("ivo", "K4", subscribed),
    hubspot("del", "5", { readAt: ago(1) }),
    klaviyo("del", "K5"),
    hubspot("mia", "6"),
    klaviyo("max", "K7"),
    hubspot("hal", "9"),
    klaviyo("kim", "K10"),
    hubspot("ann", "11", { emailKey: "bob@example.com" }),
    klaviyo("ann", "K11"),
    hubspot("bob", "12", { emailKey: "ann@example.com" }),
    klaviyo("bob", "K12"),
    hubspot("tom", "13", { emailKey: "tom.new@example.com" }),
    klaviyo("tom", "K13", { emailKey: "tom.new@example.com" }),
    hubspot("ray", "15", { emailKey: "ray.new@example.com" }),
    klaviyo("ray", "K15", { emailKey: null }),
    hubspot("jo", "20", alone),
    hubspot("jo", "21", { ...alone, emailKey: null, readAt: ago(90), shownEmail: "no address" }),
    hubspot("jo", "22", { ...alone, emailKey: "stranger@example.com", readAt: null, ...choice }),
    klaviyo("hal", "K23", alone),
    hubspot("jo", "24", { ...alone, emailKey: "kim.work@example.com", otherEmails: ["kim@example.com"] }),
  ];
}

const FIELDS = { "firstname:first_name": "Jo", tags: ["a", "b"], vip: true, empty: null };

/** What both sides show of them, who is in which list, and what cannot be read. */
export async function seedSightings(store: Store, links: Known["links"]): Promise<void> {
  const { statements, connectionId } = store;
  const shown = {
    connectionId,
    fields: FIELDS,
    unreadable: {},
    digest: "d",
    createdAt: ago(90),
    updatedAt: ago(3),
    seenAt: ago(3),
    readAt: ago(3),
    shape: "s",
  };
  await statements.sighting.createMany({ data: sightingsOf(links).map((row) => ({ ...shown, ...row })) });
  const of = { connectionId, collection: "31", side: "hubspot" };
  await statements.member.createMany({
    data: [
      { ...of, externalId: "1", scan: "one" },
      { ...of, externalId: "2", collection: "32" },
      { ...of, externalId: "22" },
      { ...of, externalId: "3", absences: 2 },
      { ...of, externalId: "77" },
      { ...of, side: "klaviyo", collection: "SEG", externalId: "K1" },
    ],
  });
  const unread = { connectionId, side: "hubspot", since: ago(3), triedAt: ago(1), problem: OLD_PROBLEM };
  await statements.unreadableContact.createMany({
    data: [
      { ...unread, externalId: "14" },
      { ...unread, externalId: "77", emailKey: "hidden@example.com" },
    ],
  });
  const alias = { connectionId, side: "hubspot", since: ago(90) };
  await statements.linkAlias.createMany({
    data: [
      { ...alias, linkId: links.jo ?? 0n, emailKey: "jo.old@example.com", side: "both", until: ago(50) },
      {
        ...alias,
        linkId: links.jo ?? 0n,
        emailKey: "jo.left@example.com",
        until: ago(5),
        consentUnread: true,
      },
      { ...alias, linkId: links.jo ?? 0n, emailKey: "kim@example.com", side: "both", until: ago(50) },
    ],
  });
}
