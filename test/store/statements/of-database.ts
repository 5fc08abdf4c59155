import { reachDatabase } from "../../../src/store/database/reach-database.ts";
import { readServerFacts } from "../../../src/store/database/server-facts.ts";
import { joinByHashing, refreshStatistics } from "../../../src/store/database/statistics.ts";
import { inSnapshot } from "../../../src/store/database/store.ts";
import { takeUpgradeNotes } from "../../../src/store/database/upgrade-notes.ts";
import { readCursor } from "../../../src/store/snapshots/cursors.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";

export const DATABASE: Entries = {
  inSnapshot: reads((store) => inSnapshot(store, (own) => readCursor(own, "hubspot looked"))),
  reachDatabase: reads(({ statements }) => reachDatabase(statements), "it answers nothing"),
  readServerFacts: reads(({ statements }) => readServerFacts(statements)),
  joinByHashing: writes((store) => joinByHashing(store), "it says how rows are joined, and changes none"),
  refreshStatistics: reads((store) => refreshStatistics(store), "it answers nothing"),
  takeUpgradeNotes: writes(({ statements }) => takeUpgradeNotes(statements)),
};
