import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import { redact } from "../../../src/status/parts/redact.ts";
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
let browser: Visit;
let jo: bigint;
let conflict: bigint;

const FIRST = "firstname:first_name:text";

beforeAll(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  jo = await it.link("jo@example.com", "failing", { hubspotId: "51", klaviyoId: "01GD" });
  await it.problem(jo, {});
  await it.sighting(jo, "hubspot", "51", { [FIRST]: "Johanna", email: "jo@example.com" });
  await it.sighting(jo, "klaviyo", "01GD", { [FIRST]: "Jo", email: "jo@example.com" });
  await it.link("kim@example.com", "in_sync");
  await it.run("finished", 3);
  const { id: runId } = await fresh.database.run.findFirstOrThrow();
  const lost = {
    field: FIRST,
    kind: "changed_on_both",
    winner: "hubspot",
    won: "Johanna",
    lost: "Jo",
    at: before(5),
  };
  ({ id: conflict } = await fresh.database.conflict.create({ data: { ...lost, linkId: jo, runId } }));
  await fresh.database.journalRow.create({
    data: {
      traceId: crypto.randomUUID(),
      linkId: jo,
      runId,
      side: "klaviyo",
      kind: "update",
      before: { [FIRST]: "Jo" },
      after: { [FIRST]: "Johanna" },
      source: { [FIRST]: "Johanna", key: "pk_abcdef0123456789" },
      outcome: "refused",
      problem: { detail: "belongs to ann@example.com, Bearer pat-eu1-12345678-abcd" },
      sentAt: before(4),
    },
  });
  app = await statusApp(statusDeps(fresh, it.connectionId));
  browser = visit(app);
});
afterAll(async () => {
  await app.close();
  await fresh.drop();
});

test("an address leads to its contact, a name to the list, and a slip of the finger to who was meant", async () => {
  expect((await browser.get("/contacts?email=JO%40example.com")).location).toBe(`/contacts/${jo}`);
  expect((await browser.get("/contacts?q=johan")).body).toContain(`href="/contacts/${jo}"`);
  const { body } = await browser.get("/contacts?email=jo%40exmaple.com");
  expect(body).toContain("No contact found with");
  expect(body).toMatch(/Did you mean one of these[^]*<a href="\/contacts\/\d+"\s*><bdi>jo@example\.com/);
  expect((await browser.get("/contacts?state=in_sync")).body).not.toContain("jo@example.com");
});

test("a contact shows its problem, what was done, and what did not stand", async () => {
  const { body } = await browser.get(`/contacts/${jo}`);
  expect(body).toContain("What is wrong");
  expect(body).toContain("Phone number is not in international format");
  expect(body).toMatch(
    /<strong>Update in Klaviyo<\/strong>[^]*<a href="\/runs\/\d+">[^]*<strong>rejected<\/strong>/,
  );
  expect(body).toMatch(/&#34;Jo&#34;<\/bdi>\s*<span aria-hidden="true">→/);
  expect(body).toContain(`href="/conflicts/${conflict}/undo"`);
  const document = (await browser.get(`/contacts/${jo}`, "application/json")).json();
  expect(document).toMatchObject({
    known: { link: { id: String(jo), email: "jo@example.com" } },
    name: "Johanna",
    problems: [{ code: "KL-PHONE" }],
    history: { entries: [{ kind: "update", outcome: "refused" }] },
    conflicts: [{ winner: "hubspot", lost: "Jo", undo: null }],
  });
});

test("the heading says since when they are linked, when each side changed, and what is known of their consent", async () => {
  const { body } = await browser.get(`/contacts/${jo}`);
  const facts = /<p class="facts">[^]*?<\/dl>/.exec(body)?.[0] ?? "";
  expect(facts.match(/changed there/g)).toHaveLength(2);
  expect(facts).toMatch(/By email address,\s+<time/);
  expect(facts).toContain("Not opted out, no recorded consent");
});

test("the raw exchange holds what was read, sent and returned, without keys and other people's addresses", async () => {
  const { status, body } = await browser.get(`/contacts/${jo}/raw`);
  expect(status).toBe(200);
  for (const words of ["Values read before", "Sent", "Answer", "&#34;refused&#34;"])
    expect(body).toContain(words);
  for (const secret of ["pk_abcdef", "pat-eu1-", "ann@example.com"]) expect(body).not.toContain(secret);
  expect(redact("jo@example.com and Bearer abc", "jo@example.com")).toBe("jo@example.com and (key left out)");
});

test("a conflict is undone after one more question, once, by an admin", async () => {
  const address = `/conflicts/${conflict}/undo`;
  expect((await browser.get(address)).body).toContain("Restore &#34;Jo&#34;?");
  expect((await browser.post(address, {})).location).toBe(`/contacts/${jo}`);
  expect((await browser.get(`/contacts/${jo}`)).body).toContain("Undo waits for the next run");
  expect((await readAudit(storeOf(fresh.database, it.connectionId), 1))[0]).toMatchObject({
    action: "undo_conflict",
    about: { links: String(jo) },
    at: NOW,
  });
});

test("a pause asks why, and is over when somebody takes the contact up again", async () => {
  const address = `/contacts/${jo}`;
  await browser.get(address);
  expect((await browser.post(`${address}/pause`, {})).body).toContain("Ignore jo@example.com?");
  expect((await browser.post(`${address}/pause`, { reason: "", ends: "never" })).status).toBe(400);
  expect((await browser.post(`${address}/pause`, { reason: "list clean-up", ends: "never" })).status).toBe(
    303,
  );
  expect((await browser.get(address)).body).toContain("until someone stops ignoring it: list clean-up");
  expect((await browser.post(`${address}/resume`, {})).status).toBe(303);
  const { body } = await browser.get(address);
  expect(body).not.toContain("until someone stops ignoring it");
  const words = body.replaceAll(/<[^>]*>/g, "").replaceAll(/\s+/g, " ");
  expect(words).toContain("No longer ignored by this machine");
  expect(words).toContain("Ignored by this machine: list clean-up");
});

test("what is nobody is not there", async () => {
  for (const id of ["999999", "x", "1e3", "-1", "99999999999999999999", "%00"]) {
    for (const address of [`/contacts/${id}`, `/contacts/${id}/raw`, `/conflicts/${id}/undo`])
      expect([address, (await browser.get(address)).status]).toEqual([address, 404]);
  }
  const other = await seed(fresh, "other");
  const stranger = await other.link("eve@example.com", "failing");
  expect((await browser.get(`/contacts/${stranger}`)).status).toBe(404);
  expect((await browser.get(`/contacts/${stranger}/raw`)).status).toBe(404);
});

test.each(["page=0", "page=x", "q=a&q=b", "state=odd", "email=%00", `q=${"a".repeat(300)}`])(
  "a list that makes no sense is told so: %s",
  async (query) => expect((await browser.get(`/contacts?${query}`)).status).toBe(400),
);

test("a viewer sees no address, no raw exchange and no buttons", async () => {
  const users = [{ name: "vic", role: "viewer", hash: await hashPassword("a password for all") }] as const;
  const guarded = await statusApp(statusDeps(fresh, it.connectionId, { access: closed(users) }));
  const viewer = visit(guarded);
  await viewer.get("/sign-in");
  await viewer.post("/sign-in", { name: "vic", password: "a password for all" });
  for (const accept of ["text/html", "application/json"]) {
    const { body } = await viewer.get(`/contacts/${jo}`, accept);
    expect(body).not.toContain("jo@example.com");
    expect(body).toContain("j…@example.com");
    expect(body).not.toMatch(/Retry now|Ignore…|\/raw"|\/undo"/);
  }
  expect((await viewer.get(`/contacts/${jo}/raw`)).status).toBe(403);
  expect((await viewer.get("/errors.csv")).body).not.toContain("jo@example.com");
  await guarded.close();
});
