import { shownConsent } from "../../support/shown-consent.ts";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withConnection } from "../../../src/lanes/connection-lease.ts";
import { plainConsent } from "../../../src/model/consent.ts";
import type { ConsentStatus } from "../../../src/model/consent.ts";
import type { Side } from "../../../src/model/side.ts";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { readAudit } from "../../../src/store/chains/audit.ts";
import { recordChangedConsent } from "../../../src/store/consent/record-consent.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { Visit } from "../app.ts";
import { closed, statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";
import { sealing } from "../../../src/store/chains/seals.ts";
import { storeOf } from "../../../src/store/database/store.ts";
/** What a contact's page tells of the person: consent, engagement; and how they are erased. */
let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
let browser: Visit;
let jo: bigint;
let kim: bigint;

const JO = "jo@example.com";

beforeAll(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  await it.run("finished", 3);
  jo = await person(JO, "51", "01GD", "unsubscribed");
  kim = await person("kim@example.com", "52", "01GE", "subscribed");
  await recordChangedConsent(storeOf(fresh.database, it.connectionId), 1n, before(90));
  // Long after: Klaviyo shows no refusal any more, and Tandem has left one alone since.
  await shows("klaviyo", JO, "never_subscribed");
  await enter(JO, "blocked", { because: "a refusal stands in the ledger" }, "01LIST");
  await event("e1", "opened", "recorded", "", 60);
  await event("e2", "clicked", "machine", "a mail scanner", 50);
  await event("e3", "bounced", "waiting", "", 40);
  app = await statusApp(statusDeps(fresh, it.connectionId));
  browser = visit(app);
});
afterAll(async () => {
  await app.close();
  await fresh.drop();
});

async function person(email: string, hubspotId: string, klaviyoId: string, status: ConsentStatus) {
  const id = await it.link(email, "in_sync", { hubspotId, klaviyoId });
  await it.sighting(id, "hubspot", hubspotId, { "firstname:first_name:text": "Johanna" });
  await it.sighting(id, "klaviyo", klaviyoId, {});
  await fresh.database.sighting.updateMany({ where: { linkId: id }, data: { emailKey: email } });
  await shows("klaviyo", email, status);
  return id;
}

async function shows(side: Side, emailKey: string, status: ConsentStatus): Promise<void> {
  const data = shownConsent(plainConsent(status));
  await fresh.database.sighting.updateMany({ where: { side, emailKey }, data });
}

async function enter(email: string, kind: string, evidence: object, list: string): Promise<void> {
  await sealing(
    storeOf(fresh.database, it.connectionId),
    "consent",
    ({ statements }) => statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at, list)
    VALUES (${it.connectionId}, consent_subject(${email}), 'email', ${kind}, 'klaviyo', ${evidence}::jsonb, 1, ${before(5)}, ${list})`,
  );
}

async function event(eventId: string, kind: string, fate: string, reason: string, minutes: number) {
  const what = {
    eventId,
    kind,
    fate,
    reason,
    metricId: "M1",
    channel: "email",
    byMachine: fate === "machine",
  };
  const whose = { connectionId: it.connectionId, email: JO, person: "01GD" };
  const which = { messageName: "Spring <sale>", sourceKind: "campaign", sourceName: "Spring" };
  const times = { at: before(minutes), seenAt: before(minutes - 1) };
  const url = kind === "clicked" ? "https://shop.example.com/boots" : null;
  await fresh.database.engagement.create({ data: { ...what, ...whose, ...which, ...times, url } });
}

/** Words of a section, as one reads them. */
async function words(id: bigint, section: string): Promise<string> {
  const { body } = await browser.get(`/contacts/${id}`);
  const [, markup = ""] =
    new RegExp(`<section aria-labelledby="${section}">([^]*?)</section>`).exec(body) ?? [];
  return markup.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
}

test("who opted out is said to have, whatever Tandem left or did since; and the page says why", async () => {
  const consent = await words(jo, "consent");
  expect(consent).toContain(
    "Opted out the ledger has an opt-out, and only they can opt in again, in Klaviyo",
  );
  expect(consent).toContain("Klaviyo: never subscribed");
  expect(consent).toContain("can only opt in again themselves, in Klaviyo");
  // The latest first: what was left alone, and why; then the refusal as it was seen.
  expect(consent).toMatch(
    /2026-11-22 08:55 UTC Subscribe request blocked Klaviyo, list 01LIST a refusal stands in the ledger 2026-11-22 07:30 UTC Opted out Klaviyo showed unsubscribed/,
  );
  expect(await words(kim, "consent")).toMatch(
    /Subscribed \(\w+\) subscribed in .*.*First seen subscribed Klaviyo showed subscribed/,
  );
});

test("the page of consent gives the same answer", async () => {
  const { body } = await browser.get(`/consent?email=${JO}`);
  expect(body).toContain("the ledger has an opt-out, and only they can opt in again, in Klaviyo");
});

test("engagement says of each event what became of it, the latest first", async () => {
  const engagement = await words(jo, "engagement");
  expect(engagement).toMatch(
    /40 min ago could not be sent .*waits to be shown.*50 min ago clicked a link in .*https:\/\/shop\.example\.com\/boots.*not shown a mail scanner.*1 h ago opened .*shown in HubSpot/,
  );
  expect(engagement).toContain("&#34;Spring &#60;sale&#62;&#34;");
  expect(await words(kim, "engagement")).toContain("has read no event of this person");
});

test("programs are told the same", async () => {
  const document = (await browser.get(`/contacts/${jo}`, "application/json")).json();
  expect(document).toMatchObject({
    consent: {
      answer: "opted_out",
      label: "Opted out",
      ledger: [{ kind: "opted_out" }, { kind: "blocked" }],
    },
    engagements: [
      { fate: "waiting" },
      { fate: "machine", reason: "a mail scanner" },
      { fate: "recorded", engagement: { kind: "opened" } },
    ],
  });
});

test("an admin is asked to type the address, and anything else erases nothing", async () => {
  await browser.get(`/contacts/${jo}`);
  const requested = await browser.post(`/contacts/${jo}/erase`, {});
  expect(requested.status).toBe(200);
  expect(requested.body).toContain(`Erase ${JO}?`);
  expect(requested.body).toContain("2 contacts, their history and their engagement");
  for (const address of ["", "kim@example.com", "jo@example", `${JO}.au`]) {
    const wrong = await browser.post(`/contacts/${jo}/erase`, { address });
    expect([address, wrong.status]).toEqual([address, 400]);
    expect(wrong.body).toContain("There is a problem");
  }
  expect(await fresh.database.link.count({ where: { id: jo } })).toBe(1);
});

test("while a run is going nothing is erased, and one is told to press again", async () => {
  const deps = { database: fresh.database, newId: () => crypto.randomUUID() };
  await withConnection(deps, "acme-main", async () => {
    const busy = await browser.post(`/contacts/${jo}/erase`, { address: JO });
    expect(busy.status).toBe(409);
    expect(busy.body).toContain("A run is under way and nothing was erased");
  });
  expect(await fresh.database.link.count({ where: { id: jo } })).toBe(1);
  expect(await readAudit(storeOf(fresh.database, it.connectionId), 9)).toEqual([]);
});

test("nobody but an admin erases, or is shown how", async () => {
  const hash = await hashPassword("a password for all");
  const users = [{ name: "olga", role: "operator", hash }] as const;
  const guarded = await statusApp(statusDeps(fresh, it.connectionId, { access: closed(users) }));
  const operator = visit(guarded);
  await operator.get("/sign-in");
  await operator.post("/sign-in", { name: "olga", password: "a password for all" });
  const { body } = await operator.get(`/contacts/${jo}`);
  expect(body).toContain("Ignore…");
  expect(body).not.toContain("Erase…");
  expect(body).not.toContain("/export");
  expect((await operator.post(`/contacts/${jo}/export`, {})).status).toBe(403);
  expect((await operator.post(`/contacts/${jo}/erase`, { address: JO })).status).toBe(403);
  await guarded.close();
});

test("an admin takes all that is kept of a person with them, and that they did is known", async () => {
  await fresh.database.engagementContact.create({
    data: { connectionId: it.connectionId, contact: "51", email: JO, written: { opens: "1" } },
  });
  await browser.get(`/contacts/${jo}`);
  const file = await browser.post(`/contacts/${jo}/export`, {});
  expect(file.headers["content-disposition"]).toBe(`attachment; filename="person-${jo}-2026-11-22.json"`);
  expect(file.json()).toMatchObject({
    addresses: [JO],
    connections: [
      {
        name: "acme-main",
        links: [{ id: String(jo), emailKey: JO }],
        contacts: [
          { externalId: "51", fields: { "firstname:first_name:text": "Johanna" } },
          { externalId: "01GD" },
        ],
        writes: [],
        engagement: [{ eventId: "e1" }, { eventId: "e2" }, { eventId: "e3" }],
        rollUps: [{ contact: "51", written: { opens: "1" } }],
        consentLedger: [{ kind: "opted_out" }, { kind: "blocked", list: "01LIST" }],
      },
    ],
  });
  expect(file.body).not.toContain("kim@example.com");
  const [entry] = await readAudit(storeOf(fresh.database, it.connectionId), 1);
  expect(entry).toMatchObject({ action: "export", who: "this machine", about: { links: String(jo) } });
  expect((await browser.post("/contacts/999999/export", {})).status).toBe(404);
});

test("with the address typed the person is gone, the refusal stays, and the audit says who did it", async () => {
  await browser.get(`/contacts/${jo}`);
  const done = await browser.post(`/contacts/${jo}/erase`, { address: " JO@Example.com " });
  expect([done.status, done.location]).toEqual([303, "/contacts"]);
  const { body } = await browser.get("/contacts");
  expect(body).toContain("Erased: 2 contacts under 1 address.");
  expect(body).not.toContain(JO);
  expect((await browser.get(`/contacts/${jo}`)).status).toBe(404);
  expect((await browser.get(`/contacts/${kim}`)).status).toBe(200);
  expect(await fresh.database.engagement.count({ where: { email: JO } })).toBe(0);
  const entries = await readAudit(storeOf(fresh.database, it.connectionId), 9);
  const [audit, ...others] = entries.filter(({ action }) => action !== "sign_in" && action !== "export");
  expect(others).toEqual([]);
  expect(audit).toMatchObject({
    action: "erase",
    role: "admin",
    contacts: 2,
    about: { links: String(jo) },
    at: NOW,
  });
  expect(JSON.stringify(audit)).not.toContain("jo@");
  const consent = await browser.get(`/consent?email=${JO}`);
  expect(consent.body).toContain("the ledger has an opt-out, and only they can opt in again");
  expect(consent.body).toContain("Erased from Tandem");
});
