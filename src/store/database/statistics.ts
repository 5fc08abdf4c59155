import type { Store } from "./store.ts";

/** As many new rows change what the planner should do; fewer are left to autovacuum. */
const MANY = 1_000;

/**
 * Has PostgreSQL look at its tables again where many contacts wait to be linked. Without statistics it takes a connection
 * or a side for a row or two, and compares everybody with everybody: a first sync of 15,000 people then takes longer
 * than a transaction may. Autovacuum comes only once a minute, and some servers have it off.
 */
export async function refreshStatistics({ statements, connectionId }: Store): Promise<void> {
  const waiting = await statements.sighting.count({
    where: { connectionId, linkId: null, emailKey: { not: null } },
  });
  if (waiting >= MANY) await statements.$executeRaw`ANALYZE sighting, member, link`;
}
