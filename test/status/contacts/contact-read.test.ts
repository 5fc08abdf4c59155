import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import type { PageWork, PageTask } from "../../../src/service/page-tasks.ts";
import type { StatusDeps } from "../../../src/status/frame/status-app.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { readAudit } from "../../../src/store/chains/audit.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { Visit } from "../app.ts";
import { closed, statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
let id: bigint;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  id = await it.link("jo@example.com", "in_sync", { hubspotId: "51" });
  await it.sighting(id, "hubspot", "51", {});
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

async function open(more: Partial<StatusDeps> = {}): Promise<Visit> {
  app = await statusApp(statusDeps(fresh, it.connectionId, more));
  return visit(app);
}

/** Page tasks of which the first is accepted. */
function tasks(state: PageTask["state"] | null, begun: PageWork[] = []): NonNullable<StatusDeps["tasks"]> {
  const task: PageTask | null =
    state === null ? null : { work: { kind: "read", linkId: id }, by: "Ann", at: before(2), state };
  return {
    begin: (work) => begun.push(work) === 1,
    dryRun: () => null,
    undoOf: () => null,
    readOf: () => task,
  };
}

const words = async (browser: Visit) => (await browser.get(`/contacts/${id}`)).body.replaceAll(/\s+/g, " ");

test.each([
  [16, true],
  [15, false],
])("what was looked at %i minutes ago can be read now: %s", async (minutes, offered) => {
  await it.run("finished", minutes + 41 / 60);
  const body = await words(await open({ tasks: tasks(null) }));
  expect(body.includes("Values read")).toBe(offered);
  expect(body.includes("Read now</button>")).toBe(offered);
});

test("a read becomes a page task once, in the name of the person who wants it", async () => {
  const begun: PageWork[] = [];
  const browser = await open({ tasks: tasks(null, begun) });
  await browser.get(`/contacts/${id}`);
  const done = await browser.post(`/contacts/${id}/read`, {});
  expect([done.status, done.location]).toEqual([303, `/contacts/${id}`]);
  expect(begun).toEqual([{ kind: "read", linkId: id }]);
  expect(await words(browser)).toContain("Being read on both sides");
  expect((await browser.post(`/contacts/${id}/read`, {})).status).toBe(409);
  expect((await browser.post("/contacts/999/read", {})).status).toBe(404);
  const audit = await readAudit(storeOf(fresh.database, it.connectionId), 9);
  expect(audit).toMatchObject([
    { who: "this machine", action: "read_contact", contacts: 1, about: { links: String(id) } },
  ]);
});

test("a read under way says so and is not asked for twice; one that failed says why, and one that is done how new it is", async () => {
  const working = await words(await open({ tasks: tasks({ kind: "working" }) }));
  expect(working).toContain("Tandem is reading both systems, requested by <bdi>Ann</bdi>");
  expect(working).not.toContain("Read now</button>");
  await app.close();
  const failed = await words(await open({ tasks: tasks({ kind: "failed", why: "HubSpot is down." }) }));
  expect(failed).toContain("Reading failed: HubSpot is down.");
  expect(failed).toContain("Read now</button>");
  await app.close();
  await it.run("finished", 60);
  const found = { kind: "read", linkId: id } as const;
  const browser = await open({ tasks: tasks({ kind: "ready", found, at: before(1) }) });
  expect(await words(browser)).not.toContain("Read now</button>");
  const document = (await browser.get(`/contacts/${id}`, "application/json")).json();
  expect(document).toMatchObject({ readAt: before(1).toISOString(), reading: "ready" });
});

test("where nobody reads, and to a viewer, no button is shown; how old it is, is", async () => {
  await it.run("finished", 60);
  expect(await words(await open())).toMatch(/Values read <time[^>]*>59 min ago/);
  expect(await words(visit(app))).not.toContain("Read now</button>");
  await app.close();
  const hash = await hashPassword("a password for all");
  const access = closed([{ name: "vi", role: "viewer", hash }]);
  const browser = await open({ tasks: tasks(null), access, now: () => NOW });
  await browser.get("/sign-in");
  await browser.post("/sign-in", { name: "vi", password: "a password for all" });
  const body = await words(browser);
  expect(body).toContain("Values read");
  expect(body).not.toContain("Read now</button>");
});
