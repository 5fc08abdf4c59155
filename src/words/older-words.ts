import { grouped } from "../model/count-words.ts";
import type { OlderProgress } from "../store/feeds/engagement-older.ts";

/** How far a larger back-fill is read: `12,345 of 60,000 older events read, back to 2026-09-02`. */
export function olderWords({
  seen,
  counted,
  from,
}: Pick<OlderProgress, "seen" | "counted" | "from">): string {
  const read = counted === 0 ? grouped(seen) : `${grouped(seen)} of ${grouped(Math.max(counted, seen))}`;
  return `${read} older events read, back to ${from.toISOString().slice(0, 10)}`;
}

/** What another `engagement.backfill` means; `null` where it is the same. Days; `null` is `none`. */
export function backfillWords(before: number | null, after: number | null): string | null {
  if (before === after) return null;
  if ((after ?? 0) > (before ?? 0))
    return `Engagement: Tandem also reads older events, back to ${after} days ago.`;
  return "Engagement: Tandem stops reading older events. It deletes nothing that HubSpot shows.";
}
