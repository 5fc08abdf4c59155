import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { demoMapping } from "../../../src/cli/rehearsal/demo-mapping.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import type { ConflictKind } from "../../../src/store/writes/conflict-list.ts";
import { rememberMapping } from "../../../src/store/runs/mapping-versions.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";
import { latestRun, sent } from "./journal-seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
const TEXT = demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2");
const CITY = parseMapping(TEXT, "t").mapping?.fields.find(({ property }) => property.hubspot === "city");
const KEY = CITY?.key ?? "";

let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "demo");
  app = await statusApp(statusDeps(fresh, it.connectionId));
  await rememberMapping(storeOf(fresh.database, it.connectionId), "h", TEXT, NOW);
  await it.run("finished", 60);
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

interface ConflictSeed {
  readonly field?: string;
  readonly kind?: ConflictKind;
  readonly winner?: "hubspot" | "klaviyo";
  readonly minutesAgo?: number;
}

async function conflict(linkId: bigint, one: ConflictSeed = {}): Promise<bigint> {
  const { field = KEY, kind = "changed_on_both", winner = "hubspot", minutesAgo = 30 } = one;
  const { id } = await fresh.database.conflict.create({
    data: {
      linkId,
      runId: await latestRun(fresh),
      field,
      kind,
      winner,
      won: "Tartu",
      lost: "Narva",
      at: before(minutesAgo),
    },
  });
  return id;
}

const page = async (address: string) => (await visit(app).get(address)).body.replaceAll(/\s+/g, " ");
const json = async (address: string) => (await visit(app).get(address, "application/json")).json();

test("a conflict shows what both sides had, what was written before, who won, and the line that says so", async () => {
  const jo = await it.link("jo@example.com", "in_sync");
  const runId = await latestRun(fresh);
  await sent(fresh, { linkId: jo, runId, after: { [KEY]: "Riga" }, minutesAgo: 500 });
  await it.run("finished", 40);
  const id = await conflict(jo);
  const body = await page("/conflicts");
  expect(body).toMatch(
    /data-label="HubSpot had"><bdi>&#34;Tartu&#34;.*data-label="Tandem wrote before"> <bdi>&#34;Riga&#34;.*data-label="Klaviyo had"><bdi>&#34;Narva&#34;/,
  );
  expect(body).toContain(`/mapping?show=file#L${CITY?.line}`);
  expect(body).toContain(`href="/conflicts/${id}/undo"`);
  expect(body).toContain("1 conflict, HubSpot won all. If Klaviyo is right, change <code>winner</code>");
});

test("filters by field, winner, kind, time and run stay in the address", async () => {
  const jo = await it.link("jo@example.com", "in_sync");
  const first = await latestRun(fresh);
  await conflict(jo, { kind: "first_sync", minutesAgo: 3_000 });
  await it.run("finished", 20);
  await conflict(jo, { winner: "klaviyo" });
  expect(await json("/conflicts")).toMatchObject({ total: 2 });
  expect(await json("/conflicts?winner=klaviyo")).toMatchObject({
    total: 1,
    conflicts: [{ winner: "klaviyo" }],
  });
  expect(await json("/conflicts?kind=first_sync")).toMatchObject({ total: 1 });
  expect(await json("/conflicts?within=day")).toMatchObject({ total: 1 });
  expect(await json(`/conflicts?run=${first}`)).toMatchObject({
    total: 1,
    conflicts: [{ kind: "first_sync" }],
  });
  expect(await json("/conflicts?field=other")).toMatchObject({ total: 0 });
  expect(await page("/conflicts?field=other")).toContain("No conflicts match these filters.");
  expect((await visit(app).get("/conflicts?winner=mars")).status).toBe(400);
});

test("conflicts of another connection stay out, and none is said plainly", async () => {
  const other = await seed(fresh, "other");
  await other.run("finished", 5);
  await conflict(await other.link("jo@example.com", "in_sync"));
  expect(await page("/conflicts")).toContain("No conflicts yet.");
});

test("what is put back already cannot be asked for again", async () => {
  const id = await conflict(await it.link("jo@example.com", "in_sync"));
  await fresh.database
    .$executeRaw`INSERT INTO conflict_undo (conflict_id, asked_by, asked_at) VALUES (${id}, 'ann', ${NOW})`;
  const body = await page("/conflicts");
  expect(body).toContain("Undo waits for the next run");
  expect(body).not.toContain(`/conflicts/${id}/undo`);
});
