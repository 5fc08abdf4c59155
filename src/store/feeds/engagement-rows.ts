import { z } from "zod";
import type { Engagement } from "../../model/engagement.ts";
import { emailKey } from "../../model/email.ts";
import { canonicalText } from "../../model/value.ts";
import { CHANNEL, ENGAGEMENT_KIND } from "../database/shapes.ts";
import { erasedAmong, traceOf } from "../people/erased.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** What became of an event. Every one that was seen has exactly one of these. */
export const FATE = z.enum([
  "new",
  "future",
  "machine",
  "out_of_scope",
  "repeat",
  "unknown",
  "waiting",
  "sent",
  "recorded",
  "failed",
  "erased",
]);

export type Fate = z.infer<typeof FATE>;

/** An event as it is stored. Only `engagement/kept.ts` makes one of what a source tells. */
export interface KeptEngagement extends Engagement {
  /** Of a click: where it led, without a query string. */
  readonly url: string | null;
  /** Names a link whose query string was left out; `null` where `url` is the whole link. */
  readonly linkId: string | null;
  /** The id of the first click on such a link by this person; it goes to the sink. */
  readonly linkEntryId: string | null;
}

/** The columns of `engagement` that make an event, as a query names them. */
export const ENGAGEMENT_ROW = z.object({
  event_id: z.string(),
  kind: ENGAGEMENT_KIND,
  channel: CHANNEL,
  person: z.string().nullable(),
  email: z.string().nullable(),
  at: z.date(),
  message: z.string().nullable(),
  message_name: z.string().nullable(),
  subject: z.string().nullable(),
  source_kind: z.enum(["campaign", "flow", "unknown"]),
  source_id: z.string().nullable(),
  source_name: z.string().nullable(),
  url: z.string().nullable(),
  link_id: z.string().nullable(),
  link_entry_id: z.string().nullable(),
  list: z.string().nullable(),
  detail: z.string().nullable(),
  by_machine: z.boolean(),
});

export type EngagementColumns = z.infer<typeof ENGAGEMENT_ROW>;

/** An event as it was stored. */
export function engagementOf(row: EngagementColumns): KeptEngagement {
  return {
    eventId: row.event_id,
    kind: row.kind,
    channel: row.channel,
    person: row.person,
    email: emailKey(row.email),
    at: row.at.toISOString(),
    message: row.message,
    messageName: row.message_name,
    subject: row.subject,
    source: { kind: row.source_kind, id: row.source_id, name: row.source_name },
    url: row.url,
    linkId: row.link_id,
    linkEntryId: row.link_entry_id,
    list: row.list,
    detail: row.detail,
    byMachine: row.by_machine,
  };
}

const ADDED_ROW = z.object({ added: z.number() });

/**
 * Stores what a page showed. An event that is known changes nothing but whose it is: profiles are merged, and their
 * events with them. Of an erased person's it is only kept that there was one, and it stays theirs: anybody who is allowed
 * again is shown nothing of before.
 *
 * @returns how many were not known before
 */
export async function saveEngagements(
  store: Store,
  metricId: string,
  engagements: readonly KeptEngagement[],
  now: Date,
): Promise<number> {
  const { statements, connectionId } = store;
  if (engagements.length === 0) return 0;
  const isErased = await erasedPeople(store, engagements);
  const latest = new Map(
    engagements.map((one) => [one.eventId, isErased(one) ? nobodysColumns(one) : columnsOf(one)]),
  );
  const page = JSON.stringify([...latest.values()]);
  const saved = await rowsOf(statements, ADDED_ROW)`
    WITH page AS (
      SELECT * FROM jsonb_to_recordset(${page}::jsonb) AS p(
        "eventId" text, "kind" text, "channel" text, "person" text, "email" text, "at" timestamptz, "message" text,
        "messageName" text, "subject" text, "sourceKind" text, "sourceId" text, "sourceName" text, "url" text,
        "linkId" uuid, "linkEntryId" uuid, "list" text, "detail" text, "byMachine" boolean, "erased" boolean)
      -- What is older than what is kept was removed, and would look new.
      WHERE NOT EXISTS (SELECT FROM engagement_begin AS begun
                        WHERE begun.connection_id = ${connectionId} AND begun.kind = p.kind AND p.at < begun.kept_from)
      -- What has a hashed id was seen before its person was erased, or while they were.
        AND NOT (EXISTS (SELECT FROM consent_ledger
                         WHERE connection_id = ${connectionId} AND kind IN ('erased', 'allowed'))
                 AND EXISTS (SELECT FROM engagement AS gone
                             WHERE gone.connection_id = ${connectionId}
                               AND gone.event_id = consent_subject('event ' || p."eventId")))
    ), saved AS (
      INSERT INTO engagement AS known (connection_id, event_id, metric_id, kind, channel, person, email, at, message,
                                       message_name, subject, source_kind, source_id, source_name, url, link_id, link_entry_id,
                                       list, detail, by_machine, seen_at, fate)
      SELECT ${connectionId}, CASE WHEN erased THEN consent_subject('event ' || "eventId") ELSE "eventId" END, ${metricId}, kind, channel, person, email, at, message, "messageName", subject,
             "sourceKind", "sourceId", "sourceName", url, "linkId", "linkEntryId", list, detail, "byMachine", ${now},
             CASE WHEN erased THEN 'erased' ELSE 'new' END
      FROM page ORDER BY "eventId"
      ON CONFLICT (connection_id, event_id) DO UPDATE
        SET person = excluded.person, email = excluded.email, link_entry_id = excluded.link_entry_id
        WHERE excluded.person IS NOT NULL AND known.person IS DISTINCT FROM excluded.person
      RETURNING xmax = 0 AS added
    )
    SELECT count(*) FILTER (WHERE added)::int AS added FROM saved`;
  return saved[0]?.added ?? 0;
}

/**
 * As many new or changed rows change what the planner should do; fewer are left to autovacuum. A few hundred rows of a new
 * table took a statement close to its time limit.
 */
const MANY = 100;

/**
 * Has PostgreSQL look at the events again after so many of them changed. Without statistics it takes the index of all that
 * waits for one row or two, and walks it for every row: a page of a back-fill then takes half a minute.
 */
export async function refreshEngagementStatistics({ statements }: Store, changed: number): Promise<void> {
  if (changed >= MANY) await statements.$executeRaw`ANALYZE engagement`;
}

/** When the latest event of a metric happened that is not newer than `until`; `null` where there is none. */
export async function latestSeen(
  { statements, connectionId }: Store,
  metricId: string,
  until: Date,
): Promise<Date | null> {
  const row = await statements.engagement.findFirst({
    where: { connectionId, metricId, at: { lte: until } },
    orderBy: { at: "desc" },
    select: { at: true },
  });
  return row?.at ?? null;
}

/** Whose events these are, as far as they were erased: by the address, or by the profile where it has another now. */
async function erasedPeople(
  store: Store,
  engagements: readonly Engagement[],
): Promise<(one: Engagement) => boolean> {
  const traces = ({ person, email }: Engagement): readonly string[] => [
    ...(email === null ? [] : [email]),
    ...(person === null ? [] : [traceOf("klaviyo", person)]),
  ];
  const erased = await erasedAmong(store, [...new Set(engagements.flatMap(traces))]);
  return (one) => traces(one).some((trace) => erased.has(trace));
}

/** That something of this kind happened then, and nothing of whom or with what. */
function nobodysColumns({ eventId, kind, channel, at, byMachine }: Engagement) {
  return { eventId, kind, channel, at, byMachine, sourceKind: "unknown", erased: true };
}

function columnsOf({ source, at, ...one }: KeptEngagement) {
  // What PostgreSQL does not store would refuse the whole page.
  const clean = (text: string | null): string | null => (text === null ? null : canonicalText(text));
  return {
    ...one,
    at: new Date(at).toISOString(),
    message: clean(one.message),
    messageName: clean(one.messageName),
    subject: clean(one.subject),
    url: clean(one.url),
    list: clean(one.list),
    detail: clean(one.detail),
    erased: false,
    sourceKind: source.kind,
    sourceId: clean(source.id),
    sourceName: clean(source.name),
  };
}
