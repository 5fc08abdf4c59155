import { z } from "zod";
import type { Side } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import type { Statements } from "../database/database.ts";
import { Prisma } from "../generated/client.ts";
import { sealHold, waitingHold, withdrawHold } from "../runs/holds.ts";
import { linksUnder } from "../links/links-under.ts";
import { forgetStamps } from "../feeds/stamps.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

/** Where a person is in one connection. */
export interface PersonRows {
  readonly links: readonly bigint[];
  readonly contacts: readonly { readonly side: Side; readonly id: string }[];
}

/** What was removed, in numbers. */
export interface ErasedRows {
  readonly links: number;
  readonly contacts: number;
  /** Writes in the journal, with what was there before and after. */
  readonly writes: number;
  /** What they did with messages; it stays counted, without them. */
  readonly events: number;
  /** Changes that a limit held back. */
  readonly held: number;
}

const EMAIL_ROW = z.object({ email: z.string() });

/**
 * Every address of the person who is found under this one, over all connections: those of linked contacts on both sides,
 * their additional ones, those they had, and those that their events came under. An address that passed to somebody else
 * is that one's, and is none of theirs.
 */
export async function addressesOf(statements: Statements, email: string): Promise<readonly string[]> {
  for (let found: readonly string[] = [email]; ;) {
    const known = [...found];
    const rows = await rowsOf(statements, EMAIL_ROW)`
      ${personUnder(known)}, contact AS (
        SELECT email_key, other_emails, side, external_id FROM sighting
        WHERE email_key = ANY(${known}::text[]) OR other_emails && ${known}::text[]
           OR link_id IN (SELECT id FROM person)
      ), had AS (
        SELECT email_key AS email FROM link WHERE id IN (SELECT id FROM person) AND NOT passed
        UNION SELECT email_key FROM contact WHERE email_key IS NOT NULL
        UNION SELECT unnest(other_emails) FROM contact
        UNION SELECT email_key FROM link_alias WHERE link_id IN (SELECT id FROM person)
        UNION SELECT email FROM engagement WHERE email IS NOT NULL AND person IN (
          SELECT klaviyo_id FROM person UNION SELECT external_id FROM contact WHERE side = 'klaviyo')
      )
      SELECT email FROM had
      WHERE NOT EXISTS (SELECT FROM link AS owner
                        WHERE owner.email_key = had.email AND NOT owner.passed AND owner.id NOT IN (SELECT id FROM person))
      UNION SELECT unnest(${known}::text[])`;
    if (rows.length === found.length) return found;
    found = rows.map((row) => row.email);
  }
}

/** The links of the person who has these addresses, as `person`. */
function personUnder(known: readonly string[]): Prisma.Sql {
  return Prisma.sql`WITH person AS (
    SELECT id, klaviyo_id FROM link WHERE id IN (${linksUnder(known)})
    UNION SELECT link.id, klaviyo_id FROM link JOIN sighting ON sighting.link_id = link.id
    WHERE sighting.email_key = ANY(${[...known]}::text[]) OR other_emails && ${[...known]}::text[]
  )`;
}

/** Former email addresses of this person that somebody else has now. They are left alone. */
export async function passedAddresses(
  statements: Statements,
  addresses: readonly string[],
): Promise<readonly string[]> {
  const rows = await rowsOf(statements, EMAIL_ROW)`
    ${personUnder(addresses)}
    SELECT DISTINCT email_key AS email FROM link_alias
    WHERE link_id IN (SELECT id FROM person) AND email_key <> ALL (${[...addresses]}::text[])
      AND EXISTS (SELECT FROM link AS owner WHERE owner.email_key = link_alias.email_key AND NOT owner.passed)
    ORDER BY email`;
  return rows.map(({ email }) => email);
}

const ID_ROW = z.object({ id: z.bigint() });

const CONTACT_ROW = z.object({ side: SIDE, id: z.string(), link_id: z.bigint().nullable() });

/** The links and contacts of the person who has these addresses. */
export async function personRows(
  { statements, connectionId }: Store,
  addresses: readonly string[],
): Promise<PersonRows> {
  const known = [...addresses];
  const sightings = await rowsOf(statements, CONTACT_ROW)`
    SELECT side, external_id AS id, link_id FROM sighting
    WHERE connection_id = ${connectionId}
      AND (email_key = ANY(${known}::text[]) OR other_emails && ${known}::text[]
        OR link_id IN (SELECT id FROM link WHERE connection_id = ${connectionId} AND id IN (${linksUnder(known)})))
    ORDER BY side, external_id`;
  const linked = sightings.flatMap(({ link_id: link }) => (link === null ? [] : [link]));
  const named = await rowsOf(statements, ID_ROW)`${linksUnder(known)}`;
  const ofPerson = [...linked, ...named.map(({ id }) => id)];
  const links = await statements.link.findMany({
    where: { connectionId, id: { in: ofPerson } },
    orderBy: { id: "asc" },
  });
  const ids = new Map(sightings.map(({ side, id }) => [`${side} ${id}`, { side, id }]));
  for (const { hubspotId, klaviyoId } of links) {
    if (hubspotId !== null) ids.set(`hubspot ${hubspotId}`, { side: "hubspot", id: hubspotId });
    if (klaviyoId !== null) ids.set(`klaviyo ${klaviyoId}`, { side: "klaviyo", id: klaviyoId });
  }
  return { links: links.map(({ id }) => id), contacts: [...ids.values()] };
}

/**
 * Removes all rows of a person from one connection. Their journal, conflicts and problems go with the link. What a run
 * counted stays counted, and so do events: a day's completeness compares what was seen with what the source counts.
 */
export async function eraseRows(
  store: Store,
  addresses: readonly string[],
  { links, contacts }: PersonRows,
  now: Date,
): Promise<ErasedRows> {
  const { statements, connectionId } = store;
  const idsOf = (side: Side): string[] => contacts.filter((one) => one.side === side).map(({ id }) => id);
  const linkId = { in: [...links] };
  const stamps = await forgetStamps(store, idsOf("hubspot"), addresses);
  const writes = stamps + (await statements.journalRow.count({ where: { linkId } }));
  const events = await forgetEvents(store, addresses, idsOf("hubspot"), idsOf("klaviyo"));
  const held = await dropHeld(store, addresses, contacts, now);
  let seen = 0;
  for (const side of SIDES) {
    const which = { connectionId, side, externalId: { in: idsOf(side) } };
    await statements.member.deleteMany({ where: which });
    seen += (await statements.sighting.deleteMany({ where: which })).count;
  }
  await statements.unreadableContact.deleteMany({
    where: {
      connectionId,
      OR: [
        { emailKey: { in: [...addresses] } },
        ...SIDES.map((side) => ({ side, externalId: { in: idsOf(side) } })),
      ],
    },
  });
  const removed = await statements.link.deleteMany({ where: { id: linkId } });
  return { links: removed.count, contacts: seen, writes, events, held };
}

/** An event without anybody: its id is hashed, so that reading it again does not count it again. */
async function forgetEvents(
  { statements, connectionId }: Store,
  addresses: readonly string[],
  hubspotIds: string[],
  klaviyoIds: string[],
): Promise<number> {
  await statements.engagementContact.deleteMany({
    where: { connectionId, OR: [{ contact: { in: hubspotIds } }, { email: { in: [...addresses] } }] },
  });
  await statements.engagementMember.deleteMany({ where: { connectionId, person: { in: klaviyoIds } } });
  return statements.$executeRaw`
    UPDATE engagement
    SET event_id = consent_subject('event ' || event_id), fate = 'erased', reason = '', person = NULL, email = NULL,
        message = NULL, message_name = NULL, subject = NULL, source_id = NULL, source_name = NULL, url = NULL, link_id = NULL, link_entry_id = NULL,
        list = NULL, detail = NULL, entry_id = NULL, shown_id = NULL, contact = NULL, reference = NULL, problem = NULL, retry_at = NULL
    WHERE connection_id = ${connectionId} AND fate <> 'erased'
      AND (email = ANY(${[...addresses]}::text[]) OR person = ANY(${klaviyoIds}::text[])
        OR contact = ANY(${hubspotIds}::text[]))`;
}

/** A held change of a person: its words begin with their address, or with the id of their contact. */
function heldChangesOf(
  connectionId: number,
  addresses: readonly string[],
  contacts: PersonRows["contacts"],
): Prisma.Sql {
  const beginnings = [
    ...addresses.map((address) => `[${JSON.stringify(address)},`),
    ...contacts.map(({ side, id }) => `[${JSON.stringify(id)},${JSON.stringify(side)},`),
  ];
  return Prisma.sql`hold, unnest(${beginnings}::text[]) AS page(beginning)
    WHERE hold.id = held_change.hold_id AND hold.connection_id = ${connectionId}
      AND starts_with(held_change.words, page.beginning)`;
}

const HELD_ROW = z.object({ holdId: z.bigint(), words: z.string() });

/** What limits held back of the person with these addresses and contacts. */
export async function heldOf(
  { statements, connectionId }: Store,
  addresses: readonly string[],
  contacts: PersonRows["contacts"],
): Promise<readonly { readonly holdId: bigint; readonly words: string }[]> {
  return rowsOf(statements, HELD_ROW)`
    SELECT DISTINCT hold_id AS "holdId", words FROM held_change, ${heldChangesOf(connectionId, addresses, contacts)}
    ORDER BY 1, 2`;
}

/** Held changes say in words what would be done to whom. What waits without them is another hold; empty it is over. */
async function dropHeld(
  store: Store,
  addresses: readonly string[],
  contacts: PersonRows["contacts"],
  now: Date,
): Promise<number> {
  const { statements, connectionId } = store;
  const dropped = await statements.$executeRaw`
    DELETE FROM held_change USING ${heldChangesOf(connectionId, addresses, contacts)}`;
  const waiting = dropped === 0 ? null : await waitingHold(store);
  if (waiting === null) return dropped;
  await sealHold(store, waiting.id);
  const left = await waitingHold(store);
  if (left?.changes === 0) await withdrawHold(store, now);
  return dropped;
}
