import { z } from "zod";
import type { EmailKey } from "../../model/email.ts";
import type { Engagement } from "../../model/engagement.ts";
import { Prisma } from "../generated/client.ts";
import type { Fate } from "./engagement-rows.ts";
import { ENGAGEMENT_ROW, FATE, engagementOf } from "./engagement-rows.ts";
import { linksUnder } from "../links/links-under.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** An event of one person, and why it is shown or is not. */
export interface PersonEngagement {
  readonly engagement: Engagement;
  readonly fate: Fate;
  readonly reason: string;
  /** When it was settled, where it was. */
  readonly settledAt: Date | null;
}

const PERSON_ENGAGEMENT_ROW = ENGAGEMENT_ROW.extend({
  fate: FATE,
  reason: z.string(),
  settled_at: z.date().nullable(),
});

/** What a person did last, the latest first: by address, and by the profile that is linked to it. */
export async function personEngagements(
  { statements, connectionId }: Store,
  email: EmailKey,
  limit: number,
): Promise<readonly PersonEngagement[]> {
  const columns = Prisma.sql`event_id, kind, channel, person, email, at, message, message_name, subject, source_kind,
    source_id, source_name, url, link_id::text AS link_id, link_entry_id::text AS link_entry_id, list, detail, by_machine, fate, reason, settled_at`;
  const rows = await rowsOf(statements, PERSON_ENGAGEMENT_ROW)`
    SELECT ${columns} FROM engagement WHERE connection_id = ${connectionId} AND email = ${email}
    UNION
    SELECT ${columns} FROM engagement WHERE connection_id = ${connectionId} AND person IN (
      SELECT klaviyo_id FROM link WHERE connection_id = ${connectionId} AND id IN (${linksUnder([email])}))
    ORDER BY at DESC, event_id DESC LIMIT ${limit}`;
  return rows.map((row) => ({
    engagement: engagementOf(row),
    fate: row.fate,
    reason: row.reason,
    settledAt: row.settled_at,
  }));
}
