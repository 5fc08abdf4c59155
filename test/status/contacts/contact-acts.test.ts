import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { statusActions } from "../../../src/status/status-actions.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { ALL_FAILING } from "../../../src/store/pages/failing-contacts.ts";
import { endIgnores } from "../../../src/store/pages/ignored.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
let id: bigint;
let at = NOW;
const ann = { name: "Ann", role: "operator" } as const;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  id = await it.link("jo@example.com", "failing", { hubspotId: "51" });
  await it.sighting(id, "hubspot", "51", {});
  await fresh.database.link.update({ where: { id }, data: { createdAt: before(90) } });
  app = await statusApp(statusDeps(fresh, it.connectionId));
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

const actions = () => statusActions(storeOf(fresh.database, it.connectionId), () => at);
const terms = { reason: "asked us to wait", ends: "at", until: before(20) } as const;

async function history(): Promise<readonly string[]> {
  const { body } = await visit(app).get(`/contacts/${id}`);
  const list = /<ol class="history">([^]*?)<\/ol>/.exec(body)?.[1] ?? "";
  return [...list.matchAll(/<li>([^]*?)<\/li>/g)].map(([, one = ""]) =>
    one
      .replaceAll(/<[^>]*>/g, "")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );
}

test("a contact's history says when it was linked, who left it alone and took it up again, and why", async () => {
  const selection = { kind: "ids", ids: [id, id + 1n] } as const;
  at = before(60);
  await actions().ignore(ann, selection, terms);
  at = before(50);
  await actions().resume({ ...ann, name: "Bo" }, selection);
  at = before(40);
  await actions().ignore(ann, selection, terms);
  await endIgnores(storeOf(fresh.database, it.connectionId), before(10));
  expect(await history()).toEqual([
    "10 min ago · No longer ignored by Tandem: its time was over, or it changed",
    "40 min ago · Ignored by Ann: asked us to wait",
    "50 min ago · No longer ignored by Bo",
    "1 h ago · Ignored by Ann: asked us to wait",
    "1 h ago · Linked by email address",
  ]);
});

test("anybody who is left alone with all that match a search has it in their history, and nobody else's", async () => {
  const other = await it.link("kim@example.com", "in_sync", { hubspotId: "52" });
  await it.sighting(other, "hubspot", "52", {});
  at = before(30);
  await actions().ignore(ann, { kind: "matching", query: ALL_FAILING }, terms);
  expect(await history()).toEqual([
    "30 min ago · Ignored by Ann: asked us to wait",
    "1 h ago · Linked by email address",
  ]);
  id = other;
  expect(await history()).toHaveLength(1);
});
