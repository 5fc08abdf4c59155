import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { demoMapping } from "../../../src/cli/rehearsal/demo-mapping.ts";
import { digestOf } from "../../../src/lanes/plans/approvals.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import type { Mapping } from "../../../src/model/mapping.ts";
import { changesBy } from "../../../src/plan/changes.ts";
import type { PageWork, PageTask } from "../../../src/service/page-tasks.ts";
import { heldChange } from "../../../src/words/held-words.ts";
import { lineDiff } from "../../../src/status/mapping/line-diff.ts";
import { mappingEffects } from "../../../src/words/mapping-words.ts";
import { statusActions } from "../../../src/status/status-actions.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import {
  addHeldChanges,
  approvedChanges,
  openHold,
  sealHold,
  waitingHold,
} from "../../../src/store/runs/holds.ts";
import { rememberMapping } from "../../../src/store/runs/mapping-versions.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, seed } from "../seed.ts";
import { latestRun } from "./journal-seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
const TEXT = demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2");

let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
let disk: string = TEXT;
let woken = 0;
let task: PageTask | null = null;
const begun: PageWork[] = [];

beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "demo");
  [disk, woken, task] = [TEXT, 0, null];
  begun.length = 0;
  const act = statusActions(
    storeOf(fresh.database, it.connectionId),
    () => NOW,
    () => void (woken += 1),
  );
  const tasks = {
    begin: (work: PageWork) => begun.push(work) === 1,
    dryRun: () => task,
    undoOf: () => null,
    readOf: () => null,
  };
  const mappingFile = () => ({ ...parseMapping(disk, "config/mapping.yaml"), text: disk });
  app = await statusApp(statusDeps(fresh, it.connectionId, { act, tasks, mappingFile }));
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

const remember = (text: string) => rememberMapping(storeOf(fresh.database, it.connectionId), "h", text, NOW);
const flat = (body: string) => body.replaceAll(/\s+/g, " ");

function read(text: string): Mapping {
  const { mapping } = parseMapping(text, "t.yaml");
  if (mapping === null) throw new Error("no mapping");
  return mapping;
}

/** What a run over a limit holds back of two people. */
async function hold(): Promise<string> {
  await it.run("held", 5);
  const update = {
    kind: "update",
    side: "klaviyo",
    id: "K1",
    fields: { "jobtitle:title:text": null },
    pre: { "jobtitle:title:text": "CTO" },
  } as const;
  const create = {
    kind: "create",
    side: "hubspot",
    fields: { "city:location.city:text": "Tartu" },
    lists: [],
  } as const;
  const changes = [...changesBy("jo@example.com", update), ...changesBy("kim@example.com", create)];
  const exceeded = [{ side: "klaviyo", action: "clears", planned: 1, allowed: 0, collection: null }] as const;
  const id = await openHold(storeOf(fresh.database, it.connectionId), await latestRun(fresh), exceeded, NOW);
  const rows = changes.map((change) => ({ digest: digestOf(change), words: change.words }));
  await addHeldChanges(storeOf(fresh.database, it.connectionId), id, rows);
  await sealHold(storeOf(fresh.database, it.connectionId), id);
  return (await waitingHold(storeOf(fresh.database, it.connectionId)))?.hash ?? "";
}

test("before the first start the page says how there comes to be a mapping", async () => {
  expect((await visit(app).get("/mapping")).body).toContain("No mapping is in use yet.");
});

test("each field tells its way, who wins, and how many fail of it", async () => {
  await remember(TEXT);
  const key = read(TEXT).fields.find(({ property }) => property.hubspot === "phone")?.key ?? "";
  await it.problem(await it.link("jo@example.com", "failing"), { field: key });
  const body = flat((await visit(app).get("/mapping")).body);
  expect(body).toContain("1 contact failing");
  expect(body).toContain(`href="/errors?field=${encodeURIComponent(key)}"`);
  expect(body).toMatch(/<code>jobtitle<\/code>.*?to Klaviyo.*?empties the other side/);
  expect(body).toMatch(/href="\/mapping\?show=file#L\d+"/);
});

test("the file stands there line by line, and what looks like a key is stars", async () => {
  await remember(`${TEXT}# token: pk_live_0123456789abcdef\n`);
  const { body } = await visit(app).get("/mapping?show=file");
  expect(body).toContain('id="L3"');
  expect(body).toContain("<code>name: demo</code>");
  expect(body).not.toContain("pk_live_0123456789abcdef");
  expect((await visit(app).get("/mapping", "application/json")).body).not.toContain(
    "pk_live_0123456789abcdef",
  );
});

test("a broken file on the disk is told with its line, while the version before continues", async () => {
  await remember(TEXT);
  disk = TEXT.replace("on_leave: remove_from_list", "on_leav: remove_from_list");
  const { body } = await visit(app).get("/mapping?show=file");
  expect(body).toContain("has 1 error and is not in use");
  expect(body).toMatch(/href="\/mapping\?show=file#D(\d+)"/);
  const line = /show=file#D(\d+)/.exec(body)?.[1] ?? "";
  expect(body).toContain(`id="D${line}"`);
  disk = `${TEXT}# a remark\n`;
  expect(flat((await visit(app).get("/mapping")).body)).toContain("Tandem will use it in a moment");
});

test("a version is shown by what it changed, line by line and in words", async () => {
  await remember(TEXT);
  await remember(TEXT.replace("direction: to_klaviyo, on_empty: clear", "direction: both"));
  const body = flat((await visit(app).get("/mapping?show=changes")).body);
  expect(body).toContain("From version 1 to 2");
  expect(body).toContain("jobtitle syncs both ways now.");
  expect(body).toContain("1 line added, 1 line removed.");
  expect((await visit(app).get("/mapping?show=changes&version=1")).body).toContain(
    "nothing to compare it with",
  );
  expect((await visit(app).get("/mapping?show=changes&version=0")).status).toBe(400);
});

test("effects are told of what matters and of nothing else", () => {
  const before = read(TEXT);
  expect(mappingEffects(before, read(`${TEXT}# only a remark\n`))).toEqual([]);
  const other = read(
    TEXT.replace("  - { hubspot: lastname,  klaviyo: last_name }\n", "")
      .replace("  - { hubspot: lastname, klaviyo: last_name }\n", "")
      .replace("on_leave: remove_from_list", "on_leave: stop")
      .concat("limits: { creates_per_run: 7 }\n"),
  );
  expect(mappingEffects(before, other)).toEqual([
    "lastname no longer syncs. Both sides keep their values.",
    "Contacts that leave customers: stop updating.",
    "limits.creates_per_run: 500 → 7.",
  ]);
});

test("a rule that adds contacts to another list, or to none, says so", () => {
  const listed = (lists: string) =>
    read(TEXT.replace(/add_to_klaviyo_lists: .*/, `add_to_klaviyo_lists: ${lists}`));
  expect(mappingEffects(listed("[A1b2C3]"), listed("[X9y8Z7]"))).toEqual([
    "The rule customers adds its contacts to the Klaviyo list X9y8Z7 now.",
    "The rule customers no longer adds contacts to the Klaviyo list A1b2C3.",
  ]);
});

test("a larger or smaller backfill says what becomes of older events", () => {
  const backfilled = (days: string) => read(`${TEXT}engagement: { record_as: note, backfill: ${days} }\n`);
  expect(mappingEffects(backfilled("30d"), backfilled("90d"))).toEqual([
    "Engagement: Tandem also reads older events, back to 90 days ago.",
  ]);
  expect(mappingEffects(backfilled("90d"), backfilled("none"))).toEqual([
    "Engagement: Tandem stops reading older events. It deletes nothing that HubSpot shows.",
  ]);
});

test("a diff has every line once, and puts both texts together again", () => {
  const before = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  const after = before.toSpliced(30, 1, "changed").toSpliced(5, 0, "added").toSpliced(12, 2);
  const stretches = lineDiff(before.join("\n"), after.join("\n"));
  expect(stretches).toHaveLength(2);
  const lines = stretches.flat();
  for (const { kind, text, line } of lines) expect((kind === "gone" ? before : after)[line - 1]).toBe(text);
  const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
  expect([count("new"), count("gone")]).toEqual([2, 3]);
  expect(lineDiff("same\ntext", "same\ntext")).toEqual([]);
  expect(lineDiff("same\ntext", "same\ntext\n")).toEqual([]);
});

test("two texts that have nothing in common are shown one after the other", () => {
  const text = (name: string) => Array.from({ length: 4_000 }, (_, index) => `${name} ${index}`).join("\n");
  const [stretch = [], ...more] = lineDiff(text("old"), text("new"));
  expect(more).toEqual([]);
  expect(stretch).toHaveLength(8_000);
  expect([stretch[3_999], stretch[4_000]]).toEqual([
    { kind: "gone", text: "old 3999", line: 4_000 },
    { kind: "new", text: "new 0", line: 1 },
  ]);
});

test("what is held is read as people speak, whatever kind of change it is", () => {
  const words = (...parts: readonly unknown[]) => heldChange(JSON.stringify(parts));
  expect(words("jo@example.com", "klaviyo", "update", "jobtitle:title:text")).toMatchObject({
    who: "jo@example.com",
    what: "Empty a value in Klaviyo",
  });
  const made = words("jo@example.com", "hubspot", "create", [["city:location.city:text", "Tartu"]]);
  expect([made?.what, made?.values]).toEqual([
    "Create in HubSpot",
    { kind: "create", side: "hubspot", before: null, after: { "city:location.city:text": "Tartu" } },
  ]);
  expect(words("51", "hubspot", "leave", "4711")?.what).toBe(
    "Treat as removed from the HubSpot list or segment 4711",
  );
  expect(words("jo@example.com", "klaviyo", "opt_out", { kind: "all" })?.what).toBe(
    "Unsubscribe in Klaviyo from all email",
  );
  expect(words("jo@example.com", "mars", "create", [])).toBeNull();
  expect(heldChange("no json")).toBeNull();
});

test("held changes name the person, with a link, and a viewer sees a masked email", async () => {
  await remember(TEXT);
  const linkId = await it.link("jo@example.com", "in_sync");
  await hold();
  const shown = flat((await visit(app).get("/mapping?show=held")).body);
  expect(shown).toContain(`<a href="/contacts/${linkId}"><bdi>jo@example.com</bdi></a>`);
  expect(shown).toContain("Everything else keeps syncing");
});

test("each limit stands with the number that it comes to today", async () => {
  await remember(TEXT);
  for (let one = 0; one < 30; one += 1) await it.link(`p${one}@example.com`, "in_sync");
  const shown = flat((await visit(app).get("/mapping?show=limits")).body);
  expect(shown).toMatch(/limits\.creates_per_run<\/code>.*?>500<\/td>.*?500 on each side/);
  expect(shown).toMatch(/limits\.clears_per_run<\/code>.*?2 % of linked people.*?19 on each side/);
});

test("an approval is of exactly what was shown, lets it through, and stands in the audit", async () => {
  await remember(TEXT);
  const hash = await hold();
  const browser = visit(app);
  const shown = flat((await browser.get("/mapping?show=held")).body);
  expect(shown).toContain("1 values to empty in Klaviyo, limit 0");
  expect(shown).toContain("Empty a value in Klaviyo");
  expect(shown).toContain("Tartu");
  const id = (await waitingHold(storeOf(fresh.database, it.connectionId)))?.id ?? 0n;
  const approve = (form: Record<string, string>) => browser.post(`/holds/${id}/approve`, form);
  expect((await approve({ hash, reason: "" })).status).toBe(400);
  expect((await approve({ hash: "ab".repeat(32), reason: "yes" })).status).toBe(409);
  expect((await browser.post(`/holds/${id + 1n}/approve`, { hash, reason: "yes" })).status).toBe(409);
  expect(await approvedChanges(storeOf(fresh.database, it.connectionId), NOW)).toEqual(new Set());
  expect((await approve({ hash, reason: "we moved" })).location).toBe("/mapping?show=held");
  expect((await approvedChanges(storeOf(fresh.database, it.connectionId), NOW)).size).toBe(3);
  expect(woken).toBe(1);
  expect((await approve({ hash, reason: "again" })).status).toBe(409);
  expect((await browser.get("/mapping?show=held")).body).toContain("we moved");
});

test("a rejection does nothing, and begins nothing", async () => {
  await remember(TEXT);
  const hash = await hold();
  const browser = visit(app);
  await browser.get("/mapping?show=held");
  const id = (await waitingHold(storeOf(fresh.database, it.connectionId)))?.id ?? 0n;
  await browser.post(`/holds/${id}/reject`, { hash, reason: "a mistake in the list" });
  expect(await approvedChanges(storeOf(fresh.database, it.connectionId), NOW)).toEqual(new Set());
  expect([woken, await waitingHold(storeOf(fresh.database, it.connectionId))]).toEqual([0, null]);
});

test("a dry run is a page task, one at a time, and its findings stand on the page", async () => {
  await remember(TEXT);
  const browser = visit(app);
  await browser.get("/mapping?show=dry-run");
  expect((await browser.post("/mapping/dry-run", {})).location).toBe("/mapping?show=dry-run");
  expect((await browser.post("/mapping/dry-run", {})).status).toBe(409);
  task = {
    work: { kind: "dry_run" },
    by: "ann",
    at: NOW,
    state: { kind: "failed", why: "Klaviyo is away." },
  };
  expect((await browser.get("/mapping?show=dry-run")).body).toContain("Klaviyo is away.");
  expect(begun[0]).toEqual({ kind: "dry_run" });
});
