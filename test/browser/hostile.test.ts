import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { EmailKey } from "../../src/model/email.ts";
import { syncedFields } from "../../src/model/mapping.ts";
import { NO_CONSENT_RULES } from "../../src/model/scope.ts";
import { planContact } from "../../src/plan/plan-contact.ts";
import type { StatusServer } from "../../src/status/frame/server.ts";
import { startStatusServer } from "../../src/status/frame/server.ts";
import { knownLinks } from "../../src/store/links/known-links.ts";
import { emailOfLink, personHistory } from "../../src/store/people/person-history.ts";
import { MAPPING, statusDeps } from "../status/app.ts";
import type { Seed } from "../status/seed.ts";
import { before, seed } from "../status/seed.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { resolvedRule, NO_SHAPES } from "../support/known-link.ts";
import type { Watched } from "./browser.ts";
import { openPage } from "./browser.ts";
import { INJECTED } from "./injected.ts";
import { PAYLOADS } from "./payloads.ts";
import { storeOf } from "../../src/store/database/store.ts";
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** Payloads that one contact carries in each of its places. */
const EACH = 10;

let fresh: FreshDatabase;
let it: Seed;
let server: StatusServer;
let watched: Watched;
const ids: bigint[] = [];
const conflicts: bigint[] = [];

beforeAll(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, PAYLOADS[3] ?? "");
  await it.run("finished_with_errors", 3, { kind: PAYLOADS[0] ?? "", note: PAYLOADS[1] ?? "" });
  for (let start = 0; start < PAYLOADS.length; start += EACH)
    await hostile(PAYLOADS.slice(start, start + EACH));
  server = await startStatusServer({
    ...statusDeps(fresh, it.connectionId, { explain, contactUrls }),
    port: 0,
  });
  watched = await openPage();
});
afterAll(async () => {
  await watched.close();
  await server.close();
  await fresh.drop();
});

/** A mark that every page has to show somewhere, so that a page that shows nothing does not pass. */
const contactUrls = () => ({
  hubspot: "https://app.hubspot.com/c/{id}",
  klaviyo: "javascript:top.hit='{id}'",
});
const RULE = resolvedRule("hubspot", { id: PAYLOADS[12] ?? "", collections: ["c1"] });

async function explain(linkId: bigint) {
  const email = await emailOfLink(storeOf(fresh.database, it.connectionId), linkId);
  const filter = { kind: "emails", emails: [email ?? ("" as EmailKey)] } as const;
  const [known] = await knownLinks(
    storeOf(fresh.database, it.connectionId),
    [RULE],
    filter,
    0n,
    1,
    new Date(),
  );
  if (known === undefined) return null;
  const rules = {
    fields: syncedFields(MAPPING),
    scope: [RULE],
    consent: NO_CONSENT_RULES,
    shapes: NO_SHAPES,
  };
  const history = await personHistory(fresh.database, linkId, 100);
  return { plan: planContact(rules, known), history, ledger: [], wanted: "", formerly: [] };
}

/** One contact with these in its address, ids, names, values, errors, history and conflicts. */
async function hostile(payloads: readonly string[]): Promise<void> {
  const [first = ""] = payloads;
  const { database } = fresh;
  const id = await it.link(`${first}${ids.length}@example.com`, "failing", {
    hubspotId: `${first}${ids.length}`,
    klaviyoId: `${first}k${ids.length}`,
  });
  ids.push(id);
  const fields = syncedFields(MAPPING).filter(({ key }) => key !== "email");
  const values = (from: number) =>
    Object.fromEntries(
      fields.map(({ key }, index) => [key, payloads[(index + from) % payloads.length] ?? ""]),
    );
  await it.sighting(id, "hubspot", `${first}${ids.length - 1}`, values(0));
  await it.sighting(id, "klaviyo", `${first}k${ids.length - 1}`, values(1));
  await database.member.create({
    data: {
      connectionId: it.connectionId,
      side: "hubspot",
      collection: "c1",
      externalId: `${first}${ids.length - 1}`,
    },
  });
  const run = await database.run.findFirstOrThrow();
  for (const [index, text] of payloads.entries()) {
    const words = { title: text, explanation: text, fix: [text, `\`${text}\``], reference: text };
    await it.problem(id, {
      ...words,
      code: `KL-X${index}`,
      field: fields[index % fields.length]?.key ?? text,
    });
    const traceId = crypto.randomUUID();
    const json = { [fields[0]?.key ?? ""]: text, [text]: text };
    const sent = {
      side: "klaviyo",
      kind: "update",
      before: json,
      after: json,
      source: json,
      outcome: "refused",
    };
    await database.journalRow.create({
      data: {
        ...sent,
        traceId,
        linkId: id,
        runId: run.id,
        sentAt: before(index + 1),
        problem: { title: text, detail: text },
      },
    });
  }
  const lost = {
    field: payloads[1] ?? first,
    kind: "first_sync",
    winner: "hubspot",
    won: first,
    lost: payloads[2] ?? first,
  };
  const conflict = await database.conflict.create({
    data: { ...lost, linkId: id, runId: run.id, at: before(5) },
  });
  conflicts.push(conflict.id);
}

async function injectedIn(page: Page, address: string): Promise<readonly unknown[]> {
  const answer = await page.goto(server.url + address);
  const found = await page.evaluate<string[]>(INJECTED);
  const hit = await page.evaluate<unknown>("top.hit ?? null");
  const shows = (await page.innerText("body")).includes("top.hit");
  const off = new URL(page.url()).origin !== new URL(server.url).origin;
  return [
    ...found,
    ...(answer?.status() === 200 ? [] : [`${address} answered ${answer?.status()}`]),
    ...(hit === null ? [] : [`${address} ran a script`]),
    ...(shows ? [] : [`${address} shows none of it`]),
    ...(off ? [`${address} led away`] : []),
  ];
}

test(`there are at least 300 payloads, and each is in every place of a contact`, () => {
  expect(new Set(PAYLOADS).size).toBeGreaterThanOrEqual(300);
  expect(ids.length * EACH).toBeGreaterThanOrEqual(PAYLOADS.length);
});

test("the lists show all of it as text", async () => {
  const { page, complaints } = watched;
  const words = encodeURIComponent(PAYLOADS[5] ?? "");
  const addresses = [
    "/",
    "/errors?size=100",
    "/errors?sort=email&size=25",
    "/contacts",
    `/errors?q=${words}`,
    `/contacts?q=${words}`,
  ];
  for (const address of addresses) expect(await injectedIn(page, address)).toEqual([]);
  expect(complaints).toEqual([]);
});

test("whatever is searched for is shown as text", async () => {
  const { page, complaints } = watched;
  for (const payload of PAYLOADS.filter((_, index) => index % 9 === 3)) {
    const words = encodeURIComponent(payload.replaceAll(/\p{Cc}/gu, ""));
    for (const address of [`/contacts?q=${words}`, `/errors?field=${words}`])
      expect(await injectedIn(page, address)).toEqual([]);
  }
  expect(complaints).toEqual([]);
});

test("each contact's page, its raw exchange and its conflicts show all of it as text", async () => {
  const { page, complaints } = watched;
  for (const [index, id] of ids.entries()) {
    const addresses = [
      `/contacts/${id}?show=all`,
      `/contacts/${id}/raw`,
      `/conflicts/${conflicts[index] ?? 0n}/undo`,
    ];
    for (const address of addresses) expect(await injectedIn(page, address)).toEqual([]);
  }
  expect(complaints).toEqual([]);
});
