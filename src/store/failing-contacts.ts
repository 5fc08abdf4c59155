import type { Side } from "../model/side.ts";
import type { Database } from "./database.ts";
import { Prisma } from "./generated/client.ts";
import type { StoredProblem } from "./overview.ts";
import { storedProblem } from "./overview.ts";

/** Which failing contacts to show. */
export interface FailingQuery {
  /** An address, or how it begins; `null` for everybody. */
  readonly search: string | null;
  /** A problem's code; `null` for every cause. */
  readonly cause: string | null;
  /** From 1. */
  readonly page: number;
}

export interface FailingPage {
  readonly contacts: readonly FailingContact[];
  /** All that match the search and the cause. */
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
  /** The ids of the contacts in both systems. */
  readonly ids: { readonly [S in Side]: string | null };
  readonly since: Date;
  /** Refused writes in a row; 0 where nothing could be sent. */
  readonly attempts: number;
  /** When it is tried again without anybody asking. */
  readonly retryAt: Date | null;
  readonly problems: readonly StoredProblem[];
}

export const CONTACTS_PER_PAGE = 25;

interface Row {
  readonly id: bigint;
  readonly email: string;
  readonly hubspot: string | null;
  readonly klaviyo: string | null;
  readonly since: Date;
  readonly attempts: number;
  readonly retryAt: Date | null;
}

/** A page of failing contacts with their problems: an exact hit of the search first, then those that fail most recently. */
export async function readFailing(
  database: Database,
  connectionId: number,
  query: FailingQuery,
): Promise<FailingPage> {
  const search = query.search?.trim().toLowerCase().normalize("NFC") ?? "";
  const matching = Prisma.sql`
    FROM link WHERE connection_id = ${connectionId} AND state = 'failing' AND starts_with(email_key, ${search})
      ${query.cause === null ? Prisma.empty : Prisma.sql`AND EXISTS (SELECT FROM problem WHERE link_id = link.id AND code = ${query.cause})`}`;
  return database.$transaction(
    async (statements) => {
      const [count] = await statements.$queryRaw<
        { total: number }[]
      >`SELECT count(*)::int AS total ${matching}`;
      const total = count?.total ?? 0;
      const pages = Math.max(1, Math.ceil(total / CONTACTS_PER_PAGE));
      const page = Math.min(query.page, pages);
      const rows = await statements.$queryRaw<Row[]>`
        SELECT id, email_key AS email, hubspot_id AS hubspot, klaviyo_id AS klaviyo, attempts, retry_at AS "retryAt",
               coalesce((SELECT min(first_seen) FROM problem WHERE link_id = link.id), dirty_since, created_at) AS since
        ${matching}
        ORDER BY email_key = ${search} DESC, since DESC, id
        LIMIT ${CONTACTS_PER_PAGE} OFFSET ${(page - 1) * CONTACTS_PER_PAGE}`;
      const problems = await statements.problem.findMany({
        where: { linkId: { in: rows.map(({ id }) => id) } },
        orderBy: [{ firstSeen: "asc" }, { id: "asc" }],
      });
      const contacts = rows.map(({ id, hubspot, klaviyo, ...row }): FailingContact => ({
        ...row,
        id: String(id),
        ids: { hubspot, klaviyo },
        problems: problems.filter(({ linkId }) => linkId === id).map(storedProblem),
      }));
      return { contacts, total, page, pages };
    },
    { isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead },
  );
}
