import { z } from "zod";
import type { ExternalId } from "../../model/contact.ts";
import type { QueuedEngagement } from "./engagement-queue.ts";
import { queuedWhere } from "./engagement-queue.ts";
import type { ShownContact } from "./engagement-roll-ups.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

const REFERENCE_ROW = z.object({ contact: z.string(), reference: z.string() });

/** Known references of the sink, by contact: Tandem's entries, and foreign ones that were read once. */
export async function knownReferences(
  { statements, connectionId }: Store,
  contacts: readonly ExternalId[],
): Promise<ReadonlyMap<ExternalId, ReadonlySet<string>>> {
  const rows = await rowsOf(statements, REFERENCE_ROW)`
    SELECT contact, reference FROM engagement
    WHERE connection_id = ${connectionId} AND contact = ANY(${[...contacts]}::text[])
      AND reference IS NOT NULL AND fate = 'recorded'
    UNION
    SELECT contact, unnest(others) FROM engagement_contact
    WHERE connection_id = ${connectionId} AND contact = ANY(${[...contacts]}::text[])`;
  const known = new Map<ExternalId, Set<string>>();
  for (const { contact, reference } of rows) {
    const before = known.get(contact);
    if (before === undefined) known.set(contact, new Set([reference]));
    else before.add(reference);
  }
  return known;
}

/** The entries under these references of the sink, on whichever contact they were once shown. */
export async function shownUnder(
  store: Store,
  references: readonly string[],
): Promise<readonly QueuedEngagement[]> {
  const { connectionId } = store;
  if (references.length === 0) return [];
  return queuedWhere(
    store,
    Prisma.sql`connection_id = ${connectionId} AND reference = ANY(${[...references]}::text[]) AND fate = 'recorded'`,
  );
}

/** Saves which entries of these contacts are not Tandem's. */
export async function saveOthers(
  { statements, connectionId }: Store,
  contacts: readonly (ShownContact & { readonly others: readonly string[] })[],
): Promise<void> {
  if (contacts.length === 0) return;
  const page = JSON.stringify(contacts);
  await statements.$executeRaw`
    INSERT INTO engagement_contact AS known (connection_id, contact, email, others)
    SELECT ${connectionId}, contact, email, others
    FROM jsonb_to_recordset(${page}::jsonb) AS p("contact" text, "email" text, "others" text[]) ORDER BY contact
    ON CONFLICT (connection_id, contact) DO UPDATE
      SET others = ARRAY(SELECT unnest(known.others) UNION SELECT unnest(excluded.others))`;
}
