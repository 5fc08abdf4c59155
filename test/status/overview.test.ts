import { afterEach, beforeEach, expect, test } from "vitest";
import { ALL_FAILING, readFailing } from "../../src/store/pages/failing-contacts.ts";
import { readOverview } from "../../src/store/pages/overview.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { Seed } from "./seed.ts";
import { NOW, before, seed } from "./seed.ts";
import { storeOf } from "../../src/store/database/store.ts";
let fresh: FreshDatabase;
let it: Seed;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
});
afterEach(() => fresh.drop());

const EVERYBODY = ALL_FAILING;

test("the counters of the five states add up to all links, and other connections stay out (P21)", async () => {
  await it.link("a@example.com", "in_sync");
  await it.link("b@example.com", "in_sync");
  await it.link("c@example.com", "waiting");
  await it.link("d@example.com", "failing");
  await it.link("e@example.com", "excluded");
  await it.link("f@example.com", "ignored");
  const other = await seed(fresh, "other");
  await other.problem(await other.link("a@example.com", "failing"), {});
  await other.run("finished", 1);
  const overview = await readOverview(storeOf(fresh.database, it.connectionId));
  expect(overview.counters).toEqual({ in_sync: 2, waiting: 1, failing: 1, excluded: 1, ignored: 1 });
  expect(overview.total).toBe(await fresh.database.link.count({ where: { connectionId: it.connectionId } }));
  expect(overview).toMatchObject({ name: "acme-main", causes: [], runs: [], lastFinishedAt: null });
});

test("a connection with nothing in it has an overview of nothing", async () => {
  const overview = await readOverview(storeOf(fresh.database, it.connectionId));
  expect(overview).toMatchObject({
    total: 0,
    oldestWaiting: null,
    lastContactRuns: [],
    connectionProblems: [],
  });
});

test("causes count failing contacts, the biggest first, in the words of the latest", async () => {
  for (const [index, name] of ["a", "b", "c"].entries()) {
    const link = await it.link(`${name}@example.com`, "failing");
    await it.problem(link, { explanation: `number ${name}`, firstSeen: before(100 - index) });
  }
  const twice = await it.link("d@example.com", "failing");
  const other = await it.link("e@example.com", "failing");
  await it.problem(other, { code: "HS-OPTION", title: '"A" is no option', field: "two" });
  await it.problem(twice, { code: "HS-OPTION", title: '"B" is no option', field: "two" });
  await it.problem(twice, { code: "HS-OPTION", title: '"C" is no option', field: "one" });
  await it.problem(await it.link("left@example.com", "ignored"), {});
  const { causes } = await readOverview(storeOf(fresh.database, it.connectionId));
  expect(causes).toHaveLength(3);
  expect(causes[0]).toMatchObject({ code: "KL-PHONE", contacts: 3, titles: 1, firstSeen: before(100) });
  expect(causes[0]?.explanation).toBe("number c");
  expect(causes[0]?.fix).toHaveLength(2);
  // Each field by itself: anybody who corrects the one has not corrected the other.
  expect(causes.slice(1)).toMatchObject([
    { code: "HS-OPTION", field: "two", contacts: 2, titles: 2, title: '"B" is no option' },
    { code: "HS-OPTION", field: "one", contacts: 1, titles: 1, title: '"C" is no option' },
  ]);
});

test("a problem of the whole connection is no cause", async () => {
  await it.problem(null, { code: "HS-AUTH", level: "connection", side: "hubspot", field: null });
  const overview = await readOverview(storeOf(fresh.database, it.connectionId));
  expect(overview.causes).toEqual([]);
  expect(overview.connectionProblems).toMatchObject([{ code: "HS-AUTH", side: "hubspot", field: null }]);
});

test("the last look is the end of the last contact run that got to its end", async () => {
  await it.run("finished", 40, { counts: { read: 312, created: 2 } });
  await it.run("held", 20);
  await it.run("stopped", 10, { note: "Klaviyo did not answer" });
  await it.run("finished", 5, { kind: "engagement" });
  await it.run("running", 1);
  const overview = await readOverview(storeOf(fresh.database, it.connectionId));
  expect(overview.lastFinishedAt).toEqual(new Date(before(20).getTime() + 41_000));
  expect(overview.lastContactRuns.map(({ result }) => result)).toEqual(["stopped", "held", "finished"]);
  expect(overview.runs.map(({ result }) => result)).toEqual([
    "running",
    "finished",
    "stopped",
    "held",
    "finished",
  ]);
  expect(overview.runs.at(-1)?.counts).toEqual({ read: 312, created: 2 });
});

test("the oldest waiting change is nobody's who is ignored", async () => {
  await it.link("a@example.com", "ignored", { dirtySince: before(500) });
  await it.link("b@example.com", "in_sync", { dirtySince: before(9) });
  await it.link("c@example.com", "waiting", { dirtySince: before(7) });
  expect((await readOverview(storeOf(fresh.database, it.connectionId))).oldestWaiting).toEqual(before(9));
});

test("failing contacts come with their problems, the newest failure first", async () => {
  const jo = await it.link("jo@example.com", "failing", {
    hubspotId: "51",
    attempts: 2,
    retryAt: before(-12),
  });
  await it.problem(jo, { firstSeen: before(90) });
  await it.problem(jo, { code: "HS-OPTION", side: "hubspot", field: null, firstSeen: before(80) });
  await it.problem(await it.link("kim@example.com", "failing"), { firstSeen: before(5) });
  await it.link("fine@example.com", "in_sync");
  const page = await readFailing(storeOf(fresh.database, it.connectionId), EVERYBODY, NOW);
  expect(page).toMatchObject({ total: 2, page: 1, pages: 1 });
  expect(page.contacts.map(({ email }) => email)).toEqual(["kim@example.com", "jo@example.com"]);
  expect(page.contacts[1]).toMatchObject({
    ids: { hubspot: "51", klaviyo: null },
    since: before(90),
    attempts: 2,
    retryAt: before(-12),
  });
  expect(page.contacts[1]?.problems.map(({ code }) => code)).toEqual(["KL-PHONE", "HS-OPTION"]);
});

test("pages of 25 hold everybody once, and a page too far is the last one", async () => {
  for (let index = 0; index < 53; index += 1) await it.link(`p${index}@example.com`, "failing");
  const pages = await Promise.all(
    [1, 2, 3, 99].map((page) =>
      readFailing(storeOf(fresh.database, it.connectionId), { ...EVERYBODY, page }, NOW),
    ),
  );
  expect(pages.map(({ contacts }) => contacts.length)).toEqual([25, 25, 3, 3]);
  expect(pages.map(({ page }) => page)).toEqual([1, 2, 3, 3]);
  const all = pages.slice(0, 3).flatMap(({ contacts }) => contacts.map(({ email }) => email));
  expect(new Set(all).size).toBe(53);
});

test.each([
  ["jo@example.com", ["jo@example.com", "jo@example.com.au"]],
  ["  JO@Example.com ", ["jo@example.com", "jo@example.com.au"]],
  ["jo", ["jo@example.com", "jo@example.com.au", "jo_@example.com"]],
  ["jo_", ["jo_@example.com"]],
  ["%", []],
  ["'; DROP TABLE link; --", []],
])("a search for %s finds addresses that begin so", async (search, found) => {
  for (const email of ["kim@example.com", "jo_@example.com", "jo@example.com.au", "jo@example.com"]) {
    await it.link(email, "failing");
  }
  const page = await readFailing(storeOf(fresh.database, it.connectionId), { ...EVERYBODY, search }, NOW);
  expect(page.contacts.map(({ email }) => email).sort()).toEqual(found);
});

test("an exact hit stands before those that only begin so", async () => {
  const exact = await it.link("jo@example.com", "failing");
  await it.problem(exact, { firstSeen: before(900) });
  await it.problem(await it.link("jo@example.com.au", "failing"), { firstSeen: before(1) });
  const search = "jo@example.com";
  const page = await readFailing(storeOf(fresh.database, it.connectionId), { ...EVERYBODY, search }, NOW);
  expect(page.contacts[0]?.email).toBe("jo@example.com");
});

test("a cause keeps those who have it, with all that is wrong with them", async () => {
  const both = await it.link("both@example.com", "failing");
  await it.problem(both, {});
  await it.problem(both, { code: "HS-EMAIL" });
  await it.problem(await it.link("phone@example.com", "failing"), {});
  const page = await readFailing(
    storeOf(fresh.database, it.connectionId),
    { ...EVERYBODY, cause: "HS-EMAIL" },
    NOW,
  );
  expect(page.total).toBe(1);
  expect(page.contacts[0]?.problems).toHaveLength(2);
});
