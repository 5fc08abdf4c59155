import type { PastWrite } from "../../model/history/past-write.ts";
import type { Values } from "../../model/value.ts";
import { Prisma } from "../generated/client.ts";

/** A change of one contact as the journal has it. */
export interface PastRow {
  readonly before: Values;
  readonly after: Values;
  readonly refused: readonly string[];
  readonly at: string;
  readonly run: number;
}

/** Two days: what makes a write of yesterday a flip may have been written the day before. */
const READ_BACK_MS = 2 * 86_400_000;

/** Fewer writes than these cannot have gone back and forth too often, and are not read. */
const FEWEST_WRITES = 3;

/** Of a link of `page`: what was written to it lately and taken, since a person last asked to try again. */
export function pastWrites(now: Date): Prisma.Sql {
  const since = new Date(now.getTime() - READ_BACK_MS);
  return Prisma.sql`(
    SELECT jsonb_agg(jsonb_build_object('before', before, 'after', after, 'refused', refused_fields,
                                        'at', sent_at, 'run', run_id))
    FROM journal
    WHERE journal.link_id = page.id AND sent_at > greatest(${since}::timestamptz, page.retried_at)
      AND kind = 'update' AND outcome = 'done'
    HAVING count(*) > ${FEWEST_WRITES})`;
}

/** Its fields, less those that the side did not take. */
export function writesOf({ before, after, refused, at, run }: PastRow, now: Date): readonly PastWrite[] {
  const time = new Date(at);
  return Object.entries(after).flatMap(([field, value]): readonly PastWrite[] => {
    if (refused.includes(field)) return [];
    const ageMs = now.getTime() - time.getTime();
    return [
      { field, before: before[field] ?? null, after: value, at: time.toISOString(), ageMs, run: String(run) },
    ];
  });
}
