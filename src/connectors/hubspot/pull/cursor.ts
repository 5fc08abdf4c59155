import { z } from "zod";
import type { Cursor } from "../../connector.ts";
import { readJson } from "../wire/parse.ts";

/** How far one list has been followed. */
const list = z.object({
  /** HubSpot's count at the last look, with the joins that its join order did not show yet. `null`: it gave none. */
  size: z.number().nullable(),
  /** By how many the members really read differed from that count: a count that lags, or counts otherwise. */
  drift: z.number(),
  /** The count was above what was known, and nobody looked yet. */
  above: z.boolean(),
  /** Somebody left: look once more, as a single absence may be a page that lagged. */
  confirm: z.boolean(),
  /** What leads to the last page of the join order… */
  after: z.string().nullable(),
  /** …who stands on it… */
  tail: z.array(z.string()),
  /** …and when the last of them joined; ISO. */
  joined: z.string(),
  /** When its whole membership was last read; the server's clock. */
  scanned: z.number(),
  /** When somebody had last left it by then, where HubSpot tells; the server's clock. */
  removedAt: z.number().nullable().default(null),
});
export type ListState = z.infer<typeof list>;

const reading = z.object({
  reading: z.literal(true),
  after: z.string().nullable(),
  count: z.number(),
  /** It was read before: who left since is told by nothing but its whole membership. */
  again: z.boolean().default(false),
});
/** A list whose reading from the beginning continues. */
export type ReadingState = z.infer<typeof reading>;
/** A list that was followed, and whose place is lost. */
export const FROM_START: ReadingState = { reading: true, after: null, count: 0, again: true };

const search = z.object({
  /** `late`: the second look at an older span. */
  kind: z.enum(["new", "late"]),
  from: z.number(),
  /** Exclusive; for a `new` one the moment at which it began, beyond which it reads on. */
  to: z.number(),
  after: z.string(),
});
/** A search for changes, under way. */
export type SearchState = z.infer<typeof search>;

const companies = z.object({
  /** As `since` and `settled` of the contacts. */
  since: z.number(),
  settled: z.number(),
  /** A search that was not read to its end: until when, until when the second look, and the id behind which it continues. */
  search: z.object({ to: z.number(), late: z.number().nullable(), after: z.string() }).nullable(),
});
/** How far changes of companies have been followed. */
export type CompaniesState = z.infer<typeof companies>;

const state = z.object({
  version: z.literal(1),
  /** Still the first pull: changes are not looked for yet. */
  first: z.boolean(),
  /** Changes are looked for from here on, less the overlap. The server's clock, in milliseconds. */
  since: z.number(),
  /** Changes made before this were looked for once more when the index could be late with them no longer. */
  settled: z.number(),
  /** A search that was not read to its end: its span, and the id behind which it continues. */
  search: search.nullable(),
  /** `null` where no property of companies is mapped, or none may be read. */
  companies: companies.nullable().default(null),
  lists: z.record(z.string(), z.union([reading, list])),
});
/** Everything a pull needs to continue. Times are HubSpot's own, so that no clock of ours matters. */
export type PullState = z.infer<typeof state>;

export function writeCursor(pull: PullState): Cursor {
  return JSON.stringify(pull);
}

/** `null` where the cursor was made by another version or something else: a pull then begins again. */
export function readCursor(cursor: Cursor): PullState | null {
  const parsed = state.safeParse(readJson(cursor));
  return parsed.success ? parsed.data : null;
}
