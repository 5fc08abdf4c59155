import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";

let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
let logged: object[];

beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  logged = [];
  app = await statusApp(
    statusDeps(fresh, it.connectionId, {
      contactUrls: () => ({ hubspot: "https://app.hubspot.com/contacts/1/record/0-1/{id}", klaviyo: null }),
      log: { error: (details) => void logged.push(details) },
    }),
  );
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

async function page(url: string): Promise<string> {
  return (await app.inject({ url })).body;
}

async function json(url: string): Promise<unknown> {
  const answer = await app.inject({ url, headers: { accept: "application/json" } });
  expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
  return answer.json();
}

test("the five cards of the overview add up to what it says there is in all", async () => {
  const states = [
    "in_sync",
    "in_sync",
    "in_sync",
    "waiting",
    "failing",
    "excluded",
    "excluded",
    "ignored",
  ] as const;
  for (const [index, state] of states.entries()) await it.link(`p${index}@example.com`, state);
  const body = await page("/");
  const cards = [...body.matchAll(/class="number">\s*([\d,]+)/g)].map(([, count]) => Number(count));
  expect(cards).toEqual([3, 1, 1, 2, 1]);
  expect(body).toContain("8 contacts in all");
});

test("the overview says how it is, who must act, why and since when", async () => {
  const jo = await it.link("jo@example.com", "failing", { dirtySince: before(9) });
  await it.problem(jo, {});
  await it.problem(null, {
    code: "HS-AUTH",
    level: "connection",
    side: "hubspot",
    field: null,
    title: "HubSpot no longer accepts our token",
    firstSeen: before(14),
  });
  await it.run("finished", 15, { counts: { read: 1_312 }, note: "a note" });
  const body = await page("/");
  expect(body).toContain("Stopped 14 min ago: HubSpot no longer accepts our token.");
  expect(body).toMatch(/href="\/errors\?cause=KL-PHONE&[^"]*field=phone/);
  expect(body).toContain("<code>default_country</code>");
  expect(body).toMatch(/a note[^]*1,312/);
  expect(body).toContain(`datetime="${before(9).toISOString()}"`);
});

test("what stops the whole connection is said once on every page, with the way to what to do", async () => {
  const jo = await it.link("jo@example.com", "failing", {});
  await it.problem(jo, {});
  await it.run("finished", 15);
  expect(await page("/errors")).not.toContain("See what to do");
  const whole = { level: "connection", field: null, firstSeen: before(14) } as const;
  await it.problem(null, { ...whole, code: "HS-AUTH", side: "hubspot", title: "HubSpot refused the token" });
  for (const url of ["/errors", "/contacts", `/contacts/${String(jo)}`, "/runs", "/consent", "/settings"]) {
    const body = await page(url);
    expect([url, body.match(/Stopped 14 min ago: HubSpot refused the token\./g)?.length]).toEqual([url, 1]);
    expect(body).toMatch(/<a href="\/">See what to do<\/a>/);
  }
  expect((await page("/")).match(/Stopped 14 min ago/g)).toHaveLength(1);
  await fresh.database.problem.deleteMany({ where: { code: "HS-AUTH" } });
  await it.problem(null, { ...whole, code: "SK-LIMIT", side: null, title: "Held: 600 to create, limit 500" });
  expect(await page("/contacts")).toMatch(/<a href="\/mapping\?show=held">Review and decide<\/a>/);
  expect(await page("/")).toContain('<a href="/mapping?show=held">Review and decide</a>');
});

test("a column that one can sort by is a link that says how it is sorted, keeps the filters, and turns round", async () => {
  await it.problem(await it.link("jo@example.com", "failing"), {});
  const heads = async (query: string): Promise<readonly string[]> =>
    [
      ...(await page(`/errors?q=jo${query}`)).matchAll(
        /<th scope="col" role="columnheader"[^>]*>(?:\s*<a[^>]*>)?/g,
      ),
    ].map(([head]) => head.replaceAll(/\s+/g, " "));
  const usual = await heads("&side=klaviyo");
  expect(usual[1]).toMatch(
    /columnheader" > <a href="\/errors\?q=jo&#38;side=klaviyo&#38;sort=email#contacts"/,
  );
  expect(usual[4]).toMatch(
    /aria-sort="descending"> <a href="\/errors\?q=jo&#38;side=klaviyo&#38;sort=oldest#contacts"/,
  );
  expect((await heads("&sort=oldest"))[4]).toMatch(
    /aria-sort="ascending"> <a href="\/errors\?q=jo#contacts"/,
  );
  expect((await heads("&sort=email"))[1]).toContain('aria-sort="ascending"');
  expect((await heads("&sort=tries")).filter((head) => head.includes("aria-sort"))).toHaveLength(1);
});

test("the stylesheet and the script are as small as promised, without what is written for us", async () => {
  const [style, script] = [await page("/style.css"), await page("/page.js")];
  expect(await page("/fonts.css")).toContain("font-display:swap");
  for (const text of [style, script]) expect(Buffer.byteLength(text)).toBeLessThan(15 * 1_024);
  expect(style).not.toContain("/*");
  expect(style).toContain("@media print{");
  expect(style).toContain(":root{color-scheme:light dark;");
});

test("an error shows the real values, numbered steps, and the way to the contact", async () => {
  const jo = await it.link("jo@example.com", "failing", {
    hubspotId: "51/../1",
    klaviyoId: "01GD",
    attempts: 2,
    retryAt: before(-12),
  });
  await it.problem(jo, {});
  const body = await page("/errors");
  expect(body).toContain("&#34;5123 4567&#34; has no country code.");
  expect(body).toMatch(/<ol class="fix">\s*<li>/);
  expect(body).toContain('href="https://app.hubspot.com/contacts/1/record/0-1/51%2F..%2F1"');
  expect(body).not.toContain("Open in Klaviyo");
  expect(body).toContain("Klaviyo, phone_number");
  expect(body).toContain("in 12 min");
});

test("search and cause are a form whose state is in the address", async () => {
  await it.problem(await it.link("jo@example.com", "failing"), {});
  await it.problem(await it.link("kim@example.com", "failing"), { code: "HS-EMAIL", title: "Another cause" });
  const body = await page("/errors?q=JO&cause=KL-PHONE");
  expect(body).toMatch(/<input[^>]*name="q"[^>]*value="JO"/);
  expect(body).toMatch(/<option value="KL-PHONE" selected/);
  expect(body).toContain("jo@example.com");
  expect(body).not.toContain("kim@example.com");
  expect(await page("/errors?q=jo&cause=HS-EMAIL")).toContain("No errors match these filters");
  expect(await page("/errors?q=&cause=")).toContain("kim@example.com");
});

test("pages keep the search, and a page too far leads to the last", async () => {
  for (let index = 0; index < 30; index += 1) await it.link(`p${index}@example.com`, "failing");
  const body = await page("/errors?q=p");
  expect(body).toContain("<title>Errors (page 1 of 2)");
  expect(body).toContain('rel="next" href="/errors?q=p&#38;page=2"');
  const far = await app.inject({ url: "/errors?q=p&page=9" });
  expect([far.statusCode, far.headers.location]).toEqual([303, "/errors?q=p&page=2"]);
});

test.each([
  "page=0",
  "page=x",
  "page=1.5",
  "page=1&page=2&page=x",
  "q=a&q=b",
  "cause=nothing",
  "q=%00",
  `q=${"a".repeat(300)}`,
])("a question that makes no sense is told so: %s", async (query) => {
  const answer = await app.inject({ url: `/errors?${query}` });
  expect(answer.statusCode).toBe(400);
  expect(answer.body).toContain("There is a problem with this search");
  expect(logged).toEqual([]);
});

test("the overview as JSON has its keys, and counters that add up", async () => {
  await it.problem(await it.link("jo@example.com", "failing"), {});
  await it.run("finished", 3, { counts: { read: 1 } });
  const counters = z.strictObject({
    in_sync: z.int(),
    waiting: z.int(),
    failing: z.int(),
    excluded: z.int(),
    ignored: z.int(),
  });
  const time = z.iso.datetime();
  const words = { code: z.string(), level: z.string(), title: z.string(), explanation: z.string() };
  const document = z.strictObject({
    connection: z.literal("acme-main"),
    at: time,
    health: z.strictObject({ word: z.literal("degraded"), sentence: z.string() }),
    accounts: z.strictObject({ hubspot: z.null(), klaviyo: z.null() }),
    counters,
    total: z.literal(1),
    causes: z.tuple([
      z.strictObject({
        ...words,
        field: z.string(),
        fix: z.array(z.string()),
        contacts: z.literal(1),
        titles: z.literal(1),
        firstSeen: time,
      }),
    ]),
    connectionProblems: z.tuple([]),
    runs: z.tuple([
      z.strictObject({
        id: z.string(),
        kind: z.literal("contacts"),
        trigger: z.literal("schedule"),
        result: z.literal("finished"),
        startedAt: time,
        finishedAt: time,
        counts: z.strictObject({ read: z.literal(1) }),
        note: z.literal(""),
      }),
    ]),
    lastFinishedAt: time,
    oldestWaiting: z.null(),
    freshness: z.unknown(),
    pause: z.null(),
  });
  const read = document.parse(await json("/"));
  expect(Object.values(read.counters).reduce((sum, count) => sum + count)).toBe(read.total);
});

test("errors as JSON hold the contacts with their problems", async () => {
  await it.problem(await it.link("jo@example.com", "failing", { hubspotId: "51" }), {});
  expect(await json("/errors?q=jo")).toMatchObject({
    connection: "acme-main",
    at: NOW.toISOString(),
    query: { search: "jo", cause: null, page: 1 },
    total: 1,
    page: 1,
    pages: 1,
    contacts: [
      {
        email: "jo@example.com",
        ids: { hubspot: "51", klaviyo: null },
        problems: [{ code: "KL-PHONE", side: "klaviyo", fix: [expect.any(String), expect.any(String)] }],
      },
    ],
    causes: [{ code: "KL-PHONE", contacts: 1 }],
  });
});

test("refusals are JSON too where JSON was asked for", async () => {
  expect(await json("/nothing-here")).toMatchObject({ error: { status: 404 } });
  expect(await json("/errors?page=x")).toMatchObject({ error: { status: 400, words: [/^page: /] } });
});
