import type { Store } from "./store.ts";

/** As many new rows change what the planner should do; fewer are left to autovacuum. */
const MANY = 1_000;

/**
 * Has PostgreSQL look at its tables again where many contacts wait to be linked. Without statistics it takes a connection
 * or a side for a row or two, and compares everybody with everybody: a first sync of 15,000 people then takes longer
 * than a transaction may. Autovacuum comes only once a minute, and some servers have it off.
 *
 * @returns whether many wait
 */
export async function refreshStatistics({ statements, connectionId }: Store): Promise<boolean> {
  const waiting = await statements.sighting.count({
    where: { connectionId, linkId: null, emailKey: { not: null } },
  });
  if (waiting < MANY) return false;
  await statements.$executeRaw`ANALYZE sighting, member, link`;
  return true;
}

/**
 * Has the transaction join its rows by hashing, for statements over many. What statistics of a moment ago say of a table that
 * grows by thousands of rows a second would have PostgreSQL compare everybody with everybody.
 */
export async function joinByHashing({ statements }: Store): Promise<void> {
  await statements.$executeRaw`SET LOCAL enable_nestloop = off`;
}
