import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { memory } from "../../src/connectors/memory/index.ts";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { Deps } from "../../src/lanes/deps.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { silentProxy } from "../support/silent-proxy.ts";
import { TEST_KEYS } from "../support/test-keys.ts";
import { interrupted } from "./interrupted.ts";

/** Silence is noticed after so long. A statement of fifty people takes milliseconds, also on a busy machine. */
const PATIENCE = { connectMs: 15_000, statementMs: 1_500, longMs: 15_000, graceMs: 200 };

/** A world's clock, its two systems and its database. */
export interface Stage {
  /** The database, not by the way that the engine takes. */
  readonly fresh: FreshDatabase;
  readonly systems: PerSide<MemoryConnector>;
  readonly now: () => number;
  /** Milliseconds that go by. */
  wait(milliseconds: number): void;
  /** How far the engine's own clock is off. */
  skew(milliseconds: number): void;
  /** Ends every session of the database but the one that says so. */
  disconnect(): Promise<void>;
  /** Nothing that is said on the engine's connections arrives any more, and nobody is told. */
  silence(): void;
  /** Before each call, and each page, of a run: for what takes time. */
  hook: () => Promise<void>;
  deps(): Deps;
  close(): Promise<void>;
}

export async function stage(): Promise<Stage> {
  let [time, skewed] = [Date.parse("2026-11-01T08:00:00Z"), 0];
  const make = (side: Side) =>
    memory(side, {
      now: () => time,
      ...(side === "hubspot" ? { optOutTypes: [{ id: "1", name: "Marketing" }] } : {}),
    });
  const systems = { hubspot: make("hubspot"), klaviyo: make("klaviyo") };
  systems.hubspot.user.makeCollection("all");
  systems.klaviyo.user.makeCollection("engaged", "segment");
  const fresh = await freshDatabase();
  const proxy = await silentProxy(fresh.url);
  const database = openDatabase(proxy.url, { keys: () => TEST_KEYS, patience: PATIENCE });
  const self: Stage = {
    fresh,
    systems,
    now: () => time,
    wait: (milliseconds) => void (time += milliseconds),
    skew: (milliseconds) => void (skewed += milliseconds),
    disconnect: () => disconnect(fresh.url),
    silence: () => proxy.swallow("there are"),
    hook: async () => {},
    deps: () => ({
      database,
      connectors: {
        hubspot: interrupted(systems.hubspot, () => self.hook()),
        klaviyo: interrupted(systems.klaviyo, () => self.hook()),
      },
      now: () => new Date(time + skewed),
      monotonic: () => time,
      newId: randomUUID,
      fileKey: () => TEST_KEYS.files,
      progress: () => {},
      stopping: new AbortController().signal,
      signal: AbortSignal.timeout(120_000),
    }),
    async close() {
      await database.$disconnect();
      proxy.close();
      await fresh.drop();
    },
  };
  return self;
}

async function disconnect(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await client.end();
}
