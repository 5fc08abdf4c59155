import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { completenessText } from "../../../src/cli/reports/engagement-text.ts";
import { demoMapping } from "../../../src/cli/rehearsal/demo-mapping.ts";
import { RECORD_AS } from "../../../src/model/engagement.ts";
import { seenWords } from "../../../src/status/engagement/engagement-page.ts";
import { SINK_FACTS } from "../../../src/status/engagement/sinks.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { saveDayCounts } from "../../../src/store/feeds/engagement-days.ts";
import { olderProgress } from "../../../src/store/feeds/engagement-older.ts";
import { rememberMapping } from "../../../src/store/runs/mapping-versions.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
const TEXT = `${demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2")}
engagement:
  record_as: note
  metrics:
    opened: { record: first_per_message }
`;

let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "demo");
  app = await statusApp(statusDeps(fresh, it.connectionId));
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

const page = async (address: string) => (await visit(app).get(address)).body.replaceAll(/\s+/g, " ");

/** One metric of which three events were seen today, of five that Klaviyo counts. */
async function opened(): Promise<void> {
  const { connectionId } = it;
  const metricId = "M1";
  await fresh.database.engagementStream.create({
    data: {
      connectionId,
      metricId,
      name: "Opened Email",
      kind: "opened",
      channel: "email",
      floor: before(9_000),
      watermark: before(4),
    },
  });
  await saveDayCounts(storeOf(fresh.database, connectionId), metricId, new Map([["2026-11-22", 5]]), NOW);
  for (const [index, fate] of ["recorded", "repeat", "machine"].entries())
    await fresh.database.engagement.create({
      data: {
        connectionId,
        eventId: `e${index}`,
        metricId,
        kind: "opened",
        channel: "email",
        at: before(60),
        sourceKind: "campaign",
        byMachine: fate === "machine",
        seenAt: before(50),
        fate,
      },
    });
}

test("each metric tells what was shown, what was left out and why, and what is missing", async () => {
  await rememberMapping(storeOf(fresh.database, it.connectionId), "h", TEXT, NOW);
  await opened();
  const body = await page("/engagement");
  expect(body).toContain("<bdi>Opened Email</bdi>");
  expect(body).toMatch(/<td class="right">3 of 5<\/td>/);
  expect(body).toContain("last of 2026-11-22");
  expect(body).toContain("Shown as <strong>Notes</strong>");
  expect(body).toContain("Open a contact, then Notes among its Activities");
  const document = (await visit(app).get("/engagement?days=7", "application/json")).json();
  expect(document).toMatchObject({
    days: 7,
    recordAs: "note",
    totals: [{ seen: 3, recorded: 1, repeats: 1, machines: 1, missing: 2 }],
  });
});

test("what is in the way of it is told with its fix, and what concerns other lanes is not", async () => {
  await rememberMapping(storeOf(fresh.database, it.connectionId), "h", TEXT, NOW);
  await it.problem(null, {
    code: "SK-NOSINK",
    level: "connection",
    side: "hubspot",
    field: "engagement",
    title: "No such way",
  });
  await it.problem(null, {
    code: "HS-AUTH",
    level: "connection",
    side: "hubspot",
    field: null,
    title: "Another thing",
  });
  const body = await page("/engagement");
  expect(body).toContain("No such way");
  expect(body).not.toContain("<h3>Another thing");
});

test("without the section the page says how to begin, and without events that there were none", async () => {
  expect(await page("/engagement")).toContain("no <code>engagement</code> section");
  expect(await page("/engagement")).toContain("Nothing was read in the last 30 days.");
  expect((await visit(app).get("/engagement?days=8")).status).toBe(400);
});

test("every way of showing is told with what it needs and where it stands", async () => {
  const body = await page("/engagement");
  for (const way of RECORD_AS) {
    expect(body).toContain(`<code>${way}</code>`);
    expect(SINK_FACTS[way].show.length).toBeGreaterThan(0);
  }
});

test("what came after the counting is seen and not counted yet", () => {
  expect(seenWords({ counted: 5, seen: 7, seenOfCounted: 6 })).toBe("6 of 6");
  expect(seenWords({ counted: 0, seen: 7, seenOfCounted: 0 })).toBe("7");
});

test("a larger backfill is told with how far it is, on the page and by `tandem status`", async () => {
  await opened();
  const { database } = fresh;
  const { connectionId } = it;
  const olderFrom = new Date("2026-10-01T00:00:00Z");
  await database.engagementStream.updateMany({
    where: { connectionId },
    data: { olderFrom, olderSince: NOW },
  });
  await saveDayCounts(storeOf(database, connectionId), "M1", new Map([["2026-10-02", 1_200]]), NOW);
  expect(await page("/engagement")).toContain("0 of 1,200 older events read, back to 2026-10-01");
  expect(completenessText([], await olderProgress(storeOf(database, connectionId)))).toEqual([
    "",
    "Engagement of before, for a larger backfill",
    "  Opened Email  0 of 1,200 older events read, back to 2026-10-01",
  ]);
});
