import type { Database } from "../../../src/store/database/database.ts";
import type { Store } from "../../../src/store/database/store.ts";
import { storeOf } from "../../../src/store/database/store.ts";
import type { Known } from "./known.ts";
import { NOW, ago } from "./known.ts";
import { seedAlerts } from "./rich-alerts.ts";
import { seedAudit, seedLedger } from "./rich-consent.ts";
import { seedEngagement } from "./rich-engagement.ts";
import { seedLinks, seedSightings } from "./rich-people.ts";
import { seedRuns } from "./rich-runs.ts";
import { seedWrites } from "./rich-writes.ts";

/**
 * Fills an empty database with every kind of row: each column that may be NULL is NULL in one row and filled in another.
 * JSON is as the versions before wrote it, too.
 */
export async function seedRich(
  database: Database,
): Promise<{ readonly store: Store; readonly known: Known }> {
  const { id } = await database.connection.create({
    data: {
      name: "rich",
      hubspotAccount: "1",
      klaviyoAccount: "A",
      mappingHash: "h",
      mappingVersion: 2,
      filledAt: ago(90),
      doubtedAt: ago(9_000),
      pausedAt: ago(1),
      pausedBy: "Kay",
      pausedReason: "The shop moves",
      pausedUntil: new Date(NOW.getTime() + 3_600_000),
      syncAskedAt: ago(0.1),
      syncAskedBy: "Kay",
    },
  });
  const other = await database.connection.create({ data: { name: "another" } });
  await database.engagementState.create({ data: { connectionId: other.id } });
  const store = storeOf(database, id);
  const runs = await seedRuns(store);
  const links = await seedLinks(store);
  await seedSightings(store, links);
  const conflict = await seedWrites(store, links, runs);
  await seedLedger(store, runs.done);
  await seedAudit(store, links);
  await seedEngagement(store);
  await seedAlerts(store);
  return {
    store,
    known: { database, run: runs.done, running: runs.running, links, conflict, hold: runs.hold },
  };
}
