import { z } from "zod";
import type { Side } from "../../model/side.ts";
import { EMAIL_FIELD } from "../../model/mapping.ts";
import type { Statements } from "../database/database.ts";
import { foldLinks } from "./fold-links.ts";
import { keepPutAside, putAsideOn } from "./keep-put-aside.ts";
import { Prisma } from "../generated/client.ts";
import type { ScopeCollections } from "./links.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** A HubSpot contact and a Klaviyo profile that show one address and are not one link. */
interface Pair {
  readonly hubspot: string;
  readonly klaviyo: string;
  readonly hubspotLink: bigint | null;
  readonly klaviyoLink: bigint | null;
  /** Has the link of this one a live contact on the other side too? */
  readonly hubspotHasPartner: boolean;
  readonly klaviyoHasPartner: boolean;
}

const PAIR_ROW: z.ZodType<Pair> = z.object({
  hubspot: z.string(),
  klaviyo: z.string(),
  hubspotLink: z.bigint().nullable(),
  klaviyoLink: z.bigint().nullable(),
  hubspotHasPartner: z.boolean(),
  klaviyoHasPartner: z.boolean(),
});

/** More at once than ever come: what is left is joined in the next run. */
const PAIRS_AT_ONCE = 5_000;

/**
 * Joins the HubSpot contacts and Klaviyo profiles that show one address and stand apart: one of them was renamed, or the
 * contact that it was linked to is no more. A contact whose link is about to write its other side's new address to it is
 * left: it gives the email address up. A contact that a link loses by that is linked by its own email address.
 *
 * @returns whether anybody was joined
 */
export async function pairByAddress(store: Store, scope: ScopeCollections, now: Date): Promise<boolean> {
  const joined = new Set<bigint>();
  for (const pair of await pairsApart(store, scope)) {
    const links = [pair.hubspotLink, pair.klaviyoLink].filter((id) => id !== null);
    if (links.some((id) => joined.has(id))) continue;
    for (const id of links) joined.add(id);
    await join({ ...store, now }, pair);
  }
  return joined.size > 0;
}

interface Joining extends Store {
  readonly now: Date;
}

async function join(joining: Joining, pair: Pair): Promise<void> {
  const { statements, now } = joining;
  const { hubspot, klaviyo, hubspotLink, klaviyoLink } = pair;
  const ids = { hubspot, klaviyo };
  if (hubspotLink !== null && klaviyoLink !== null) {
    // A link that keeps a contact continues under that contact's email address. Only a link left empty is folded.
    if (!pair.hubspotHasPartner || !pair.klaviyoHasPartner) {
      const asides = [
        await putAsideOn(joining, "klaviyo", hubspotLink),
        await putAsideOn(joining, "hubspot", klaviyoLink),
      ];
      for (const id of [hubspotLink, klaviyoLink]) await forgetDeleted(statements, id);
      const folding = { ids, base: null, lists: klaviyoLink, deletedOn: null, others: "unlinked" as const };
      const link = await foldLinks(joining, [hubspotLink, klaviyoLink], folding, now);
      for (const aside of asides) if (aside !== null) await keepPutAside(joining, { ...aside, link }, now);
      return;
    }
    await release(joining, "klaviyo", klaviyoLink);
    await take(joining, hubspotLink, "klaviyo", klaviyo);
    return;
  }
  if (hubspotLink !== null) return take(joining, hubspotLink, "klaviyo", klaviyo);
  if (klaviyoLink !== null) return take(joining, klaviyoLink, "hubspot", hubspot);
}

/** The link's contact on a side becomes another one, of which nothing was agreed. */
async function take(joining: Joining, link: bigint, side: Side, id: string): Promise<void> {
  const { statements } = joining;
  await release(joining, side, link);
  const own = side === "hubspot" ? Prisma.sql`hubspot_id` : Prisma.sql`klaviyo_id`;
  await statements.$executeRaw`
    UPDATE link SET ${own} = ${id}::text, deleted_on = NULLIF(deleted_on, ${side}), missing_on = NULLIF(missing_on, ${side}),
      parted_on = NULL, parted_to = NULL
    WHERE id = ${link}`;
  await statements.$executeRaw`
    UPDATE sighting SET link_id = ${link}
    WHERE side = ${side} AND external_id = ${id} AND connection_id = (SELECT connection_id FROM link WHERE id = ${link})`;
}

/** A contact that is no more shows no address to be linked by. */
async function forgetDeleted(statements: Statements, link: bigint): Promise<void> {
  await statements.$executeRaw`
    DELETE FROM sighting USING link
    WHERE link.id = ${link} AND sighting.link_id = link.id AND sighting.side = link.deleted_on`;
}

async function release(joining: Joining, side: Side, link: bigint): Promise<void> {
  const { statements, now } = joining;
  const own = side === "hubspot" ? Prisma.sql`hubspot_id` : Prisma.sql`klaviyo_id`;
  // The side was asked before the link had this contact: who has the address now is to be asked again.
  const sought = side === "hubspot" ? Prisma.sql`hubspot_sought` : Prisma.sql`klaviyo_sought`;
  const lists = side === "klaviyo" ? Prisma.sql`'{}'::text[]` : Prisma.sql`lists`;
  const aside = await putAsideOn(joining, side, link);
  await forgetDeleted(statements, link);
  await statements.$executeRaw`UPDATE sighting SET link_id = NULL WHERE link_id = ${link} AND side = ${side}`;
  await statements.$executeRaw`
    UPDATE link SET ${own} = NULL, ${sought} = NULL, base = '{}', refused = '{}', lists = ${lists}, dirty_since = coalesce(dirty_since, ${now}::timestamptz)
    WHERE id = ${link}`;
  if (aside !== null) await keepPutAside(joining, aside, now);
}

/**
 * `aside`: a contact whose link is to write its other side's new address to it. It was not renamed itself since the last
 * agreement and the other one was, which a rule lets lead; before any agreement HubSpot's address is the one that is written.
 */
function pairsApart({ statements, connectionId }: Store, scope: ScopeCollections): Promise<readonly Pair[]> {
  return rowsOf(statements, PAIR_ROW)`/* long */
    WITH shown AS (
      SELECT sighting.side, sighting.external_id, sighting.email_key, sighting.created_at, sighting.link_id, link.dirty_since, link.state,
             link.base -> ${EMAIL_FIELD.key} AS agreed, partner.email_key AS other, partner.external_id AS partner,
             EXISTS (SELECT FROM member
                     WHERE member.connection_id = ${connectionId} AND member.side = partner.side
                       AND member.external_id = partner.external_id
                       AND (member.side = 'hubspot' AND member.collection = ANY(${[...scope.hubspot]}::text[])
                         OR member.side = 'klaviyo' AND member.collection = ANY(${[...scope.klaviyo]}::text[]))) AS leads
      FROM sighting
      LEFT JOIN link ON link.id = sighting.link_id
      LEFT JOIN sighting AS partner ON partner.link_id = sighting.link_id AND partner.side <> sighting.side
                                   AND link.deleted_on IS DISTINCT FROM partner.side
      WHERE sighting.connection_id = ${connectionId} AND sighting.email_key IS NOT NULL
        AND (sighting.link_id IS NULL OR link.dirty_since IS NOT NULL)
        AND link.deleted_on IS DISTINCT FROM sighting.side AND link.missing_on IS NULL
        AND partner.email_key IS DISTINCT FROM sighting.email_key
    ), here AS (
      SELECT *, other IS NOT NULL AND state NOT IN ('excluded', 'ignored') AND leads
                  AND CASE WHEN agreed IS NULL THEN side = 'klaviyo'
                           ELSE agreed ->> side = email_key
                                AND agreed ->> CASE side WHEN 'hubspot' THEN 'klaviyo' ELSE 'hubspot' END IS DISTINCT FROM other END AS aside
      FROM shown
      WHERE coalesce(agreed ->> 'hubspot' = agreed ->> 'klaviyo', true)
    ), oldest AS (
      SELECT DISTINCT ON (side, email_key) * FROM here
      ORDER BY side, email_key, link_id IS NULL, created_at, length(external_id), external_id
    )
    SELECT h.external_id AS hubspot, k.external_id AS klaviyo, h.link_id AS "hubspotLink", k.link_id AS "klaviyoLink",
           h.partner IS NOT NULL AS "hubspotHasPartner", k.partner IS NOT NULL AS "klaviyoHasPartner"
    FROM oldest AS h JOIN oldest AS k ON h.side = 'hubspot' AND k.side = 'klaviyo' AND k.email_key = h.email_key
    WHERE NOT h.aside AND NOT k.aside AND (h.link_id IS NOT NULL OR k.link_id IS NOT NULL)
      AND h.link_id IS DISTINCT FROM k.link_id
    ORDER BY h.link_id, k.link_id LIMIT ${PAIRS_AT_ONCE}`;
}
