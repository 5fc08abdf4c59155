import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import { statusActions } from "../../../src/status/status-actions.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { readAudit } from "../../../src/store/chains/audit.ts";
import { endIgnores } from "../../../src/store/pages/ignored.ts";
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
let woken: number;
let browser: Visit;

beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  woken = 0;
  const act = statusActions(
    storeOf(fresh.database, it.connectionId),
    () => NOW,
    () => void (woken += 1),
  );
  app = await statusApp(statusDeps(fresh, it.connectionId, { act }));
  browser = visit(app);
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

/** Three of one cause and one of another. */
async function four(): Promise<readonly bigint[]> {
  const ids: bigint[] = [];
  for (const name of ["a", "b", "c"])
    ids.push(await it.link(`${name}@example.com`, "failing", { attempts: 6 }));
  for (const id of ids) await it.problem(id, {});
  const other = await it.link("d@example.com", "failing");
  await it.problem(other, { code: "HS-EMAIL", side: "hubspot" });
  return [...ids, other];
}

const links = () => fresh.database.link.findMany({ orderBy: { id: "asc" } });
const latest = async () => (await readAudit(storeOf(fresh.database, it.connectionId), 1))[0];

test("those that are ticked are tried again after one more question, and it is kept who wanted it", async () => {
  const [first = 0n, second = 0n] = await four();
  await browser.get("/errors");
  const request = await browser.post("/errors", { link: [String(first), String(second)], do: "retry" });
  expect(request.body).toContain("Retry 2 contacts?");
  expect(request.body).toContain("Nothing has changed in HubSpot or Klaviyo since they failed");
  expect((await links()).every(({ dirtySince }) => dirtySince === null)).toBe(true);
  const done = await browser.post("/errors/retry", { link: [String(first), String(second)] });
  expect([done.status, done.location]).toEqual([303, "/errors"]);
  expect(woken).toBe(1);
  expect((await links()).map(({ attempts, dirtySince }) => [attempts, dirtySince])).toEqual([
    [0, NOW],
    [0, NOW],
    [6, null],
    [0, null],
  ]);
  expect(await latest()).toMatchObject({
    who: "this machine",
    action: "retry",
    contacts: 2,
    about: { links: `${first} ${second}` },
  });
  const page = await browser.get("/errors");
  expect(page.body).toContain("Retry of 2 contacts queued");
  expect(page.body).toMatch(/Retrying 2 contacts:<\/label>\s*0 done/);
  expect((await browser.get("/errors")).body).not.toContain("Retry of 2 contacts queued");
});

test("all that match a search are more than the page, and only those", async () => {
  await four();
  await browser.get("/errors?cause=KL-PHONE");
  const form = { all: "1", cause: "KL-PHONE", do: "retry" };
  const request = await browser.post("/errors", form);
  expect(request.body).toContain("Retry 3 contacts?");
  expect(request.body).toContain("the cause KL-PHONE");
  const done = await browser.post("/errors/retry", form);
  expect(done.location).toBe("/errors?cause=KL-PHONE");
  expect((await links()).map(({ dirtySince }) => dirtySince !== null)).toEqual([true, true, true, false]);
  expect(await latest()).toMatchObject({ contacts: 3, about: { cause: "KL-PHONE", searched: "no" } });
});

test("ignoring asks why and until when, and the ignored stay findable and can be taken up again", async () => {
  const [first = 0n] = await four();
  const form = { link: String(first) };
  await browser.get("/errors");
  expect((await browser.post("/errors", { ...form, do: "ignore" })).body).toContain("Reason, for the record");
  const empty = await browser.post("/errors/ignore", { ...form, reason: "  ", ends: "never" });
  expect(empty.status).toBe(400);
  expect(empty.body).toContain("<title>Error: Ignore 1 contact?");
  expect(empty.body).toMatch(/value="never"\s+checked/);
  const none = await browser.post("/errors/ignore", { ...form, reason: "a test" });
  expect(none.body).toContain('<a href="#ends-changed">');
  expect((await browser.post("/errors/ignore", { ...form, reason: "a test", ends: "days" })).status).toBe(
    303,
  );
  expect((await links())[0]).toMatchObject({ state: "ignored", retryAt: null });
  expect(await latest()).toMatchObject({ action: "ignore", reason: "a test", contacts: 1 });
  expect((await browser.get("/errors")).body).not.toContain("a@example.com");
  const page = await browser.get("/errors?state=ignored");
  expect(page.body).toContain("a@example.com");
  expect(page.body).toContain("Ignored by this machine just now, until 2026-12-22 09:00 UTC: a test");
  expect((await browser.post("/errors", { ...form, state: "ignored", do: "resume" })).status).toBe(303);
  expect((await links())[0]).toMatchObject({ state: "waiting", dirtySince: NOW });
  expect(await latest()).toMatchObject({ action: "resume", contacts: 1 });
});

test("what ends an ignore: a change, its time, or nothing but a person", async () => {
  const [changed = 0n, timed = 0n, never = 0n] = await four();
  const act = statusActions(storeOf(fresh.database, it.connectionId), () => NOW);
  const who = { name: "ann", role: "operator" } as const;
  const terms = { reason: "a test", until: null };
  const one = (id: bigint) => ({ kind: "ids", ids: [id] }) as const;
  await act.ignore(who, one(changed), { ...terms, ends: "changed" });
  await act.ignore(who, one(timed), { ...terms, ends: "at", until: before(-60) });
  await act.ignore(who, one(never), { ...terms, ends: "never" });
  const states = async () => (await links()).slice(0, 3).map(({ state }) => state);
  expect(await endIgnores(storeOf(fresh.database, it.connectionId), NOW)).toBe(0);
  expect(await states()).toEqual(["ignored", "ignored", "ignored"]);
  await fresh.database.link.updateMany({ data: { dirtySince: before(-1) } });
  await it.sighting(changed, "hubspot", "51", {});
  // What was seen is from before: an echo.
  expect(await endIgnores(storeOf(fresh.database, it.connectionId), before(-2))).toBe(0);
  await fresh.database.sighting.updateMany({ data: { updatedAt: before(-1) } });
  expect(await endIgnores(storeOf(fresh.database, it.connectionId), before(-2))).toBe(1);
  expect(await states()).toEqual(["waiting", "ignored", "ignored"]);
  expect(await endIgnores(storeOf(fresh.database, it.connectionId), before(-60))).toBe(1);
  expect(await states()).toEqual(["waiting", "waiting", "ignored"]);
});

const NOTHING_TICKED: readonly Record<string, string | string[]>[] = [
  {},
  { do: "retry" },
  { link: "", do: "retry" },
  { link: "x", do: "retry" },
  { link: ["1", "2; DROP TABLE link"], do: "retry" },
  { link: Array.from({ length: 101 }, (_, index) => String(index)), do: "retry" },
  { "link[a]": "1", do: "retry" },
  { link: "99999999999999999999", do: "retry" },
  { all: "yes", do: "retry" },
  { all: "1", cause: "nothing", do: "retry" },
  { all: ["1", "1"], do: "retry" },
];

test("a form that ticks nothing that there is does nothing", async () => {
  await four();
  await browser.get("/errors");
  for (const form of NOTHING_TICKED) {
    expect([form, (await browser.post("/errors", form)).status]).toEqual([form, 400]);
    expect([form, (await browser.post("/errors/retry", form)).status]).toEqual([form, 400]);
  }
  expect(woken).toBe(0);
});

test("a contact of another connection is nobody's to retry or to ignore", async () => {
  const other = await seed(fresh, "other");
  const id = String(await other.link("jo@example.com", "failing"));
  await browser.get("/errors");
  await browser.post("/errors/retry", { link: id });
  await browser.post("/errors/ignore", { link: id, reason: "x", ends: "never" });
  expect((await links())[0]).toMatchObject({ state: "failing", dirtySince: null });
});

test("a viewer is shown no buttons", async () => {
  await four();
  const users = [{ name: "vic", role: "viewer", hash: await hashPassword("a password for all") }] as const;
  const guarded = await statusApp(statusDeps(fresh, it.connectionId, { access: closed(users) }));
  const viewer = visit(guarded);
  await viewer.get("/sign-in");
  await viewer.post("/sign-in", { name: "vic", password: "a password for all" });
  expect((await viewer.get("/errors")).body).not.toMatch(/Retry selected|name="link"|\/raw"/);
  // Pressing the button again searches for the same.
  expect((await viewer.get("/errors?q=a%40example.com")).body).toContain('value="a@example.com"');
  await guarded.close();
});

test("contacts are found by name, by either id, and by how the address begins", async () => {
  const jo = await it.link("jo@example.com", "failing", { hubspotId: "51", klaviyoId: "01GD" });
  await it.sighting(jo, "hubspot", "51", {
    "firstname:first_name:text": "Jõhanna",
    "lastname:last_name:text": "Tamm",
  });
  await it.link("kim@example.com", "failing");
  for (const search of ["tam", "JÕHANNA tamm", "51", "01GD", "jo@exam"]) {
    const { body } = await browser.get(`/errors?q=${encodeURIComponent(search)}`);
    expect([search, body.includes("jo@example.com")]).toEqual([search, true]);
    expect(body).not.toContain("kim@example.com");
  }
  expect((await browser.get("/errors?q=tam")).body).toContain("<bdi>Jõhanna Tamm</bdi>");
});

test("filters narrow to one problem that is all of it, and each can be taken away alone", async () => {
  await four();
  const both = await it.link("e@example.com", "failing");
  await it.problem(both, { firstSeen: before(3 * 24 * 60) });
  await it.problem(both, { code: "HS-EMAIL", side: "hubspot", field: null });
  const shown = async (query: string) =>
    [...(await browser.get(`/errors?${query}`)).body.matchAll(/<bdi>(\w)@example\.com<\/bdi>/g)].map(
      ([, name]) => name,
    );
  expect(await shown("side=hubspot&sort=email")).toEqual(["d", "e"]);
  expect(await shown("side=klaviyo&cause=HS-EMAIL")).toEqual([]);
  expect(await shown("field=phone%3Aphone_number%3Aphone&within=day&sort=email")).toEqual([
    "a",
    "b",
    "c",
    "d",
  ]);
  expect(await shown("sort=tries&size=50")).toHaveLength(5);
  const { body } = await browser.get("/errors?side=hubspot&cause=HS-EMAIL");
  expect(body).toContain('href="/errors?cause=HS-EMAIL"');
  expect(body).toContain('href="/errors?side=hubspot"');
});

test("a cause that is older than two days says whether it rises", async () => {
  const [first = 0n, second = 0n] = await four();
  await it.problem(first, { code: "SK-TWO", firstSeen: before(30 * 60) });
  expect((await browser.get("/errors")).body).not.toMatch(/rising|falling/);
  await it.problem(second, { code: "SK-TWO", firstSeen: before(5 * 24 * 60) });
  const { body } = await browser.get("/errors");
  expect(body).toContain("0 new in the last day, 1 the day before: falling");
  expect(body).not.toContain("rising");
});

test("the file has a line a problem, of all that match, and no formulas", async () => {
  await four();
  const odd = await it.link("=cmd@example.com", "failing", { hubspotId: "51" });
  await it.problem(odd, { explanation: '=HYPERLINK("https://evil.example")' });
  const answer = await browser.get("/errors.csv?cause=KL-PHONE&page=7");
  expect(answer.headers["content-disposition"]).toBe('attachment; filename="errors-2026-11-22.csv"');
  expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(answer.body.startsWith("\uFEFFE-mail,Name,HubSpot id")).toBe(true);
  const lines = answer.body.trimEnd().split("\r\n");
  expect(lines).toHaveLength(5);
  expect(answer.body).toContain("'=cmd@example.com,,51,");
  expect(answer.body).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
});

const ODD_WORDS = [
  "' OR 1=1 --",
  "\\",
  "%",
  "_",
  "a' UNION SELECT",
  "$1",
  "::",
  "tam:*",
  "!",
  "&",
  "()",
  "\u{10FFFF}",
  "'",
];

test("a search for odd words asks for nothing else", async () => {
  await four();
  for (const words of ODD_WORDS.map(encodeURIComponent)) {
    for (const url of [`/errors?q=${words}`, `/errors?field=${words}`, `/errors.csv?q=${words}`]) {
      const answer = await browser.get(url);
      expect([url, answer.status]).toEqual([url, 200]);
      expect(answer.body).not.toContain("b@example.com");
    }
  }
});
