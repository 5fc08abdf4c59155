import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import { explainPerson } from "../../src/lanes/explain-person.ts";
import { pageErasing } from "../../src/service/page-erasing.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import { contactConsent } from "../../src/status/contacts/contact-consent.ts";
import { contactEngagement } from "../../src/status/contacts/contact-engagement.ts";
import { statusActions } from "../../src/status/status-actions.ts";
import { statusApp } from "../../src/status/frame/status-app.ts";
import { statusReader } from "../../src/status/status-reader.ts";
import type { Database } from "../../src/store/database/database.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { migrate } from "../../src/store/database/migrate.ts";
import { startBenchDatabase } from "./bench-database.ts";
import { fillPages } from "./fill-pages.ts";
import { TEST_KEYS } from "../support/test-keys.ts";
import { storeOf } from "../../src/store/database/store.ts";
/*
 * `npm run bench:page`: how long the status page takes on the server with 100,000 contacts, 10,000 of them failing.
 * Exit code 1 where the slowest twentieth of a page takes longer than promised, three times over, or the file of all
 * errors does.
 */

const CONTACTS = 100_000;
const FAILING = 10_000;
const TIMES = 40;
/** How often all of it is measured at most: a machine that does other things as well is no slow page. */
const ROUNDS = 3;
/** What is promised of a page: P95 in milliseconds, and the whole file. */
const PROMISED_MS = 150;
const PROMISED_FILE_MS = 10_000;

const ADDRESSES = [
  "/",
  "/errors",
  "/errors?page=200",
  "/errors?q=person99",
  "/errors?q=Tamm77",
  "/errors?cause=KL-PHONE&side=klaviyo&sort=tries&size=100",
  "/pulse?since=2026-01-01T00:00:00Z",
  "/contacts",
  "/contacts?page=1900",
  "/contacts?q=person4",
  "/contacts?q=Name777",
  "/contacts?state=failing&page=3",
  "/contacts/77",
  "/contacts/77/raw",
  "/runs",
  "/runs?page=150",
  "/runs/1",
  "/runs/1?page=9000",
  "/runs/1?q=person99",
  "/mapping",
  "/mapping?show=changes",
  "/mapping?show=held",
  "/conflicts",
  "/conflicts?winner=klaviyo&page=200",
  "/consent",
  "/consent?email=person77@example.com",
  "/consent?kind=opted_out&page=300",
  "/engagement",
  "/engagement?days=90",
  "/settings",
  "/help",
] as const;

async function fill(database: Database): Promise<number> {
  const { id } = await database.connection.create({ data: { name: "bench" } });
  const run = await database.run.create({
    data: {
      connectionId: id,
      kind: "contacts",
      trigger: "bench",
      result: "finished_with_errors",
      startedAt: new Date(),
      finishedAt: new Date(),
    },
  });
  await database.$executeRaw`
    INSERT INTO link (id, connection_id, email_key, hubspot_id, klaviyo_id, state, base, attempts)
    SELECT n, ${id}, 'person' || n || '@example.com', n::text, 'K' || n,
           CASE WHEN n % ${CONTACTS / FAILING}::int = 7 THEN 'failing' WHEN n % 9 = 0 THEN 'excluded' ELSE 'in_sync' END, '{}', n % 7
    FROM generate_series(1, ${CONTACTS}::int) AS n`;
  for (const side of ["hubspot", "klaviyo"]) {
    await database.$executeRaw`
      INSERT INTO sighting (connection_id, side, external_id, email_key, fields, unreadable, digest, created_at, updated_at, seen_at, link_id)
      SELECT ${id}, ${side}, CASE ${side} WHEN 'hubspot' THEN n::text ELSE 'K' || n END, 'person' || n || '@example.com',
             jsonb_build_object('firstname:first_name:text', 'Name' || n, 'lastname:last_name:text',
               'Tamm' || n % 1000, 'city:location.city:text', ${side} || n % 50),
             '{}', 'd', now(), now(), now(), n
      FROM generate_series(1, ${CONTACTS}::int) AS n`;
  }
  await database.$executeRaw`
    INSERT INTO problem (connection_id, link_id, code, level, side, field, title, explanation, fix, retry, first_seen, last_seen)
    SELECT ${id}, id, (ARRAY['KL-PHONE', 'HS-OPTION', 'SK-TWO', 'KL-EMAIL', 'HS-EMAIL-TAKEN'])[1 + id / 10 % 5], 'field',
           CASE id / 10 % 2 WHEN 0 THEN 'hubspot' ELSE 'klaviyo' END, 'phone:phone_number:phone', 'A title of the cause',
           '"' || id || '" is not what it should be.', '["Do this.", "Then do that."]', 'on_change',
           now() - make_interval(mins => (id % 5000)::int), now()
    FROM link WHERE state = 'failing'`;
  await database.$executeRaw`
    INSERT INTO journal (trace_id, link_id, run_id, side, kind, before, after, source, outcome, sent_at, settled_at)
    SELECT gen_random_uuid(), id, ${run.id}, 'klaviyo', 'update', '{"city:location.city:text": "a"}',
           '{"city:location.city:text": "b"}', '{}', 'done', now() - make_interval(mins => n), now()
    FROM link CROSS JOIN generate_series(1, 3) AS n`;
  await fillPages(storeOf(database, id));
  // As autovacuum does sooner or later.
  await database.$executeRaw`VACUUM ANALYZE`;
  return id;
}

const headers = { host: "127.0.0.1:8080" };

/** Asks for a page so often, one after the other. @throws where it is not answered */
async function measure(app: FastifyInstance, address: string) {
  const took: number[] = [];
  let bytes = 0;
  for (let time = 0; time < TIMES; time += 1) {
    const began = performance.now();
    const answer = await app.inject({ url: address, headers });
    took.push(performance.now() - began);
    if (answer.statusCode !== 200) throw new Error(`${address} answered ${answer.statusCode}`);
    bytes = answer.rawPayload.length;
  }
  took.sort((one, other) => one - other);
  return {
    p50: took[Math.floor(TIMES / 2)] ?? Infinity,
    p95: took[Math.ceil(TIMES * 0.95) - 1] ?? Infinity,
    bytes,
  };
}

async function bench(url: string): Promise<boolean> {
  await migrate(url);
  const database = openDatabase(url, { keys: () => TEST_KEYS });
  const connectionId = await fill(database);
  const { mapping } = parseMapping(demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2"), "bench.yaml");
  if (mapping === null) throw new Error("the mapping cannot be read");
  const now = (): Date => new Date();
  const app = await statusApp({
    read: statusReader(storeOf(database, connectionId), now),
    act: statusActions(storeOf(database, connectionId), now),
    erasing: pageErasing({ database, now, newId: randomUUID }),
    contactSections: [
      contactConsent(storeOf(database, connectionId)),
      contactEngagement(storeOf(database, connectionId)),
    ],
    explain: (linkId) => explainPerson(storeOf(database, connectionId), mapping, { linkId }, now()),
    now,
  });
  let kept = true;
  for (const address of ADDRESSES) {
    let best = await measure(app, address);
    for (let round = 1; round < ROUNDS && best.p95 > PROMISED_MS; round += 1) {
      const next = await measure(app, address);
      if (next.p95 < best.p95) best = next;
    }
    const { p50, p95, bytes } = best;
    kept &&= p95 <= PROMISED_MS;
    process.stdout.write(
      `${p95 <= PROMISED_MS ? "ok  " : "SLOW"} ${address.padEnd(58)} P50 ${p50.toFixed(0).padStart(4)} ms  P95 ${p95.toFixed(0).padStart(4)} ms  ${(bytes / 1_024).toFixed(0)} KB\n`,
    );
  }
  const began = performance.now();
  const file = await app.inject({ url: "/errors.csv", headers });
  const whole = performance.now() - began;
  const lines = file.body.split("\r\n").length - 2;
  kept &&= whole <= PROMISED_FILE_MS && lines === FAILING;
  process.stdout.write(
    `${whole <= PROMISED_FILE_MS ? "ok  " : "SLOW"} /errors.csv: ${lines} lines in ${whole.toFixed(0)} ms\n`,
  );
  await app.close();
  await database.$disconnect();
  return kept;
}

const server = await startBenchDatabase();
try {
  process.exitCode = (await server.withEmpty(bench)) ? 0 : 1;
} finally {
  await server.stop();
}
