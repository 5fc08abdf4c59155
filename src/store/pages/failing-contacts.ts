import { z } from "zod";
import { chunks } from "../../model/chunks.ts";
import type { ResolvedRule } from "../../model/scope.ts";
import type { Side } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import type { StoredProblem } from "./overview.ts";
import { storedProblem } from "./overview.ts";
import type { SearchIn } from "../people/search-people.ts";
import { peopleMatching } from "../people/search-people.ts";
import type { Store } from "../database/store.ts";
import { inSnapshot } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** Which failing contacts to show. */
export interface FailingQuery {
  /** An address or how it begins, a name, an id of either system; `null` for everybody. */
  readonly search: string | null;
  readonly searchIn: SearchIn;
  /** A problem's code; `null` for every cause. */
  readonly cause: string | null;
  readonly side: Side | null;
  /** A field's key. */
  readonly field: string | null;
  /** Who is in scope by this rule now. */
  readonly rule: FilterRule | null;
  /** Those whom a person left alone stay findable. */
  readonly state: "failing" | "ignored";
  /** First seen not longer ago than this. */
  readonly within: "day" | "week" | "month" | null;
  readonly sort: FailingSort;
  readonly size: PageSize;
  /** From 1. */
  readonly page: number;
}

/** A rule of the mapping with what it names found. */
export type FilterRule = Pick<ResolvedRule, "id" | "from" | "collections">;

export const FAILING_SORTS = ["newest", "oldest", "email", "tries"] as const;
export type FailingSort = (typeof FAILING_SORTS)[number];
export const PAGE_SIZES = [25, 50, 100] as const;
export type PageSize = (typeof PAGE_SIZES)[number];

/** Everybody who fails, the latest first. */
export const ALL_FAILING: FailingQuery = {
  search: null,
  searchIn: "everything",
  cause: null,
  side: null,
  field: null,
  rule: null,
  state: "failing",
  within: null,
  sort: "newest",
  size: 25,
  page: 1,
};

export interface FailingPage {
  readonly contacts: readonly FailingContact[];
  /** All that match. */
  readonly total: number;
  /** The page that was read: the last one, where a later one was asked for. */
  readonly page: number;
  /** At least 1. */
  readonly pages: number;
}

/** Somebody whose contacts cannot be kept in step until a person, or time, mends it. */
export interface FailingContact {
  readonly id: string;
  readonly email: string;
  /** As one of the sides shows it, where the mapping has one. */
  readonly name: string | null;
  /** The ids of the contacts in both systems. */
  readonly ids: { readonly [S in Side]: string | null };
  readonly since: Date;
  /** Refused writes in a row; 0 where nothing could be sent. */
  readonly attempts: number;
  /** When it is tried again without anybody asking. */
  readonly retryAt: Date | null;
  /** Something has changed since it failed, or a person wants it tried: the next run does. */
  readonly waits: boolean;
  /** Who left it alone and why; `null` for who is not ignored. */
  readonly ignored: IgnoredNote | null;
  readonly problems: readonly StoredProblem[];
}

/** Why a contact is left alone, and until when. */
export interface IgnoredNote {
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
  readonly ends: "changed" | "at" | "never";
  readonly until: Date | null;
}

/** Links of a page, or of all that match. */
export type LinkSelection =
  | { readonly kind: "ids"; readonly ids: readonly bigint[] }
  | { readonly kind: "matching"; readonly query: FailingQuery };

const FAILING_ROW = z.object({
  id: z.bigint(),
  email: z.string(),
  name: z.string().nullable(),
  hubspot: z.string().nullable(),
  klaviyo: z.string().nullable(),
  since: z.date(),
  attempts: z.number(),
  retryAt: z.date().nullable(),
  waits: z.boolean(),
  by: z.string().nullable(),
  at: z.date().nullable(),
  reason: z.string().nullable(),
  ends: z.enum(["changed", "at", "never"]).nullable(),
  until: z.date().nullable(),
});

/** The columns of an ignored contact are all there, or none. */
function ignoredNote({ by, at, reason, ends, until }: z.infer<typeof FAILING_ROW>): IgnoredNote | null {
  if (by === null || at === null || ends === null) return null;
  return { by, at, reason: reason ?? "", ends, until };
}

/** A page of failing contacts with their problems: an exact hit of the search first, then in the order asked for. */
export async function readFailing(store: Store, query: FailingQuery, now: Date): Promise<FailingPage> {
  return inSnapshot(store, async (store) => {
    const total = await countSelected(store, { kind: "matching", query }, now);
    const pages = Math.max(1, Math.ceil(total / query.size));
    const page = Math.min(query.page, pages);
    const ids = await matchingIds(store, query, now, query.size, (page - 1) * query.size);
    return { contacts: await readContacts(store, ids), total, page, pages };
  });
}

/** Contacts read at a time for a file. */
const FILE_PAGE = 500;

/** All that match, in their order, a page in memory at a time. */
export async function* eachFailing(
  store: Store,
  query: FailingQuery,
  now: Date,
): AsyncGenerator<FailingContact> {
  const ids = await matchingIds(store, query, now, null, 0);
  for (const some of chunks(ids, FILE_PAGE)) yield* await readContacts(store, some);
}

const TOTAL_ROW = z.object({ total: z.number() });

/** How many contacts a selection is of. */
export async function countSelected(
  { statements, connectionId }: Store,
  selection: LinkSelection,
  now: Date,
): Promise<number> {
  const [count] = await rowsOf(statements, TOTAL_ROW)`
    SELECT count(*)::int AS total FROM link WHERE ${selected(connectionId, selection, now)}`;
  return count?.total ?? 0;
}

/** The condition on `link` of a selection. */
export function selected(connectionId: number, selection: LinkSelection, now: Date): Prisma.Sql {
  if (selection.kind === "ids")
    return Prisma.sql`link.connection_id = ${connectionId} AND link.id = ANY(${[...selection.ids]}::bigint[])`;
  const { search, searchIn, state, rule } = selection.query;
  return Prisma.sql`link.connection_id = ${connectionId} AND link.state = ${state}
    ${search === null ? Prisma.empty : Prisma.sql`AND link.id IN (${peopleMatching(connectionId, search, searchIn)})`}
    ${rule === null ? Prisma.empty : ofRule(connectionId, rule)} ${ofProblem(selection.query, now)}`;
}

function ofRule(connectionId: number, { from, collections }: FilterRule): Prisma.Sql {
  return Prisma.sql`AND EXISTS (
    SELECT FROM sighting JOIN member USING (connection_id, side, external_id)
    WHERE sighting.link_id = link.id AND connection_id = ${connectionId} AND side = ${from}
      AND member.collection = ANY(${[...collections]}::text[]))`;
}

const WITHIN_MS = { day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 };

/** One problem has to be all of it: of this cause, on this side, of this field, and first seen since then. */
function ofProblem({ cause, side, field, within }: FailingQuery, now: Date): Prisma.Sql {
  const conditions = [
    ...(cause === null ? [] : [Prisma.sql`code = ${cause}`]),
    ...(side === null ? [] : [Prisma.sql`side = ${side}`]),
    ...(field === null ? [] : [Prisma.sql`field = ${field}`]),
    ...(within === null ? [] : [Prisma.sql`first_seen >= ${new Date(now.getTime() - WITHIN_MS[within])}`]),
  ];
  if (conditions.length === 0) return Prisma.empty;
  return Prisma.sql`AND EXISTS (SELECT FROM problem WHERE link_id = link.id AND ${Prisma.join(conditions, " AND ")})`;
}

const ORDERS: Readonly<Record<FailingSort, Prisma.Sql>> = {
  newest: Prisma.sql`since DESC, id`,
  oldest: Prisma.sql`since, id`,
  email: Prisma.sql`email_key, id`,
  tries: Prisma.sql`attempts DESC, id`,
};

const ID_ROW = z.object({ id: z.bigint() });

async function matchingIds(
  { statements, connectionId }: Store,
  query: FailingQuery,
  now: Date,
  limit: number | null,
  offset: number,
): Promise<readonly bigint[]> {
  const isKnown = query.searchIn === "everything";
  const exact = isKnown ? (query.search?.trim().toLowerCase().normalize("NFC") ?? "") : "";
  const sort = query.sort === "email" && !isKnown ? "newest" : query.sort;
  const rows = await rowsOf(statements, ID_ROW)`
    SELECT id FROM (
      SELECT link.id, email_key, attempts, coalesce(earliest.first_seen, dirty_since, created_at) AS since
      FROM link LEFT JOIN (
        SELECT link_id, min(first_seen) AS first_seen FROM problem
        WHERE connection_id = ${connectionId} AND link_id IS NOT NULL GROUP BY link_id) AS earliest ON link_id = link.id
      WHERE ${selected(connectionId, { kind: "matching", query }, now)}) AS matching
    ORDER BY email_key = ${exact} DESC, ${ORDERS[sort]} LIMIT ${limit}::int OFFSET ${offset}::int`;
  return rows.map(({ id }) => id);
}

const SINCE = Prisma.sql`coalesce((SELECT min(first_seen) FROM problem WHERE link_id = link.id), dirty_since, created_at)`;

/** In the order of the ids; of whatever state they are. */
export async function readContacts(
  { statements, connectionId }: Store,
  ids: readonly bigint[],
): Promise<readonly FailingContact[]> {
  const rows = await rowsOf(statements, FAILING_ROW)`
    SELECT id, email_key AS email, hubspot_id AS hubspot, klaviyo_id AS klaviyo, attempts, retry_at AS "retryAt",
           dirty_since IS NOT NULL AS waits, ${SINCE} AS since,
           (SELECT person_name(fields) FROM sighting WHERE link_id = link.id ORDER BY side LIMIT 1) AS name,
           ignored_by AS by, ignored_at AS at, ignored_reason AS reason, ignored_ends AS ends, ignored_until AS until
    FROM link WHERE connection_id = ${connectionId} AND id = ANY(${[...ids]}::bigint[])
    ORDER BY array_position(${[...ids]}::bigint[], id)`;
  const problems = await statements.problem.findMany({
    where: { linkId: { in: [...ids] } },
    orderBy: [{ firstSeen: "asc" }, { id: "asc" }],
  });
  const byLink = Map.groupBy(problems, ({ linkId }) => linkId);
  return rows.map((row) => ({
    id: String(row.id),
    email: row.email,
    name: row.name,
    ids: { hubspot: row.hubspot, klaviyo: row.klaviyo },
    since: row.since,
    attempts: row.attempts,
    retryAt: row.retryAt,
    waits: row.waits,
    ignored: ignoredNote(row),
    problems: (byLink.get(row.id) ?? []).map(storedProblem),
  }));
}
