import { z } from "zod";
import type { Side } from "../../model/side.ts";
import { otherSide } from "../../model/side.ts";
import type { Folding } from "./fold-links.ts";
import { foldLinks } from "./fold-links.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** A contact that others were merged into. */
export interface MergedContact {
  readonly id: string;
  readonly mergedIds: readonly string[];
}

/** Of these contacts, those that took the place of a linked one: they are kept, whatever address they have. */
export async function heirsOfLinked(
  { statements, connectionId }: Store,
  side: Side,
  merged: readonly MergedContact[],
): Promise<ReadonlySet<string>> {
  const ids = merged.flatMap(({ mergedIds }) => [...mergedIds]);
  if (ids.length === 0) return new Set();
  const column = side === "hubspot" ? { hubspotId: { in: ids } } : { klaviyoId: { in: ids } };
  const links = await statements.link.findMany({ where: { connectionId, ...column } });
  const linked = new Set(links.map((link) => (side === "hubspot" ? link.hubspotId : link.klaviyoId)));
  return new Set(
    merged.filter(({ mergedIds }) => mergedIds.some((id) => linked.has(id))).map(({ id }) => id),
  );
}

/**
 * Moves the links of merged contacts to the one that is left (CONTRACT.md, Identity). Where several of them were linked, their
 * links become one. As long as the other side has a contact for more than one of them, these links stay apart: the
 * survivor is in step with one, and the others wait for a merge on that side too (see `foldParted`).
 */
export async function relinkMerged(
  store: Store,
  side: Side,
  merged: readonly MergedContact[],
  now: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  for (const { id, mergedIds } of merged) {
    const links = await linksOf(store, side, [id, ...mergedIds]);
    const [first] = links;
    if (first === undefined || (links.length === 1 && first.own === id)) continue;
    const kept = await keepOne(store, side, id, links, now);
    await statements.sighting.deleteMany({
      where: { connectionId, side, externalId: { in: mergedIds.filter((one) => one !== id) } },
    });
    await statements.sighting.updateMany({
      where: { connectionId, side, externalId: id },
      data: { linkId: null },
    });
    await statements.link.update({
      where: { id: kept },
      data: {
        ...(side === "hubspot" ? { hubspotId: id } : { klaviyoId: id }),
        partedOn: null,
        partedTo: null,
        dirtySince: now,
      },
    });
    await statements.link.updateMany({ where: { id: kept, deletedOn: side }, data: { deletedOn: null } });
    await statements.link.updateMany({ where: { id: kept, missingOn: side }, data: { missingOn: null } });
    await statements.sighting.updateMany({
      where: { connectionId, side, externalId: id },
      data: { linkId: kept },
    });
  }
}

/** A link of a contact that took part in a merge. */
interface MergingLink {
  readonly id: bigint;
  /** The id of its contact on the side of the merge, and that of the other side where that is alive. */
  readonly own: string;
  readonly partner: string | null;
  /** The address that the other side's contact shows. */
  readonly shown: string | null;
  /** The address of the contact that is left. */
  readonly survivor: string | null;
}

const MERGING_LINK_ROW: z.ZodType<MergingLink> = z.object({
  id: z.bigint(),
  own: z.string(),
  partner: z.string().nullable(),
  shown: z.string().nullable(),
  survivor: z.string().nullable(),
});

function linksOf(
  { statements, connectionId }: Store,
  side: Side,
  ids: readonly string[],
): Promise<readonly MergingLink[]> {
  const [own, partner] = side === "hubspot" ? ["hubspot_id", "klaviyo_id"] : ["klaviyo_id", "hubspot_id"];
  const other = otherSide(side);
  const [ownId, partnerId] = [Prisma.raw(own), Prisma.raw(partner)];
  return rowsOf(statements, MERGING_LINK_ROW)`
    SELECT link.id, ${ownId} AS own, contact.email_key AS shown,
           CASE WHEN deleted_on IS DISTINCT FROM ${other} AND missing_on IS DISTINCT FROM ${other} THEN ${partnerId} END AS partner,
           (SELECT email_key FROM sighting
            WHERE connection_id = ${connectionId} AND side = ${side} AND external_id = ${ids[0]}) AS survivor
    FROM link LEFT JOIN sighting AS contact ON contact.link_id = link.id AND contact.side = ${other}
    WHERE link.connection_id = ${connectionId} AND ${ownId} = ANY(${[...ids]}::text[])
    ORDER BY link.id`;
}

/** @returns the link that the survivor belongs to */
async function keepOne(
  store: Store,
  side: Side,
  survivor: string,
  links: readonly MergingLink[],
  now: Date,
): Promise<bigint> {
  const { statements } = store;
  const alive = links.filter(({ partner }) => partner !== null);
  const primary =
    alive.find(({ shown, survivor: address }) => shown !== null && shown === address) ??
    alive.find(({ own }) => own === survivor) ??
    alive[0] ??
    links.find(({ own }) => own === survivor) ??
    links[0];
  if (primary === undefined) throw new Error("a merge concerns at least one link");
  let kept = primary.id;
  for (const link of links.filter((one) => one !== primary)) {
    if (link.partner !== null) continue;
    kept = await foldLinks(store, [kept, link.id], folding(side, survivor, primary, kept), now);
  }
  for (const { id } of links.filter((one) => one !== primary && one.partner !== null)) {
    await statements.sighting.updateMany({ where: { linkId: id, side }, data: { linkId: null } });
    const own = side === "hubspot" ? { hubspotId: null } : { klaviyoId: null };
    await statements.link.update({
      where: { id },
      data: { ...own, partedOn: side, partedTo: kept, missingOn: null, dirtySince: now },
    });
  }
  return kept;
}

/** The base with the surviving contact stays valid. The base with a deleted one does not. */
function folding(side: Side, survivor: string, { own, partner }: MergingLink, id: bigint): Folding {
  const ids =
    side === "hubspot" ? { hubspot: survivor, klaviyo: partner } : { hubspot: partner, klaviyo: survivor };
  return {
    ids,
    base: own === survivor ? id : null,
    lists: id,
    deletedOn: partner === null ? otherSide(side) : null,
    others: "gone",
  };
}
