import type { Side } from "../../model/side.ts";
import type { Value } from "../../model/value.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";

/** The fields whose times of change are kept, and what a look says of them. */
export interface Timing {
  /** By `FieldRule.key`. Empty: no rule asks for the newest, and nothing is kept. */
  readonly fields: readonly string[];
  /** What changed before this would have been seen before; `null` where that is not known. */
  readonly after: Date | null;
  /** Of the side's clock, against ours. */
  readonly skewMs: number;
}

/** Nobody asks for times. */
export const UNTIMED: Timing = { fields: [], after: null, skewMs: 0 };

/**
 * The `edited` of a sighting that replaces another: a field that shows another value was set since the last look and
 * not later than the contact was changed; one that shows the same keeps what was known of it.
 *
 * @param was the alias of what was known, or `null` of a contact not seen before
 * @param now the alias of what is shown
 */
export function editedSince(
  { fields, after, skewMs }: Timing,
  was: "known" | null,
  now: Prisma.Sql,
): Prisma.Sql {
  if (fields.length === 0) return was === null ? Prisma.sql`'{}'::jsonb` : Prisma.sql`known.edited`;
  const time = (from: Prisma.Sql) =>
    Prisma.sql`jsonb_build_object('after', ${from}, 'until', ${now}.updated_at, 'skewMs', ${skewMs}::float8)`;
  // A contact, or a field, that was not seen before may have held its value for years.
  if (was === null) {
    return Prisma.sql`(SELECT coalesce(jsonb_object_agg(key, ${time(Prisma.sql`NULL::timestamptz`)}), '{}')
      FROM unnest(${[...fields]}::text[]) AS key WHERE ${now}.fields ? key)`;
  }
  const since = Prisma.sql`CASE WHEN known.fields ? key THEN ${after}::timestamptz END`;
  return Prisma.sql`(SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN known.fields -> key = ${now}.fields -> key THEN known.edited -> key
        ELSE ${time(since)} END)
      FILTER (WHERE known.fields -> key IS DISTINCT FROM ${now}.fields -> key OR known.edited ? key), '{}')
    FROM unnest(${[...fields]}::text[]) AS key WHERE ${now}.fields ? key)`;
}

/** When a side itself says that a field was set, for the value that it was read with. */
export interface SetTime {
  readonly side: Side;
  readonly id: string;
  readonly field: string;
  readonly value: Value;
  /** ISO, UTC. */
  readonly at: string;
  readonly skewMs: number;
}

/** Keeps the moments that a side told. A field that shows another value by now is left alone. */
export async function saveSetTimes(
  { statements, connectionId }: Store,
  times: readonly SetTime[],
): Promise<void> {
  if (times.length === 0) return;
  await statements.$executeRaw`
    WITH told AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(times)}::jsonb) AS t(
        "side" text, "id" text, "field" text, "value" jsonb, "at" timestamptz, "skewMs" float8)
    ), merged AS (
      SELECT s.side, s.external_id, jsonb_object_agg(told.field,
               jsonb_build_object('after', told.at, 'until', told.at, 'skewMs', told."skewMs")) AS edited
      FROM told JOIN sighting AS s
        ON s.connection_id = ${connectionId} AND s.side = told.side AND s.external_id = told.id
      WHERE s.fields -> told.field = coalesce(told.value, 'null')
      GROUP BY s.side, s.external_id
    )
    UPDATE sighting SET edited = sighting.edited || merged.edited
    FROM merged
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = merged.side
      AND sighting.external_id = merged.external_id`;
}
