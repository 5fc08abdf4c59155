import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEMO_CONSENT_AND_ENGAGEMENT, demoMapping } from "../../../src/cli/rehearsal/demo-mapping.ts";
import { NEVER } from "../../../src/words/help-words.ts";
import { HEALTH_LABELS } from "../../../src/words/health-words.ts";
import { PLACES } from "../../../src/status/frame/layout/places.ts";
import { STATES } from "../../../src/words/state-words.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { rememberMapping } from "../../../src/store/runs/mapping-versions.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { before, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  app = await statusApp(statusDeps(fresh, it.connectionId));
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

const page = async (address: string) => (await visit(app).get(address)).body.replaceAll(/\s+/g, " ");

test("Help stands in the same place of every page, also of one that is not there", async () => {
  for (const address of [...PLACES.map((one) => one.address), "/nothing-here"]) {
    const body = await page(address);
    const links = [...body.matchAll(/<li> ?<a href="([^"]+)"/g)].map(([, to]) => to);
    expect([address, links.slice(0, PLACES.length).at(-1)]).toEqual([address, "/help"]);
  }
});

test("Help tells every page, every state, every word of health and every promise", async () => {
  const body = await page("/help");
  for (const { address, label, purpose } of PLACES) {
    expect(body).toContain(`<dt><a href="${address}">${label}</a></dt>`);
    expect(body).toContain(purpose.replaceAll("'", "&#39;"));
  }
  for (const { label, meaning } of STATES)
    expect(body).toMatch(new RegExp(`>${label}</a></dt> <dd>${meaning}`));
  for (const { label } of Object.values(HEALTH_LABELS)) expect(body).toContain(`<dt>${label}</dt>`);
  for (const promise of NEVER) expect(body).toContain(promise);
  expect(body).toContain('href="/settings#diagnostics"');
  expect((await visit(app).get("/settings")).body).toContain('id="diagnostics"');
  const document = (await visit(app).get("/help", "application/json")).json();
  expect(document).toMatchObject({ never: NEVER, recordAs: null });
});

test("Help says how the activities are shown the way that the mapping has chosen; without one, every way", async () => {
  const all = await page("/help");
  expect(all).toContain("The mapping shows none yet.");
  expect(all).toMatch(/Timeline events<\/h3>.*Notes<\/h3>/);
  const text = demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2") + DEMO_CONSENT_AND_ENGAGEMENT;
  await rememberMapping(storeOf(fresh.database, it.connectionId), "h1", text, before(5));
  const one = await page("/help");
  expect(one).not.toContain("The mapping shows none yet.");
  expect(one.match(/<h3>[^<]*/g)).toEqual(["<h3>Notes"]);
});
