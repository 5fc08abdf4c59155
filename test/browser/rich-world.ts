import { shownConsent } from "../support/shown-consent.ts";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import { digestOf } from "../../src/lanes/plans/approvals.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { PageTasks } from "../../src/service/page-tasks.ts";
import type { StatusDeps } from "../../src/status/frame/status-app.ts";
import { writeAudit } from "../../src/store/chains/audit.ts";
import { recordChangedConsent } from "../../src/store/consent/record-consent.ts";
import { saveDayCounts } from "../../src/store/feeds/engagement-days.ts";
import { addHeldChanges, openHold, sealHold } from "../../src/store/runs/holds.ts";
import { knownLinks } from "../../src/store/links/known-links.ts";
import { rememberMapping } from "../../src/store/runs/mapping-versions.ts";
import { saveSideNote } from "../../src/store/runs/side-notes.ts";
import { statusDeps } from "../status/app.ts";
import type { Seed } from "../status/seed.ts";
import { NOW, before, seed } from "../status/seed.ts";
import { TITLE_FIELD, latestRun, sent } from "../status/pages/journal-seed.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { mapping as plainMapping } from "../support/rule.ts";
import { storeOf } from "../../src/store/database/store.ts";
const PEOPLE = 8;
const HASH = "ab".repeat(32);

/** Something in every part of every page, each text from outside given by `word`. Nobody serves it yet. */
export interface RichWorld {
  readonly fresh: FreshDatabase;
  readonly it: Seed;
  readonly runId: bigint;
  readonly deps: StatusDeps;
}

/** @param word the next text that somebody else wrote */
export async function richWorld(word: () => string): Promise<RichWorld> {
  const fresh = await freshDatabase();
  const it = await seed(fresh, word());
  await mapping(fresh, it, word);
  await runs(it, word);
  const runId = await latestRun(fresh);
  const links: bigint[] = [];
  for (let index = 0; index < PEOPLE; index += 1) links.push(await person(fresh, it, runId, index, word));
  await recordChangedConsent(storeOf(fresh.database, it.connectionId), runId, before(90));
  await held(fresh, it, runId, word);
  await engagement(fresh, it, word);
  await told(fresh, it, word);
  const tasks = await shownTasks(fresh, it, runId, word);
  const nextRuns = () => [{ name: "contacts", schedule: "every 15m", timezone: "UTC", at: before(-9) }];
  const disk = { text: `naem: ${word()}`, mapping: null, diagnostics: [problem(word), problem(word)] };
  const deps = statusDeps(fresh, it.connectionId, { tasks, nextRuns, mappingFile: () => disk });
  return { fresh, it, runId, deps };
}

function problem(word: () => string) {
  const place = { file: "mapping.yaml", line: 1, column: 1, length: 4, path: [] };
  return { ...place, code: "M101", severity: "error", message: word(), help: word() } as const;
}

async function mapping(
  { database }: FreshDatabase,
  { connectionId }: Seed,
  word: () => string,
): Promise<void> {
  const quoted = (): string => JSON.stringify(word().replaceAll(/[\p{Cc}\u2028\u2029]/gu, ""));
  const base = demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2");
  const text = `${base}\nengagement:\n  record_as: note\n  metrics:\n    opened: { record: first_per_message }\n`;
  const named = text.replace('lists: ["All customers"]', `lists: [${quoted()}]`);
  await rememberMapping(storeOf(database, connectionId), "h1", base, before(9_000));
  await rememberMapping(storeOf(database, connectionId), "h2", `${named}# ${quoted()}\n`, before(60));
}

async function runs(it: Seed, word: () => string): Promise<void> {
  for (let index = 0; index < 12; index += 1) {
    const result = index === 3 ? "stopped" : index === 5 ? "held" : "finished";
    const counts = { read: 312 + index, created: index % 5, updated: (index * 37) % 90, failing: 2 };
    await it.run(result, 300 - index * 15, { counts, note: index % 6 === 0 ? word() : "", kind: "contacts" });
  }
  await it.run("finished", 4, { kind: "engagement", counts: { read: 1_204, recorded: 1_198 } });
  await it.run("finished", 3, { counts: { read: 9, updated: 6 }, note: word() });
}

async function person(
  fresh: FreshDatabase,
  it: Seed,
  runId: bigint,
  index: number,
  word: () => string,
): Promise<bigint> {
  const { database } = fresh;
  const email = `${word()}${index}@example.com`;
  const linkId = await it.link(email, "in_sync", { hubspotId: `${1_000 + index}`, klaviyoId: `K${index}` });
  const statuses = ["subscribed", "never_subscribed", "unsubscribed"] as const;
  for (const [side, id] of [
    ["hubspot", `${1_000 + index}`],
    ["klaviyo", `K${index}`],
  ] as const) {
    await it.sighting(linkId, side, id, { [TITLE_FIELD]: word() });
    const status = statuses[(index + (side === "hubspot" ? 0 : Math.floor(index / 3))) % 3] ?? "subscribed";
    const suppressions = index % 5 === 3 ? [{ reason: word(), at: "2026-02-21T00:00:00Z" }] : [];
    const shown = shownConsent({ ...plainConsent(status), suppressions });
    await database.sighting.updateMany({ where: { linkId, side }, data: { emailKey: email, ...shown } });
  }
  const values = {
    before: { [TITLE_FIELD]: word() },
    after: { [TITLE_FIELD]: index % 4 === 0 ? null : word() },
  };
  await sent(fresh, { linkId, runId, ...values, outcome: index % 9 === 0 ? "refused" : "done" });
  const lost = {
    field: TITLE_FIELD,
    kind: "changed_on_both",
    winner: index % 3 === 0 ? "klaviyo" : "hubspot",
  };
  if (index % 2 === 0)
    await database.conflict.create({
      data: { ...lost, linkId, runId, won: word(), lost: word(), at: before(20 + index) },
    });
  return linkId;
}

async function held(fresh: FreshDatabase, it: Seed, runId: bigint, word: () => string): Promise<void> {
  const { database } = fresh;
  const exceeded = [
    { side: "hubspot", action: "leavers", planned: 40, allowed: 9, collection: word() },
    { side: "klaviyo", action: "clears", planned: 21, allowed: 19, collection: null },
  ] as const;
  const past = {
    connectionId: it.connectionId,
    runId,
    exceeded: [],
    openedAt: before(900),
    updatedAt: before(800),
  };
  await database.hold.create({
    data: {
      ...past,
      state: "approved",
      changes: 3,
      decidedBy: word(),
      reason: word(),
      decidedAt: before(700),
      expiresAt: before(-700),
    },
  });
  const id = await openHold(storeOf(database, it.connectionId), runId, exceeded, before(30));
  const rows = [
    [word(), "klaviyo", "update", TITLE_FIELD],
    [word(), "hubspot", "leave", word()],
    [word(), "hubspot", "create", [[TITLE_FIELD, word()]]],
    [word(), "klaviyo", "opt_out", { kind: "all" }],
    [word(), "mars", word(), null],
  ].map((parts) => JSON.stringify(parts));
  const changes = rows.map((words) => ({
    words,
    digest: digestOf({ side: "hubspot", action: "clears", words }),
  }));
  await addHeldChanges(storeOf(database, it.connectionId), id, changes);
  await sealHold(storeOf(database, it.connectionId), id);
}

async function engagement(fresh: FreshDatabase, it: Seed, word: () => string): Promise<void> {
  const { database } = fresh;
  const { connectionId } = it;
  const stream = { kind: "opened", channel: "email", floor: before(40_000), watermark: before(4) };
  await database.engagementStream.create({ data: { ...stream, connectionId, metricId: "M1", name: word() } });
  await saveDayCounts(storeOf(database, connectionId), "M1", new Map([["2026-11-22", 9]]), NOW);
  const fates = ["recorded", "recorded", "repeat", "machine", "unknown", "failed", "waiting"];
  for (const [index, fate] of fates.entries()) {
    const event = { metricId: "M1", kind: "opened", channel: "email", sourceKind: "flow", byMachine: false };
    const times = { at: before(60 + index), seenAt: before(50) };
    await database.engagement.create({
      data: { ...event, ...times, connectionId, eventId: `e${index}`, fate },
    });
  }
  await it.problem(null, {
    code: "SK-NOSINK",
    level: "connection",
    side: "hubspot",
    field: "engagement",
    title: word(),
  });
}

async function told({ database }: FreshDatabase, { connectionId }: Seed, word: () => string): Promise<void> {
  for (const side of ["hubspot", "klaviyo"] as const) {
    const quotas = [{ name: word(), limit: 700, left: 300, at: before(2).getTime() }];
    const account = { id: word(), name: word(), timeZone: null };
    const note = {
      account,
      missingScopes: ["lists:read"],
      maySubscribe: false,
      quotas,
      requests: {},
      skewMs: 400,
    };
    await saveSideNote(storeOf(database, connectionId), side, note, before(1));
  }
  for (let index = 0; index < 6; index += 1) {
    const entry = { who: word(), role: "operator", action: "pause", reason: word(), contacts: index };
    await writeAudit(storeOf(database, connectionId), entry, before(index));
  }
}

/** A dry run and an undo that are ready, of a real person. */
async function shownTasks(
  fresh: FreshDatabase,
  it: Seed,
  runId: bigint,
  word: () => string,
): Promise<PageTasks> {
  const links = await knownLinks(storeOf(fresh.database, it.connectionId), [], { kind: "dirty" }, 0n, 1, NOW);
  const all = links.length > 0 ? links : await everybody(fresh, it);
  const examples = all.map((known) => ({
    known,
    merged: [],
    operations: [
      {
        kind: "update",
        side: "klaviyo",
        id: "K0",
        fields: { [TITLE_FIELD]: word() },
        pre: { [TITLE_FIELD]: word() },
      },
      { kind: "add_to_list", side: "klaviyo", id: "K0", list: word() },
    ] as const,
    problems: [],
    state: "in_sync" as const,
    reason: "",
  }));
  const counts = {
    creates: 2,
    updates: 41,
    clears: 0,
    removals: 1,
    unsubscribes: 0,
    subscribes: 0,
    list_additions: 4,
  };
  const fields = { written: new Map([[TITLE_FIELD, 41]]), emptied: new Map([[TITLE_FIELD, 3]]) };
  const cost = { requests: 12, seconds: 90 };
  const dryRun = {
    kind: "dry_run",
    totals: { hubspot: counts, klaviyo: counts, people: 43 },
    contacts: 1_204,
    linked: 1_000,
    firstSync: false,
    limits: plainMapping().limits,
    fields: { hubspot: fields, klaviyo: fields },
    problems: new Map([[word(), 7]]),
    examples,
    exceeded: [{ side: "klaviyo", action: "updates", planned: 41, allowed: 19, collection: null }],
    cost: { hubspot: cost, klaviyo: cost },
  } as const;
  const undo = {
    kind: "undo",
    runId,
    people: 1,
    operations: 2,
    changes: 3,
    putBack: 1,
    already: 0,
    left: { made: 2 },
    examples,
    stamps: [],
    hash: HASH,
  } as const;
  const by = word();
  return {
    begin: () => false,
    dryRun: () => ({
      work: { kind: "dry_run" },
      by,
      at: before(2),
      state: { kind: "ready", found: dryRun, at: before(1) },
    }),
    readOf: () => null,
    undoOf: (id) => ({
      work: { kind: "undo", runId: id },
      by,
      at: before(2),
      state: { kind: "ready", found: undo, at: before(1) },
    }),
  };
}

async function everybody({ database }: FreshDatabase, { connectionId }: Seed) {
  const { emailKey } = await database.link.findFirstOrThrow({ where: { connectionId } });
  const filter = { kind: "emails", emails: [emailKey as never] } as const;
  return knownLinks(storeOf(database, connectionId), [], filter, 0n, 1, NOW);
}
