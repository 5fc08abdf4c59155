import type { Side } from "../model/side.ts";
import type { Statements } from "./database.ts";

/** A contact that others were merged into. */
export interface MergedContact {
  readonly id: string;
  readonly mergedIds: readonly string[];
}

/** Of these contacts, those that took the place of a linked one: they are kept, whatever address they have. */
export async function heirsOfLinked(
  statements: Statements,
  connectionId: number,
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
 * Moves the links of merged contacts to the one that is left (contract § 3.6). Where several of them were linked, the
 * oldest link goes on, with its base; the others are over, and nothing is made again from them. Consent is not touched.
 */
export async function relinkMerged(
  statements: Statements,
  connectionId: number,
  side: Side,
  merged: readonly MergedContact[],
  now: Date,
): Promise<void> {
  for (const { id, mergedIds } of merged) {
    const ids = [id, ...mergedIds];
    const column = side === "hubspot" ? { hubspotId: { in: ids } } : { klaviyoId: { in: ids } };
    const links = await statements.link.findMany({
      where: { connectionId, ...column },
      orderBy: { id: "asc" },
    });
    const [first, ...others] = links;
    if (
      first === undefined ||
      (others.length === 0 && first[side === "hubspot" ? "hubspotId" : "klaviyoId"] === id)
    )
      continue;
    const unlink = side === "hubspot" ? { hubspotId: null } : { klaviyoId: null };
    await statements.link.updateMany({
      where: { id: { in: others.map((link) => link.id) } },
      data: { ...unlink, deletedOn: side, dirtySince: now },
    });
    await statements.sighting.deleteMany({
      where: { connectionId, side, externalId: { in: [...mergedIds] } },
    });
    await statements.sighting.updateMany({
      where: { connectionId, side, externalId: id },
      data: { linkId: null },
    });
    await statements.link.update({
      where: { id: first.id },
      data: {
        ...(side === "hubspot" ? { hubspotId: id } : { klaviyoId: id }),
        deletedOn: null,
        missingOn: null,
        dirtySince: now,
      },
    });
    await statements.sighting.updateMany({
      where: { connectionId, side, externalId: id },
      data: { linkId: first.id },
    });
  }
}
