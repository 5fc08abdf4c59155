import { z } from "zod";
import type { PerSide, Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

/** What a side last told of itself and its limits. */
export interface SideNote {
  readonly account: { readonly id: string; readonly name: string; readonly timeZone: string | null } | null;
  /** Scopes that reading needs and the key lacks; `null` where nobody has asked yet. */
  readonly missingScopes: readonly string[] | null;
  /** May the key change what people are subscribed to? `null` where that is not known. */
  readonly maySubscribe: boolean | null;
  readonly quotas: readonly {
    readonly name: string;
    readonly limit: number;
    readonly left: number;
    /** Milliseconds since 1970. */
    readonly at: number;
  }[];
  /** Requests since the process began, by operation. */
  readonly requests: Readonly<Record<string, number>>;
  /** How far its clock is from ours, in milliseconds. */
  readonly skewMs: number;
}

const SIDE_NOTE: z.ZodType<SideNote> = z.object({
  account: z.object({ id: z.string(), name: z.string(), timeZone: z.string().nullable() }).nullable(),
  missingScopes: z.array(z.string()).nullable(),
  maySubscribe: z.boolean().nullable(),
  quotas: z.array(z.object({ name: z.string(), limit: z.number(), left: z.number(), at: z.number() })),
  requests: z.record(z.string(), z.number()),
  skewMs: z.number(),
});

/** A note with when it was taken. */
export interface ToldSideNote extends SideNote {
  readonly toldAt: Date;
}

export async function saveSideNote(
  { statements, connectionId }: Store,
  side: Side,
  note: SideNote,
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    INSERT INTO side_note (connection_id, side, note, told_at)
    VALUES (${connectionId}, ${side}, ${JSON.stringify(note)}::jsonb, ${now})
    ON CONFLICT (connection_id, side) DO UPDATE SET note = excluded.note, told_at = excluded.told_at`;
}

const SIDE_NOTE_ROW = z.object({ side: SIDE, note: SIDE_NOTE, toldAt: z.date() });

/** What both sides told; `null` for one that has told nothing yet. */
export async function readSideNotes({
  statements,
  connectionId,
}: Store): Promise<PerSide<ToldSideNote | null>> {
  const rows = await rowsOf(statements, SIDE_NOTE_ROW)`
    SELECT side, note, told_at AS "toldAt" FROM side_note WHERE connection_id = ${connectionId}`;
  const of = (side: Side): ToldSideNote | null => {
    const row = rows.find((one) => one.side === side);
    return row === undefined ? null : { ...row.note, toldAt: row.toldAt };
  };
  return { hubspot: of("hubspot"), klaviyo: of("klaviyo") };
}
