import type { Permit } from "../connectors/permit.ts";
import type { Clocks, Mark } from "./age.ts";
import { ageMs } from "./age.ts";
import type { Held } from "./lease-gate.ts";
import { checkLease, grantPermit } from "./lease-gate.ts";
import type { ReadAges } from "./read-ages.ts";
import { OLDEST_READ_MS } from "./read-ages.ts";

/** Read again a little before a reading is too old, so that the permit is not over before its request is built. */
const READ_AGAIN_MS = 8_000;
/** Times that a reading may come too late, where a vendor is slow, before the items are given up for now. */
const ATTEMPTS = 3;

/** When the reading that an item rests on was made. `undefined`: not read yet; `null`: it rests on no reading. */
export type ReadAt = Mark | null | undefined;

/** What one request would write, and how to read and journal it. */
export interface Admission<Item> {
  /** The items that may still go, by what was read last. */
  readonly going: () => readonly Item[];
  readonly readAt: (item: Item) => ReadAt;
  readonly read: (stale: readonly Item[]) => Promise<void>;
  /** Journals the items before their request goes. Gets none where their readings came too late. */
  readonly journal?: (going: readonly Item[]) => Promise<void>;
}

/** Whether a write on this reading needs it to be made again first. */
export function isStale(readAt: ReadAt, clocks: Clocks): boolean {
  return readAt === undefined || (readAt !== null && ageMs(readAt, clocks) > READ_AGAIN_MS);
}

/**
 * The one way to a permit for what rests on readings (P16): reads again what was read too long ago, journals what
 * may still go, and checks the lease. `context.ages` is told how old each reading was when the request went.
 *
 * @returns `null` where none of the items may go now
 * @throws LeaseLost where another process holds the lease
 */
export async function admit<Item>(
  context: Held & { readonly ages: ReadAges },
  { going, readAt, read, journal }: Admission<Item>,
): Promise<{ readonly permit: Permit; readonly items: readonly Item[] } | null> {
  const stale = (): readonly Item[] => going().filter((item) => isStale(readAt(item), context));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const unread = stale();
    if (unread.length > 0) await read(unread);
    if (journal !== undefined) await journal(stale().length === 0 ? going() : []);
    const items = going();
    if (items.length === 0) return null;
    await checkLease(context);
    if (stale().length > 0) continue;
    const marks = items.flatMap((item) => readAt(item) ?? []);
    const permit = grantPermit(
      context,
      () => marks.every((mark) => ageMs(mark, context) <= OLDEST_READ_MS),
      () => {
        for (const [mark, same] of Map.groupBy(marks, (one) => one))
          context.ages.note(ageMs(mark, context), same.length);
      },
    );
    return { permit, items };
  }
  return null;
}
