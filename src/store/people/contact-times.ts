import type { PerSide, Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";

/** When a person was linked, and when each side's contact last changed, by the side's own clock. */
export interface ContactTimes {
  readonly linkedAt: Date;
  readonly changedAt: PerSide<Date | null>;
}

/** `null` where the connection has no link of this number. */
export async function contactTimes(
  { statements, connectionId }: Store,
  linkId: bigint,
): Promise<ContactTimes | null> {
  const link = await statements.link.findFirst({
    where: { connectionId, id: linkId },
    select: { createdAt: true, sightings: { select: { side: true, updatedAt: true } } },
  });
  if (link === null) return null;
  const of = (side: Side): Date | null => link.sightings.find((one) => one.side === side)?.updatedAt ?? null;
  return { linkedAt: link.createdAt, changedAt: { hubspot: of("hubspot"), klaviyo: of("klaviyo") } };
}
