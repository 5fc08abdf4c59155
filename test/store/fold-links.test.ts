import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { foldLinks } from "../../src/store/links/fold-links.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import { startRun } from "../../src/store/runs/runs.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
const AT = new Date("2026-11-01T08:00:00Z");

let fresh: FreshDatabase;
beforeEach(async () => void (fresh = await freshDatabase()));
afterEach(() => fresh.drop());

test("two links with an unanswered write each become one, and what the write that is given up may have replaced is kept", async () => {
  const { database } = fresh;
  const store = await openStore(database, "test");
  const { connectionId } = store;
  const runId = await startRun(store, "contacts", "test", AT);
  const open = async (email: string, lost: object): Promise<bigint> => {
    const { id: linkId } = await database.link.create({ data: { connectionId, emailKey: email } });
    const entry = { traceId: randomUUID(), linkId, runId, side: "klaviyo", kind: "update", sentAt: AT };
    await database.journalRow.create({ data: { ...entry, before: {}, after: {}, source: {}, lost } });
    return linkId;
  };
  const lost = { kind: "first_sync", winner: "hubspot", won: "Jo", lost: "Joe" };
  const kept = await open("jo@example.com", {});
  const gone = await open("joe@example.com", { "firstname:first_name:text": lost });
  const folding = {
    ids: { hubspot: "1", klaviyo: "01K" },
    base: null,
    lists: kept,
    deletedOn: null,
    others: "gone",
  } as const;
  expect(await foldLinks(store, [kept, gone], folding, AT)).toBe(kept);
  expect(await database.conflict.findMany()).toMatchObject([
    { linkId: kept, runId, field: "firstname:first_name:text", ...lost },
  ]);
  const outcomes = await database.journalRow.findMany({ orderBy: { outcome: "asc" } });
  expect(outcomes.map(({ linkId, outcome }) => [linkId, outcome])).toEqual([
    [kept, "sent"],
    [kept, "superseded"],
  ]);
});
