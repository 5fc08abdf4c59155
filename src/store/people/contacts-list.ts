import { z } from "zod";
import type { LinkState } from "../../model/link.ts";
import type { PerSide } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import { linksUnder } from "../links/links-under.ts";
import type { SearchIn } from "./search-people.ts";
import { peopleMatching } from "./search-people.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { LINK_STATE } from "../database/shapes.ts";

/** Which contacts to list. */
export interface ContactsQuery {
  /** An address or how it begins, a name, an id of either system; `null` for everybody. */
  readonly search: string | null;
  readonly searchIn: SearchIn;
  readonly state: LinkState | null;
  /** From 1. */
  readonly page: number;
}

/** Somebody, in a line. */
export interface ListedContact {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly state: LinkState;
  /** Why it is so. */
  readonly reason: string;
  readonly ids: PerSide<string | null>;
}

export interface ContactsPage {
  readonly contacts: readonly ListedContact[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

export const CONTACTS_PER_PAGE = 50;

const LISTED_CONTACT_ROW = z.object({
  reason: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  state: LINK_STATE,
  id: z.bigint(),
  hubspot: z.string().nullable(),
  klaviyo: z.string().nullable(),
});

const TOTAL_ROW = z.object({ total: z.number() });

/** A page of contacts. A page too far is the last one. */
export async function listContacts(
  { statements, connectionId }: Store,
  { search, searchIn, state, page: wanted }: ContactsQuery,
): Promise<ContactsPage> {
  const matching = Prisma.sql`link.connection_id = ${connectionId}
    ${state === null ? Prisma.empty : Prisma.sql`AND link.state = ${state}`}
    ${search === null ? Prisma.empty : Prisma.sql`AND link.id IN (${peopleMatching(connectionId, search, searchIn)})`}`;
  const [count] = await rowsOf(
    statements,
    TOTAL_ROW,
  )`SELECT count(*)::int AS total FROM link WHERE ${matching}`;
  const total = count?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / CONTACTS_PER_PAGE));
  const page = Math.min(wanted, pages);
  const order = orderOf(search, searchIn);
  const rows = await rowsOf(statements, LISTED_CONTACT_ROW)`
    WITH page AS (
      SELECT id FROM link WHERE ${matching}
      ORDER BY ${order} LIMIT ${CONTACTS_PER_PAGE} OFFSET ${(page - 1) * CONTACTS_PER_PAGE}
    )
    SELECT id, email_key AS email, state, reason, hubspot_id AS hubspot, klaviyo_id AS klaviyo,
           (SELECT person_name(fields) FROM sighting WHERE link_id = link.id ORDER BY side LIMIT 1) AS name
    FROM page JOIN link USING (id) ORDER BY ${order}`;
  const contacts = rows.map(({ id, hubspot, klaviyo, ...row }) => ({
    ...row,
    id: String(id),
    ids: { hubspot, klaviyo },
  }));
  return { contacts, total, page, pages };
}

/** By address, an exact hit first. For who must not know addresses, their order tells something of them. */
function orderOf(search: string | null, searchIn: SearchIn): Prisma.Sql {
  if (searchIn === "names_and_ids") return Prisma.sql`link.id`;
  if (search === null) return Prisma.sql`email_key`;
  return Prisma.sql`email_key = ${search.trim().toLowerCase().normalize("NFC")} DESC, email_key`;
}

const ID_ROW = z.object({ id: z.bigint() });

/** The id of the link found under this email address: the one that has it now, or had it last. */
export async function linkOfEmail(
  { statements, connectionId }: Store,
  email: string,
): Promise<string | null> {
  const [row] = await rowsOf(statements, ID_ROW)`
    SELECT id FROM link WHERE connection_id = ${connectionId} AND id IN (${linksUnder([email])})
    ORDER BY dirty_since IS NULL, id LIMIT 1`;
  return row === undefined ? null : String(row.id);
}

/** Enough to find a slip of the finger among. */
const MOST_ALIKE = 2_000;

const EMAIL_ROW = z.object({ email: z.string() });

/** Addresses that begin alike, to find out which one was meant. */
export async function addressesLike(
  { statements, connectionId }: Store,
  beginning: string,
): Promise<readonly string[]> {
  const rows = await rowsOf(statements, EMAIL_ROW)`
    SELECT email_key AS email FROM link
    WHERE connection_id = ${connectionId} AND email_key ~>=~ ${beginning} AND email_key ~<~ ${`${beginning}\u{10FFFF}`}
    LIMIT ${MOST_ALIKE}`;
  return rows.map(({ email }) => email);
}
