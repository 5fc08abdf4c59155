import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import type { DatabasePatience } from "../../src/store/database/timed-client.ts";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import type { KlaviyoSettings } from "../../src/sandbox/klaviyo/settings.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";

/** Longer runs of the same faults: `FAULTS=long`. */
export const LONG_FAULTS = process.env["FAULTS"] === "long";

const MINUTE_MS = 60_000;
/** A minute on a machine that does nothing else; so long on one that is busy. */
export const PATIENCE_MS = 10 * MINUTE_MS;
const CHECK_EVERY_MS = 200;

/** Two vendors, a database, and daemons between them whose ways to each other a test can disturb. */
export interface FaultyWorld {
  readonly rehearsal: Rehearsal;
  readonly fresh: FreshDatabase;
  /** Rows as somebody reads them who uses no connection of Tandem's. */
  ask<Row>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  daemon(ways?: Partial<Ways>, times?: Partial<DaemonTimes>): Promise<Daemon>;
  /** HubSpot contacts of the rule's list, without those of the story who cannot be synced as they are. */
  members(): ReturnType<Rehearsal["hubspot"]["sandbox"]["dumpContacts"]>["contacts"];
  /** When each lane last began; milliseconds since 1970, by the database's clock. */
  starts(): Promise<ReadonlyMap<string, number>>;
  /** Waits until each lane has begun again after now. @returns after how many milliseconds */
  allLanesBegin(withinMs: number): Promise<number>;
  /** Waits until runs find nothing to write any more. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

const MORE_MAPPING = `
engagement: { record_as: note, backfill: 30d }
limits: { api_share: { hubspot: 100%, klaviyo: 100% } }
`;

/** After how long a daemon gives something up, where not as the product does. Milliseconds. */
export interface DaemonTimes {
  /** A request to a vendor. */
  readonly requestMs: number;
  readonly database: DatabasePatience;
  /** What works on after SIGTERM. */
  readonly graceMs: number;
  /** The process itself after SIGTERM. */
  readonly longestStopMs: number;
}

/** The addresses by which a daemon reaches the others. */
export interface Ways {
  readonly hubspot: string;
  readonly klaviyo: string;
  readonly database: string;
}

export interface Daemon {
  readonly url: string;
  kill(signal: NodeJS.Signals): void;
  /** Sets its wall clock so much further, or back. */
  shiftClock(ms: number): void;
  talk(): string;
  /** Status and text of a probe. */
  probe(path: "/healthz" | "/readyz"): Promise<string>;
  /** @returns how long it took to end after SIGTERM, in milliseconds */
  stop(): Promise<number>;
}

export async function faultyWorld(
  people: number,
  settings: Partial<KlaviyoSettings> = {},
): Promise<FaultyWorld> {
  const rehearsal = await startRehearsal({
    seed: 5,
    contacts: people,
    hubspotPort: 0,
    klaviyoPort: 0,
    hubspot: { tier: "off", indexLagMs: 0 },
    // Lanes that run every few seconds would wait for Klaviyo's minutes.
    klaviyo: { limits: "wide", ...settings },
  });
  const fresh = await freshDatabase();
  const observer = new Pool({ connectionString: fresh.url, application_name: "observer" });
  const folder = await mkdtemp(join(tmpdir(), "tandem-faults-"));
  const daemons: { readonly kill: () => void; readonly ended: Promise<unknown> }[] = [];

  const ask = async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await observer.query(sql, [...values])).rows as readonly Row[];
  const starts = async () => {
    const rows = await ask<{ lane: string; at: string }>(
      "SELECT lane, extract(epoch FROM started_at) * 1000 AS at FROM lane_start WHERE lane <> 'reconcile'",
    );
    return new Map(rows.map(({ lane, at }) => [lane, Number(at)]));
  };
  const clock = async () => {
    const [row] = await ask<{ at: string }>("SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at");
    return Number(row?.at);
  };
  return {
    rehearsal,
    fresh,
    ask,
    members() {
      const broken = new Set(Object.values(rehearsal.story.broken).flat());
      const { contacts } = rehearsal.hubspot.sandbox.dumpContacts();
      return contacts.filter(
        ({ lists, properties }) => lists.length > 0 && !broken.has(properties["email"] ?? ""),
      );
    },
    starts,
    async daemon(ways = {}, times = {}) {
      const { hubspot, klaviyo, database } = {
        hubspot: rehearsal.hubspot.url,
        klaviyo: rehearsal.klaviyo.url,
        database: fresh.url,
        ...ways,
      };
      const config = join(folder, `${daemons.length}.yaml`);
      await writeFile(config, `${demoMapping(hubspot, klaviyo)}${MORE_MAPPING}`);
      const env = {
        TANDEM_CONFIG: config,
        TANDEM_DEMO_HUBSPOT: rehearsal.hubspot.token,
        TANDEM_DEMO_KLAVIYO: rehearsal.klaviyo.key,
        DATABASE_URL: database,
        LOG_LEVEL: "info",
        TANDEM_TIMES: JSON.stringify(times),
      };
      const daemon = await startDaemon(env);
      daemons.push(daemon);
      return daemon;
    },
    async allLanesBegin(withinMs) {
      const from = await clock();
      let ages = "";
      const begun = async (): Promise<boolean> => {
        // Old history is removed once an hour, whatever happens to the others.
        const all = [...(await starts())].filter(([lane]) => lane !== "retention");
        ages = all.map(([lane, at]) => `${lane} ${Math.round(from - at)} ms before`).join(", ");
        return all.length >= LANES && all.every(([, at]) => at > from);
      };
      await until(() => `each lane has begun again (${ages})`, begun, withinMs);
      return (await clock()) - from;
    },
    async quiet() {
      const from = await clock();
      // Two runs in a row that wrote nothing: what a run writes, the next one sees.
      const idle = async () => {
        const rows = await ask<{ wrote: boolean }>(
          `SELECT result <> 'finished' AND result <> 'finished_with_errors'
               OR EXISTS (SELECT FROM journal WHERE run_id = run.id) AS wrote
           FROM run WHERE kind = 'contacts' AND started_at > to_timestamp($1 / 1000.0)
           ORDER BY id DESC LIMIT 2`,
          [from],
        );
        return rows.length === 2 && rows.every(({ wrote }) => !wrote);
      };
      await until("two runs have found nothing to write", idle, PATIENCE_MS);
    },
    async close() {
      for (const { kill } of daemons) kill();
      await Promise.all(daemons.map(({ ended }) => ended));
      await observer.end();
      await rehearsal.close();
      await fresh.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Consent, contacts and engagement. */
const LANES = 3;
const ENTRY = new URL("daemon-process.ts", import.meta.url).pathname;

async function startDaemon(
  env: Readonly<Record<string, string>>,
): Promise<Daemon & { readonly ended: Promise<unknown>; kill(signal?: NodeJS.Signals): void }> {
  const { PATH = "", HOME = "" } = process.env;
  const child = fork(ENTRY, { env: { PATH, HOME, ...env }, silent: true, execArgv: [] });
  let talk = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => void (talk += text));
  const ended = once(child, "close");
  const page = /status page: (http:\S+)/;
  await until(
    () => `the daemon serves its page; it said: ${talk}`,
    () => page.test(talk),
    PATIENCE_MS,
  );
  const url = page.exec(talk)?.[1] ?? "";
  return {
    url,
    ended,
    talk: () => talk,
    kill: (signal?: NodeJS.Signals) => void child.kill(signal ?? "SIGKILL"),
    shiftClock: (ms) => void child.send(ms),
    async probe(path) {
      const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(10_000) });
      return `${answer.status} ${(await answer.text()).trim()}`;
    },
    async stop() {
      const from = performance.now();
      child.kill("SIGTERM");
      await ended;
      return performance.now() - from;
    },
  };
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/**
 * Waits for something, in a hook of a test as well as in the test.
 *
 * @throws naming it where it does not come in time
 */
export async function until(
  what: string | (() => string),
  check: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await check())) {
    if (performance.now() > end)
      throw new Error(
        `In ${withinMs / 1_000} s it did not come to it that ${typeof what === "string" ? what : what()}`,
      );
    await wait(CHECK_EVERY_MS);
  }
}
