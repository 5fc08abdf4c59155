import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** What somebody did about one person, or that they were linked. */
export interface PersonAct {
  readonly at: Date;
  /** `null` of the linking, which nobody asked for. */
  readonly who: string | null;
  readonly action: PersonAction;
  readonly reason: string;
}

export const PERSON_ACTIONS = [
  "retry",
  "ignore",
  "resume",
  "undo_conflict",
  "read_contact",
  "export",
] as const;
export type PersonAction = (typeof PERSON_ACTIONS)[number] | "linked";

const PERSON_ACT_ROW: z.ZodType<PersonAct> = z.object({
  at: z.date(),
  who: z.string().nullable(),
  action: z.enum([...PERSON_ACTIONS, "linked"]),
  reason: z.string(),
});

/**
 * The latest first. The audit names who was ticked; of what was done to all that matched a search it keeps the search
 * alone, so that somebody who is left alone now is told by their link.
 */
export async function personActs(
  { statements, connectionId }: Store,
  linkId: bigint,
  limit: number,
): Promise<readonly PersonAct[]> {
  return rowsOf(statements, PERSON_ACT_ROW)`
    SELECT at, who, action, reason FROM audit
    WHERE connection_id = ${connectionId} AND action = ANY(${[...PERSON_ACTIONS]}::text[])
      AND string_to_array(about ->> 'links', ' ') @> ARRAY[${String(linkId)}]
    UNION
    SELECT ignored_at, ignored_by, 'ignore', ignored_reason FROM link
    WHERE connection_id = ${connectionId} AND id = ${linkId} AND ignored_at IS NOT NULL
    UNION
    SELECT created_at, NULL, 'linked', '' FROM link WHERE connection_id = ${connectionId} AND id = ${linkId}
    ORDER BY at DESC LIMIT ${limit}`;
}
