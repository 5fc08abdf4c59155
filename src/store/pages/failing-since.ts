import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

const CONTACTS_ROW = z.object({ contacts: z.number() });

/** How many contacts fail now that did not at `since`. */
export async function failingSince({ statements, connectionId }: Store, since: Date): Promise<number> {
  const [row] = await rowsOf(statements, CONTACTS_ROW)`
    SELECT count(DISTINCT link_id)::int AS contacts FROM problem JOIN link ON link.id = problem.link_id
    WHERE problem.connection_id = ${connectionId} AND link.state = 'failing' AND first_seen > ${since}
      AND NOT EXISTS (
        SELECT FROM problem AS older WHERE older.link_id = problem.link_id AND older.first_seen <= ${since})`;
  return row?.contacts ?? 0;
}
