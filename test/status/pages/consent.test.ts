import { shownConsent } from "../../support/shown-consent.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Consent } from "../../../src/model/consent.ts";
import { plainConsent } from "../../../src/model/consent.ts";
import { emailKey } from "../../../src/model/email.ts";
import { isMismatch, statesOf } from "../../../src/words/ledger-words.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { saveBlocked } from "../../../src/store/consent/subscribe-requests.ts";
import { readAudit } from "../../../src/store/chains/audit.ts";
import { recordChangedConsent } from "../../../src/store/consent/record-consent.ts";
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

const BOUNCED: Consent = {
  ...plainConsent("subscribed"),
  suppressions: [{ reason: "HARD_BOUNCE", at: "2023-02-21T00:00:00Z" }],
};

/** Somebody linked, as both sides show their consent. */
async function person(email: string, hubspot: Consent | null, klaviyo: Consent | null): Promise<bigint> {
  const linkId = await it.link(email, "in_sync");
  for (const [side, consent] of [
    ["hubspot", hubspot],
    ["klaviyo", klaviyo],
  ] as const) {
    await it.sighting(linkId, side, `${side}-${email}`, {});
    await fresh.database.sighting.updateMany({
      where: { linkId, side },
      data: {
        emailKey: email,
        ...(consent === null ? {} : shownConsent(consent)),
      },
    });
  }
  return linkId;
}

const page = async (address: string) => (await visit(app).get(address)).body.replaceAll(/\s+/g, " ");
const json = async (address: string) => (await visit(app).get(address, "application/json")).json();

test("the matrix counts everybody by what both sides show, and names who differs", async () => {
  await person("a@example.com", plainConsent("subscribed"), plainConsent("subscribed"));
  await person("b@example.com", plainConsent("subscribed"), plainConsent("subscribed"));
  await person("differs@example.com", plainConsent("subscribed"), BOUNCED);
  const body = await page("/consent");
  expect(body).toContain("1 person is opted out on one side only.");
  expect(body).toMatch(/Differs<\/span> like <bdi>differs@example\.com/);
  expect(body).toMatch(/<th scope="row">subscribed<\/th> <td class="right"> 2 /);
  expect((await visit(app).get("/consent", "application/json")).json()).toMatchObject({
    pairs: [
      { hubspot: "subscribed", klaviyo: "subscribed", people: 2 },
      { hubspot: "subscribed", klaviyo: "suppressed", people: 1 },
    ],
  });
});

test("the promise is plain text: a page has one banner, and that is of the connection", async () => {
  await it.problem(null, { level: "connection", code: "HS-TOKEN", side: "hubspot", field: null });
  const body = await page("/consent");
  expect(body).toContain("<p>Tandem never resubscribes anyone who opted out. No setting changes this.</p>");
  expect(body.match(/class="banner bad"/g)).toHaveLength(1);
  expect(body).not.toContain('class="banner info"');
});

test("a side without a contact of somebody differs from nobody", () => {
  expect(isMismatch({ hubspot: "none", klaviyo: "opted out" })).toBe(false);
  expect(isMismatch({ hubspot: "not shown", klaviyo: "suppressed" })).toBe(false);
  expect(isMismatch({ hubspot: "never subscribed", klaviyo: "suppressed" })).toBe(true);
  const pairs = ["suppressed", "odd", "subscribed"].map((hubspot) => ({
    hubspot,
    klaviyo: "subscribed",
    people: 1,
    example: "a@example.com",
  }));
  expect(statesOf(pairs, "hubspot")).toEqual(["subscribed", "suppressed", "odd"]);
});

test.each([
  ["fine@example.com", "Subscribed (both)", "subscribed in HubSpot and Klaviyo"],
  ["bounced@example.com", "Suppressed: bounced", "Klaviyo: HARD_BOUNCE since 2023-02-21"],
  ["left@example.com", "Opted out", "HubSpot: unsubscribed"],
  ["quiet@example.com", "Not opted out, no recorded consent", "neither side shows that they subscribed"],
  ["odd@example.com", "Not opted out, no recorded consent", "no side shows consent"],
  [
    "nobody@example.com",
    "Not opted out, no recorded consent",
    "No contact with this address was seen on any side.",
  ],
])("what is known of %s: %s", async (email, label, words) => {
  await person("fine@example.com", plainConsent("subscribed"), plainConsent("subscribed"));
  await person("bounced@example.com", null, BOUNCED);
  await person("left@example.com", plainConsent("unsubscribed"), plainConsent("subscribed"));
  await person("odd@example.com", null, null);
  await person("quiet@example.com", plainConsent("never_subscribed"), plainConsent("never_subscribed"));
  const body = await page(`/consent?email=${encodeURIComponent(email.toUpperCase())}`);
  // Green is for who subscribed alone.
  expect(body.includes('class="tag ok">Not opted out')).toBe(false);
  expect(body).toContain(`>${label}</span>`);
  expect(body).toContain(words);
});

test("a refusal that no side shows any more is still a no, with its entry in the ledger", async () => {
  const linkId = await person("jo@example.com", null, plainConsent("unsubscribed"));
  await recordChangedConsent(storeOf(fresh.database, it.connectionId), 7n, before(60));
  const data = shownConsent(plainConsent("never_subscribed"));
  await fresh.database.sighting.updateMany({ where: { linkId, side: "klaviyo" }, data });
  const body = await page("/consent?email=jo@example.com");
  expect(body).toContain("the ledger has an opt-out, and only they can opt in again, in Klaviyo");
  expect(body).toMatch(/>2026-11-22 08:00 UTC<\/time>: Opted out, Klaviyo/);
  expect(body).toContain(`href="/contacts/${linkId}"`);
});

test("what is no address is said so, and what was typed stays", async () => {
  const body = await page(`/consent?email=${encodeURIComponent('"><script>x')}`);
  expect(body).toContain("is no address");
  expect(body).not.toContain("<script>x");
});

test("blocked subscriptions stand with their reasons, opt-outs by day, and the ledger by kind", async () => {
  await person("jo@example.com", null, plainConsent("unsubscribed"));
  await recordChangedConsent(storeOf(fresh.database, it.connectionId), 7n, before(60));
  const email = emailKey("jo@example.com") ?? "";
  const rows = [{ email, list: "L1", because: "Klaviyo: unsubscribed" }];
  await saveBlocked(storeOf(fresh.database, it.connectionId), 7n, rows, before(30));
  const body = await page("/consent");
  expect(body).toContain("Klaviyo: unsubscribed: 1 person");
  expect(body).toContain("1 opt-out seen on 1 day.");
  expect(body).not.toContain("jo@example.com");
  expect(await json("/consent?kind=blocked")).toMatchObject({
    ledger: { total: 1, entries: [{ kind: "blocked", list: "L1" }] },
    blocked: [{ people: 1 }],
  });
  expect(await json("/consent?kind=erased")).toMatchObject({ ledger: { total: 0 } });
  expect((await visit(app).get("/consent?kind=odd")).status).toBe(400);
});

test("the proof reads every entry, and names the one that somebody changed past Tandem", async () => {
  for (const email of ["a@example.com", "b@example.com"])
    await person(email, null, plainConsent("unsubscribed"));
  await recordChangedConsent(storeOf(fresh.database, it.connectionId), 7n, before(60));
  const browser = visit(app);
  await browser.get("/consent");
  expect((await browser.post("/consent/proof", {})).body).toContain("The ledger is whole: 2 entries.");
  await fresh.database.$executeRaw`ALTER TABLE consent_ledger DISABLE TRIGGER consent_ledger_is_append_only`;
  await fresh.database.$executeRaw`UPDATE consent_ledger SET kind = 'opted_in' WHERE seq = 2`;
  expect((await browser.post("/consent/proof", {})).body).toContain("The ledger is broken at entry 2");
  const audit = await readAudit(storeOf(fresh.database, it.connectionId), 9);
  expect(audit.map(({ action, about }) => [action, about["broken"]])).toEqual([
    ["prove_ledger", "yes"],
    ["prove_ledger", "no"],
  ]);
});

test("the ledger says why in words, keeps the evidence at hand, and is a file for anybody who has to prove it", async () => {
  await person("a@example.com", null, BOUNCED);
  await recordChangedConsent(storeOf(fresh.database, it.connectionId), 1n, before(5));
  const body = await page("/consent");
  expect(body).toContain("<bdi>showed subscribed, HARD_BOUNCE since 2023-02-21</bdi>");
  expect(body).toMatch(/<summary>Evidence<\/summary>\s*<pre>\{ &#34;/);
  const file = await visit(app).get("/consent.csv");
  expect(file.headers["content-disposition"]).toMatch(/attachment; filename="consent-ledger-[\d-]+\.csv"/);
  const [head, first, ...more] = file.body.trimEnd().split("\r\n");
  expect(head).toBe("\uFEFFNumber,Time,What,Side,List,Person,Why,Evidence,Run,Hash");
  expect(first).toMatch(
    /^\d+,2026-11-22T08:55:00\.000Z,Opted out,Klaviyo,,[0-9a-f]{64},"showed subscribed, HARD_BOUNCE/,
  );
  expect(first).toMatch(/,1,[0-9a-f]{64}$/);
  expect(more).toEqual([]);
  expect((await visit(app).get("/consent.csv?kind=asked")).body.trimEnd().split("\r\n")).toHaveLength(1);
  expect((await visit(app).get("/consent.csv?kind=odd")).status).toBe(400);
});

test("a refusal that was carried as an opt-out of a kind of e-mail is no difference", async () => {
  const byKind: Consent = { ...plainConsent("never_subscribed"), optedOutTypes: ["1"] };
  await person("a@example.com", byKind, plainConsent("unsubscribed"));
  await person("b@example.com", byKind, plainConsent("subscribed"));
  const body = await page("/consent");
  expect(body).toContain("HubSpot: opted out of a kind");
  expect(body).toContain("1 person is opted out on one side only");
  expect(body).toMatch(/Differs<\/span> like <bdi>b@example\.com/);
  expect(body).not.toContain("a@example.com");
});
