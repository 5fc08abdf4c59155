import type { KnownLinkRow, SightingColumns } from "./known-link-row.ts";
import { KNOWN_LINK_ROW } from "./known-link-row.ts";
import type { EditTime, EditTimes } from "../../model/history/edit-time.ts";
import type { Sighting } from "../../model/contact.ts";
import type { EmailKey } from "../../model/email.ts";
import type { KnownLink } from "../../model/link.ts";
import type { ResolvedRule } from "../../model/scope.ts";
import type { Side } from "../../model/side.ts";
import { perSide } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import { linksUnder } from "./links-under.ts";
import { pastWrites, writesOf } from "../writes/past-writes.ts";
import { claimOf, claims } from "./claims.ts";
import { putAside } from "./put-aside.ts";
import {
  subscribeRequested,
  inherited,
  optingOut,
  optOutOnItsWay,
  overruled,
  refusedByLedger,
  takenBack,
} from "../consent/tombstones.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
/** Which links to read: the dirty ones, all of them, or those of some people. */
export type LinkFilter =
  | { readonly kind: "dirty" }
  | { readonly kind: "all" }
  | { readonly kind: "emails"; readonly emails: readonly string[] }
  /** These, but for those with an operation that is not answered yet. */
  | { readonly kind: "answered"; readonly ids: readonly bigint[] }
  /** Exactly these, also while an operation of theirs is not answered: what settles it has read what they hold. */
  | { readonly kind: "ids"; readonly ids: readonly bigint[] };

/** What a link holds whose operation was never answered cannot be known before it was read (CONTRACT.md, Write). */
const ANSWERED = Prisma.sql`
  AND NOT EXISTS (SELECT FROM journal WHERE journal.link_id = link.id AND journal.outcome = 'sent')`;

/** Several people may have had a former email address that nobody has now. */
const LINKS_OF_AN_ADDRESS = 20;

/** A filter by email address reads all its links in one page: those after the cut would look unlinked. */
function mostOf(filter: LinkFilter, limit: number): number {
  return filter.kind === "emails" ? Math.max(limit, filter.emails.length * LINKS_OF_AN_ADDRESS) : limit;
}

function conditionOf(filter: LinkFilter): Prisma.Sql {
  switch (filter.kind) {
    case "dirty":
      return Prisma.sql`${ANSWERED} AND link.dirty_since IS NOT NULL`;
    case "all":
      return ANSWERED;
    case "emails":
      return Prisma.sql`${ANSWERED} AND link.id IN (${linksUnder(filter.emails)})`;
    case "answered":
      return Prisma.sql`${ANSWERED} AND link.id = ANY(${[...filter.ids]}::bigint[])`;
    case "ids":
      return Prisma.sql`AND link.id = ANY(${[...filter.ids]}::bigint[])`;
  }
}

/**
 * A page of links with all that is known of their contacts, by id. Links with an operation that was sent and not
 * answered yet are left out, unless they are asked for by id.
 */
export async function knownLinks(
  { statements, connectionId }: Store,
  rules: readonly ResolvedRule[],
  filter: LinkFilter,
  after: bigint,
  limit: number,
  now: Date,
): Promise<readonly KnownLink[]> {
  const rows = await rowsOf(statements, KNOWN_LINK_ROW)`
    WITH page AS MATERIALIZED (
      -- Hashed once a link: the ledger is asked for them several times, and would hash them for each of its entries.
      SELECT chosen.*, consent_subject(email_key) AS subject, link_subjects(id) AS subjects
      FROM (SELECT * FROM link
            WHERE connection_id = ${connectionId} AND id > ${after} ${conditionOf(filter)}
            ORDER BY id LIMIT ${mostOf(filter, limit)}) AS chosen
    ), claim AS MATERIALIZED (
      ${claims(connectionId)}
    )
    SELECT page.id, page.email_key, page.hubspot_id, page.klaviyo_id, page.base, page.lists, page.deleted_on, page.missing_on, page.state,
           page.parted_on, (SELECT email_key FROM link AS into_link WHERE into_link.id = page.parted_to) AS parted_into,
           page.attempts, page.retry_at, page.refused, page.hubspot_sought, page.klaviyo_sought,
           ${sightingOf("hubspot", connectionId)} AS hubspot,
           ${sightingOf("klaviyo", connectionId)} AS klaviyo,
           ${unreadOf("hubspot", connectionId)} AS hubspot_unread,
           ${unreadOf("klaviyo", connectionId)} AS klaviyo_unread,
           (SELECT jsonb_agg(DISTINCT journal.side) FROM journal
            WHERE journal.link_id = page.id AND kind = 'create' AND outcome = 'done') AS made,
           (SELECT jsonb_agg(jsonb_build_object('side', s.side, 'id', s.external_id) ORDER BY s.created_at)
            -- Two contacts are two of one person only while both show the address.
            FROM sighting AS s JOIN sighting AS own
              ON own.link_id = page.id AND own.side = s.side AND own.email_key = s.email_key
            WHERE s.connection_id = ${connectionId} AND s.side IN ('hubspot', 'klaviyo')
              AND s.email_key = page.email_key AND s.link_id IS NULL) AS duplicates,
           ${claimOf("hubspot")} AS hubspot_claim, ${claimOf("klaviyo")} AS klaviyo_claim,
           ${takenOn("hubspot", connectionId, now)} AS hubspot_taken, ${takenOn("klaviyo", connectionId, now)} AS klaviyo_taken,
           ${putAside("hubspot", connectionId)} AS hubspot_put_aside, ${putAside("klaviyo", connectionId)} AS klaviyo_put_aside,
           ${inherited(connectionId)} AS inherited,
           ${pastWrites(now)} AS writes,
           ${refusedByLedger(connectionId, Prisma.sql`page.subject`)} AS opted_out, ${subscribeRequested(connectionId)} AS subscribe_requested,
           ${optOutOnItsWay(now)} AS on_its_way, ${overruled(connectionId)} AS overruled, ${takenBack(connectionId)} AS taken_back
    FROM page ORDER BY page.id`;
  return rows.map((row) => knownLink(row, rules, now));
}

/** Of the contact that is linked; where none is, of one that has the link's address. */
function unreadOf(side: Side, connectionId: number): Prisma.Sql {
  const own = side === "hubspot" ? Prisma.sql`page.hubspot_id` : Prisma.sql`page.klaviyo_id`;
  return Prisma.sql`(
    SELECT u.problem FROM unreadable_contact AS u
    WHERE u.connection_id = ${connectionId} AND u.side = ${side}
      AND (u.external_id = ${own} OR (${own} IS NULL AND u.email_key = page.email_key))
    ORDER BY u.external_id LIMIT 1)`;
}

function takenOn(side: Side, connectionId: number, now: Date): Prisma.Sql {
  return Prisma.sql`(
    SELECT jsonb_build_object('id', holder.external_id, 'email', holder.email_key, 'linkedTo', other.email_key,
                              'stepsAside', steps_aside(page.id, ${side}) AND NOT coalesce(${optingOut(now, Prisma.sql`other.id`)}, false))
    FROM sighting AS source
    JOIN sighting AS target ON target.link_id = page.id AND target.side = ${side}
                           AND target.email_key IS DISTINCT FROM source.email_key
    JOIN sighting AS holder ON holder.connection_id = ${connectionId} AND holder.side = ${side}
                           AND holder.email_key = source.email_key
    LEFT JOIN link AS other ON other.id = holder.link_id
    WHERE source.link_id = page.id AND source.side <> ${side}
      AND other.deleted_on IS DISTINCT FROM ${side}
    ORDER BY holder.external_id LIMIT 1)`;
}

function sightingOf(side: Side, connectionId: number): Prisma.Sql {
  return Prisma.sql`(
    SELECT jsonb_build_object('email_key', s.email_key, 'fields', s.fields, 'unreadable', s.unreadable,
                              'consent', s.consent, 'shape', s.shape, 'edited', s.edited, 'collections',
             (SELECT jsonb_agg(m.collection) FROM member AS m
              WHERE m.connection_id = ${connectionId} AND m.side = ${side} AND m.external_id = s.external_id))
    FROM sighting AS s WHERE s.link_id = page.id AND s.side = ${side})`;
}

function knownLink(row: KnownLinkRow, rules: readonly ResolvedRule[], now: Date): KnownLink {
  const ids = { hubspot: row.hubspot_id, klaviyo: row.klaviyo_id };
  const columns = { hubspot: row.hubspot, klaviyo: row.klaviyo };
  const sought = { hubspot: row.hubspot_sought !== null, klaviyo: row.klaviyo_sought !== null };
  return {
    link: {
      id: row.id,
      email: row.email_key as EmailKey,
      ids,
      base: row.base,
      lists: row.lists,
      deletedOn: row.deleted_on,
      missingOn: row.missing_on,
      merged: row.parted_on === null ? null : { on: row.parted_on, into: row.parted_into as EmailKey | null },
      state: row.state,
      attempts: row.attempts,
      retryAt: row.retry_at,
      refused: row.refused,
    },
    sightings: perSide((side) => sighting(side, ids[side], columns[side], rules)),
    unread: { hubspot: row.hubspot_unread, klaviyo: row.klaviyo_unread },
    sought,
    made: perSide((side) => (row.made ?? []).includes(side)),
    duplicates: perSide((side) =>
      (row.duplicates ?? []).filter((other) => other.side === side).map((other) => other.id),
    ),
    claimed: { hubspot: row.hubspot_claim, klaviyo: row.klaviyo_claim },
    taken: { hubspot: row.hubspot_taken, klaviyo: row.klaviyo_taken },
    putAside: {
      hubspot: row.hubspot_put_aside as EmailKey | null,
      klaviyo: row.klaviyo_put_aside as EmailKey | null,
    },
    inherited: row.inherited ?? [],
    optedOut: row.opted_out,
    ...row.on_its_way,
    subscribeRequested: row.subscribe_requested ?? [],
    overruled: row.overruled,
    takenBack: row.taken_back ?? [],
    writes: (row.writes ?? []).flatMap((past) => writesOf(past, now)),
  };
}

function sighting(
  side: Side,
  id: string | null,
  columns: SightingColumns | null,
  rules: readonly ResolvedRule[],
): Sighting | null {
  if (id === null || columns === null) return null;
  const collections = new Set(columns.collections ?? []);
  return {
    side,
    id,
    email: columns.email_key as EmailKey | null,
    fields: columns.fields,
    unreadable: columns.unreadable,
    consent: columns.consent,
    shape: columns.shape,
    edited: editTimes(columns.edited),
    rules: rules
      .filter(
        (rule) => rule.from === side && rule.collections.some((collection) => collections.has(collection)),
      )
      .map((rule) => rule.id),
  };
}

/** As stored they are in PostgreSQL's spelling. */
function editTimes(stored: EditTimes): EditTimes {
  const iso = (time: string): string => new Date(time).toISOString();
  const one = ({ after, until, skewMs }: EditTime): EditTime => ({
    after: after === null ? null : iso(after),
    until: iso(until),
    skewMs,
  });
  return Object.fromEntries(Object.entries(stored).map(([key, time]) => [key, one(time)]));
}
