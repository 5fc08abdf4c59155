import { randomUUID } from "node:crypto";
import { memory } from "../../src/connectors/memory/index.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { Deps } from "../../src/lanes/deps.ts";
import { statusApp } from "../../src/status/frame/status-app.ts";
import type { Database } from "../../src/store/database/database.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { migrate } from "../../src/store/database/migrate.ts";
import { startBenchDatabase } from "../bench/bench-database.ts";
import { mapping } from "../support/rule.ts";
import { TEST_KEYS } from "../support/test-keys.ts";
import { HOST, statusDeps } from "../status/app.ts";
import { NOW, PHONE, seed } from "../status/seed.ts";
import { executedFiles } from "./executed-files.ts";

/** What somebody has to read to follow one contact, or one page. */
export interface Trips {
  /** Files that work while one edited contact is read, planned and written, with both systems in memory. */
  readonly contact: readonly string[];
  /** Files that work while a page is rendered, by its address. */
  readonly pages: Readonly<Record<string, readonly string[]>>;
}

/** Measures both on databases of their own: on the server of DATABASE_URL, or an embedded one. */
export async function measureTrips(): Promise<Trips> {
  const server = await startBenchDatabase();
  const withDatabase = <T>(work: (database: Database) => Promise<T>): Promise<T> =>
    server.withEmpty(async (url) => {
      await migrate(url);
      const database = openDatabase(url, { keys: () => TEST_KEYS });
      try {
        return await work(database);
      } finally {
        await database.$disconnect();
      }
    });
  try {
    return { contact: await withDatabase(contactTrip), pages: await withDatabase(pageTrips) };
  } finally {
    await server.stop();
  }
}

async function contactTrip(database: Database): Promise<readonly string[]> {
  let time = Date.parse("2026-11-01T08:00:00Z");
  const now = (): number => time;
  const [hubspot, klaviyo] = [memory("hubspot", { now }), memory("klaviyo", { now })];
  hubspot.user.makeCollection("all");
  klaviyo.user.makeCollection("engaged", "segment");
  const never = new AbortController().signal;
  const deps: Deps = {
    database,
    connectors: { hubspot, klaviyo },
    now: () => new Date(time),
    newId: randomUUID,
    fileKey: () => TEST_KEYS.files,
    progress: () => {},
    stopping: never,
    signal: never,
  };
  const contact = hubspot.user.create("jo@example.com", { firstname: "Jo", jobtitle: "Buyer" }, ["all"]);
  const sync = async (): Promise<void> => {
    time += 60_000;
    await runContacts(deps, mapping(), { trigger: "house" });
  };
  await sync();
  await sync();
  hubspot.user.edit(contact, { jobtitle: "Head of Buying" });
  const files = await executedFiles(sync);
  const [profile] = klaviyo.user.all();
  if (profile?.values.get("title") !== "Head of Buying") throw new Error("the edit did not arrive");
  return files;
}

async function pageTrips(database: Database): Promise<Trips["pages"]> {
  const it = await seed({ database }, "demo");
  const link = await it.link("jo@example.com", "failing", { hubspotId: "1", klaviyoId: "K1" });
  await it.problem(link, {});
  await it.sighting(link, "hubspot", "1", { [PHONE.field ?? ""]: "5123 4567" });
  await it.run("finished", 5);
  const app = await statusApp(statusDeps({ database }, it.connectionId, { now: () => NOW }));
  const addresses = ["/", "/errors", "/contacts", `/contacts/${link}`, "/runs", "/mapping", "/consent"];
  const pages: Record<string, readonly string[]> = {};
  for (const url of addresses) {
    const visit = async (): Promise<void> => {
      const { statusCode } = await app.inject({ url, headers: { host: HOST, accept: "text/html" } });
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
    };
    await visit();
    pages[url] = await executedFiles(visit);
  }
  await app.close();
  return pages;
}
