import { z } from "zod";
import type { ExternalId } from "../../model/contact.ts";
import type { EmailKey } from "../../model/email.ts";
import { emailKey } from "../../model/email.ts";
import type { Channel } from "../../model/engagement.ts";
import type { Value } from "../../model/value.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { CHANNEL, VALUE } from "../database/shapes.ts";

/** Sums of a person's engagement. They are computed from all that is stored, so computing it twice is once. */
export interface RolledUp {
  readonly contact: ExternalId;
  readonly email: EmailKey;
  readonly lastOpen: Date | null;
  readonly lastClick: Date | null;
  /** Occurrences that are shown: repeats do not count. */
  readonly opens: number;
  readonly clicks: number;
  /** Of the open or click that was the last. */
  readonly last: {
    readonly message: string | null;
    readonly source: string | null;
    readonly subject: string | null;
    readonly channel: Channel;
  } | null;
  /** Of the last click. */
  readonly link: string | null;
  /** What was last written to the contact, by property. */
  readonly written: Readonly<Record<string, Value>>;
}

/** A contact on which something was shown. */
export interface ShownContact {
  readonly contact: ExternalId;
  readonly email: EmailKey;
}

/** Something was shown on these contacts: their roll-ups are due. */
export async function markRollUpsDue(
  { statements, connectionId }: Store,
  contacts: readonly ShownContact[],
  now: Date,
): Promise<void> {
  if (contacts.length === 0) return;
  const page = JSON.stringify([...new Map(contacts.map((one) => [one.contact, one])).values()]);
  await statements.$executeRaw`
    INSERT INTO engagement_contact AS known (connection_id, contact, email, due_at)
    SELECT ${connectionId}, contact, email, ${now}
    FROM jsonb_to_recordset(${page}::jsonb) AS p("contact" text, "email" text) ORDER BY contact
    ON CONFLICT (connection_id, contact) DO UPDATE SET email = excluded.email, due_at = least(known.due_at, ${now})`;
}

const ROLLED_UP_ROW = z.object({
  contact: z.string(),
  email: z.string(),
  written: z.record(z.string(), VALUE),
  last_open: z.date().nullable(),
  last_click: z.date().nullable(),
  opens: z.number(),
  clicks: z.number(),
  link: z.string().nullable(),
  channel: CHANNEL.nullable(),
  message: z.string().nullable(),
  source: z.string().nullable(),
  subject: z.string().nullable(),
});

/**
 * Contacts whose roll-up is due, with its sums. Opens and clicks of all their profiles count, repeats for when the
 * last one was; what machines did, and what is out of scope, does not.
 */
export async function dueRollUps(
  { statements, connectionId }: Store,
  now: Date,
  limit: number,
): Promise<readonly RolledUp[]> {
  const rows = await rowsOf(statements, ROLLED_UP_ROW)`
    WITH due AS MATERIALIZED (
      SELECT contact, email, written, removed_opens, removed_clicks FROM engagement_contact
      WHERE connection_id = ${connectionId} AND due_at <= ${now} ORDER BY contact LIMIT ${limit}
    ), profile AS MATERIALIZED (
      SELECT DISTINCT due.contact, own.person FROM due
      JOIN engagement AS own ON own.connection_id = ${connectionId} AND own.contact = due.contact
      WHERE own.person IS NOT NULL
    ), counted AS MATERIALIZED (
      SELECT profile.contact, own.* FROM profile JOIN (
        SELECT person, kind, channel, at, event_id, fate, url, coalesce(message_name, message) AS message,
               source_name AS source, subject
        FROM engagement
        WHERE connection_id = ${connectionId} AND person IN (SELECT person FROM profile)
          AND kind IN ('opened', 'clicked') AND fate IN ('repeat', 'recorded', 'sent', 'waiting', 'failed')
      ) AS own ON own.person = profile.person
    ), totals AS (
      SELECT contact, max(at) FILTER (WHERE kind = 'opened') AS last_open,
             max(at) FILTER (WHERE kind = 'clicked') AS last_click,
             (count(*) FILTER (WHERE kind = 'opened' AND fate = 'recorded'))::int AS opens,
             (count(*) FILTER (WHERE kind = 'clicked' AND fate = 'recorded'))::int AS clicks,
             (array_agg(url ORDER BY at DESC, event_id DESC) FILTER (WHERE kind = 'clicked'))[1] AS link
      FROM counted GROUP BY contact
    ), last AS (
      SELECT DISTINCT ON (contact) contact, channel, message, source, subject FROM counted
      ORDER BY contact, at DESC, event_id DESC
    )
    SELECT due.contact, due.email, due.written, last_open, last_click, coalesce(opens, 0) + removed_opens AS opens,
           coalesce(clicks, 0) + removed_clicks AS clicks, link, channel, message, source, subject
    FROM due LEFT JOIN totals USING (contact) LEFT JOIN last USING (contact) ORDER BY contact`;
  return rows.flatMap((row): readonly RolledUp[] => {
    const email = emailKey(row.email);
    if (email === null) return [];
    const { contact, written, opens, clicks, link, channel, message, source, subject } = row;
    const last = channel === null ? null : { channel, message, source, subject };
    return [
      {
        contact,
        email,
        written,
        lastOpen: row.last_open,
        lastClick: row.last_click,
        opens,
        clicks,
        link,
        last,
      },
    ];
  });
}

/** Result of a contact's roll-up: written, or to be tried again. */
export interface SettledRollUp {
  readonly contact: ExternalId;
  /** `null` leaves what is known to be written. */
  readonly written: Readonly<Record<string, Value>> | null;
  readonly dueAt: Date | null;
}

export async function saveRollUps(
  { statements, connectionId }: Store,
  settled: readonly SettledRollUp[],
): Promise<void> {
  if (settled.length === 0) return;
  await statements.$executeRaw`
    UPDATE engagement_contact AS known
    SET written = coalesce(NULLIF(p.written, 'null'::jsonb), known.written), due_at = p."dueAt"
    FROM jsonb_to_recordset(${JSON.stringify(settled)}::jsonb) AS p("contact" text, "written" jsonb, "dueAt" timestamptz)
    WHERE known.connection_id = ${connectionId} AND known.contact = p.contact`;
}

/** These contacts are gone. */
export async function forgetRollUps(
  { statements, connectionId }: Store,
  contacts: readonly ExternalId[],
): Promise<void> {
  await statements.engagementContact.deleteMany({ where: { connectionId, contact: { in: [...contacts] } } });
}
