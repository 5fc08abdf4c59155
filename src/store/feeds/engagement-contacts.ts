import { z } from "zod";
import type { ExternalId } from "../../model/contact.ts";
import type { EmailKey } from "../../model/email.ts";
import { emailKey } from "../../model/email.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** A person of the source, and the contact that they are linked to. */
export interface LinkedPerson {
  readonly person: ExternalId | null;
  readonly email: EmailKey;
  readonly contact: ExternalId;
}

const LINKED_ROW = z.object({
  person: z.string().nullable(),
  email: z.string(),
  contact: z.string(),
});

/** The HubSpot contacts that these people are linked to, by Klaviyo's id or by address. */
export async function linkedContacts(
  { statements, connectionId }: Store,
  people: readonly ExternalId[],
  emails: readonly EmailKey[],
): Promise<readonly LinkedPerson[]> {
  const rows = await rowsOf(statements, LINKED_ROW)`
    SELECT klaviyo_id AS person, email_key AS email, hubspot_id AS contact FROM link
    WHERE connection_id = ${connectionId} AND hubspot_id IS NOT NULL AND deleted_on IS DISTINCT FROM 'hubspot'
      AND (klaviyo_id = ANY(${[...people]}::text[]) OR email_key = ANY(${[...emails]}::text[]))
    ORDER BY id`;
  return rows.flatMap(({ person, email, contact }) => {
    const key = emailKey(email);
    return key === null ? [] : [{ person, email: key, contact }];
  });
}

/**
 * Events of people nobody knew, who are linked by now. `since` is when they were seen: a back-fill shows what is old.
 *
 * @param now `null` wakes those too that are postponed
 */
export async function wakeLinked(
  { statements, connectionId }: Store,
  since: Date,
  now: Date | null,
): Promise<void> {
  await statements.$executeRaw`
    UPDATE engagement SET fate = 'waiting', reason = '', retry_at = NULL
    WHERE connection_id = ${connectionId} AND fate = 'unknown' AND seen_at >= ${since}
      AND (retry_at IS NULL OR ${now}::timestamptz IS NULL OR retry_at <= ${now})
      AND EXISTS (SELECT FROM link
                  WHERE link.connection_id = ${connectionId} AND hubspot_id IS NOT NULL
                    AND deleted_on IS DISTINCT FROM 'hubspot'
                    AND (link.klaviyo_id = engagement.person OR link.email_key = engagement.email))`;
}

/** Every event of people nobody knew, seen since, is looked for once more. */
export async function wakeUnknown({ statements, connectionId }: Store, since: Date): Promise<void> {
  await statements.engagement.updateMany({
    where: { connectionId, fate: "unknown", seenAt: { gte: since } },
    data: { fate: "waiting", reason: "", retryAt: null },
  });
}

/** Somebody nobody knows, of whom something waits to be shown. */
export interface UnknownPerson {
  readonly person: ExternalId;
  readonly email: EmailKey;
}

const UNKNOWN_PERSON_ROW = z.object({ person: z.string(), email: z.string() });

/** The people nobody knows, with an address, whose events were seen since; each once. */
export async function unknownPeople(
  { statements, connectionId }: Store,
  since: Date,
  now: Date,
): Promise<readonly UnknownPerson[]> {
  const rows = await rowsOf(statements, UNKNOWN_PERSON_ROW)`
    SELECT DISTINCT ON (email) person, email FROM engagement
    WHERE connection_id = ${connectionId} AND fate = 'unknown' AND seen_at >= ${since}
      AND person IS NOT NULL AND email IS NOT NULL AND (retry_at IS NULL OR retry_at <= ${now})
    ORDER BY email, at`;
  return rows.flatMap(({ person, email }) => {
    const key = emailKey(email);
    return key === null ? [] : [{ person, email: key }];
  });
}

/** Links for people who are to become contacts; those that there are stay as they are. */
export async function makeLinksFor(
  { statements, connectionId }: Store,
  emails: readonly EmailKey[],
): Promise<void> {
  await statements.$executeRaw`
    INSERT INTO link (connection_id, email_key)
    SELECT ${connectionId}::int, email FROM unnest(${[...emails]}::text[]) AS page(email) ORDER BY email
    ON CONFLICT (connection_id, email_key) WHERE NOT passed DO NOTHING`;
}

/** The contact lane is to look at these people: it finds their profiles and says what becomes of them. */
export async function markEmailsDirty(
  { statements, connectionId }: Store,
  emails: readonly EmailKey[],
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now})
    WHERE connection_id = ${connectionId} AND email_key = ANY(${[...emails]}::text[])`;
}

/** Of these people nobody is made before that time, and why. */
export async function postponeUnknown(
  { statements, connectionId }: Store,
  people: readonly UnknownPerson[],
  reason: string,
  until: Date,
): Promise<void> {
  if (people.length === 0) return;
  await statements.engagement.updateMany({
    where: { connectionId, fate: "unknown", email: { in: people.map(({ email }) => email) } },
    data: { reason, retryAt: until },
  });
}
