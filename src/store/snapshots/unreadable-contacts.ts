import { z } from "zod";
import type { ExternalId, UnreadableContact } from "../../model/contact.ts";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** Remembers contacts that could not be read. Their links, and those that look for their address, are planned again. */
export async function saveUnreadable(
  { statements, connectionId }: Store,
  contacts: readonly UnreadableContact[],
  now: Date,
): Promise<void> {
  const rows = new Map(contacts.flatMap((one) => (one.id === null ? [] : [[`${one.side} ${one.id}`, one]])));
  if (rows.size === 0) return;
  await statements.$executeRaw`
    WITH page AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb)
        AS p("side" text, "id" text, "email" text, "problem" jsonb)
    ), saved AS (
      INSERT INTO unreadable_contact AS known (connection_id, side, external_id, email_key, problem, since, tried_at)
      SELECT ${connectionId}::int, side, id, email, problem, ${now}::timestamptz, ${now}::timestamptz
      FROM page ORDER BY side, id
      ON CONFLICT (connection_id, side, external_id) DO UPDATE
        SET email_key = excluded.email_key, problem = excluded.problem, tried_at = excluded.tried_at
    )
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now})
    FROM page
    WHERE link.connection_id = ${connectionId}
      AND NOT EXISTS (SELECT FROM unreadable_contact AS known
                      WHERE known.connection_id = ${connectionId} AND known.side = page.side
                        AND known.external_id = page.id AND known.problem = page.problem)
      AND (page.side = 'hubspot' AND (link.hubspot_id = page.id OR (link.hubspot_id IS NULL AND link.email_key = page.email))
        OR page.side = 'klaviyo' AND (link.klaviyo_id = page.id OR (link.klaviyo_id IS NULL AND link.email_key = page.email)))`;
}

/** These were read, or do not exist: whatever waited for them is planned again. */
export async function forgetUnreadable(
  { statements, connectionId }: Store,
  side: Side,
  ids: readonly ExternalId[],
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await statements.$executeRaw`
    WITH healed AS (
      DELETE FROM unreadable_contact
      WHERE connection_id = ${connectionId} AND side = ${side} AND external_id = ANY(${[...ids]}::text[])
      RETURNING external_id, email_key
    )
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now})
    FROM healed
    WHERE link.connection_id = ${connectionId}
      AND (link.email_key = healed.email_key
        OR (${side} = 'hubspot' AND link.hubspot_id = healed.external_id)
        OR (${side} = 'klaviyo' AND link.klaviyo_id = healed.external_id))`;
}

/** A contact to be read again. */
export interface UnreadId {
  readonly id: ExternalId;
  /** Is it in a list or segment that a rule names? */
  readonly isMember: boolean;
}

const UNREAD_ID_ROW: z.ZodType<UnreadId> = z.object({ id: z.string(), isMember: z.boolean() });

/** Those that could not be read, the ones that were longest not tried first. */
export async function unreadIds(
  { statements, connectionId }: Store,
  side: Side,
  limit: number,
): Promise<readonly UnreadId[]> {
  return rowsOf(statements, UNREAD_ID_ROW)`
    SELECT external_id AS id, EXISTS (
      SELECT FROM member WHERE member.connection_id = ${connectionId} AND member.side = ${side}
                           AND member.external_id = unreadable_contact.external_id) AS "isMember"
    FROM unreadable_contact WHERE connection_id = ${connectionId} AND side = ${side}
    ORDER BY tried_at, external_id LIMIT ${limit}`;
}

const ID_ROW = z.object({ id: z.string() });

/** Unreadable contacts without a link. No contact page shows them. */
export async function unreadStrangers(
  { statements, connectionId }: Store,
  side: Side,
): Promise<readonly ExternalId[]> {
  const rows = await rowsOf(statements, ID_ROW)`
    SELECT external_id AS id FROM unreadable_contact AS u
    WHERE u.connection_id = ${connectionId} AND u.side = ${side} AND NOT EXISTS (
      SELECT FROM link WHERE link.connection_id = ${connectionId} AND (
        CASE WHEN ${side} = 'hubspot' THEN link.hubspot_id ELSE link.klaviyo_id END = u.external_id
        OR link.email_key = u.email_key))
    ORDER BY since, external_id`;
  return rows.map(({ id }) => id);
}
