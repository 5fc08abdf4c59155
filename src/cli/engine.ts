import { resolve } from "node:path";
import type { Connector } from "../connectors/connector.ts";
import type { Deps } from "../lanes/deps.ts";
import type { Mapping } from "../model/mapping.ts";
import type { PerSide } from "../model/side.ts";
import { SIDES, SIDE_NAMES } from "../model/side.ts";
import { counted } from "../model/count-words.ts";
import type { Database } from "../store/database/database.ts";
import { openDatabase } from "../store/database/database.ts";
import { startEmbeddedDatabase } from "../store/database/embedded.ts";
import { migrate } from "../store/database/migrate.ts";
import { takeUpgradeNotes } from "../store/database/upgrade-notes.ts";
import type { App, CommonOptions } from "./app.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { installationKeys } from "./installation-key.ts";
import { tellOtherKey } from "./ledger-key.ts";
import type { LoadedMapping } from "./load-mapping.ts";
import { loadMapping, loadSecrets } from "./load-mapping.ts";
import { progressLine } from "./progress.ts";

/** Opens Tandem's memory for the time of some work: DATABASE_URL, or the embedded server under `.tandem/`. */
export async function withDatabase<T>(
  app: App,
  options: CommonOptions,
  work: (database: Database) => Promise<T>,
  keys = installationKeys(app, options),
): Promise<T> {
  return withServer(app, async (url) => {
    await migrateOrSay(url);
    const { patience } = app;
    const database = openDatabase(url, { keys, ...(patience === undefined ? {} : { patience }) });
    try {
      for (const { connection, note } of await takeUpgradeNotes(database))
        app.talk(`Upgrade of ${connection}: ${note}\n`);
      return await work(database);
    } finally {
      await database.$disconnect();
    }
  });
}

/** The same server as it is: whatever there is in it, and nothing made. */
export async function withServer<T>(app: App, work: (url: string) => Promise<T>): Promise<T> {
  const given = databaseUrl(app);
  const embedded = given ? null : await startEmbeddedDatabase({ folder: resolve(".tandem") });
  try {
    return await work(given ?? embedded?.url ?? "");
  } finally {
    await embedded?.stop();
  }
}

/** @throws CommandFailure 69 where it is given and cannot be one; its words may hold a password and are not repeated */
function databaseUrl({ env }: App): string | undefined {
  const given = env["DATABASE_URL"];
  if (given === undefined || given === "") return undefined;
  const known = URL.canParse(given) && ["postgres:", "postgresql:"].includes(new URL(given).protocol);
  if (known) return given;
  const message =
    "DATABASE_URL is no address of a PostgreSQL.\n  fix: Write postgresql://USER:PASSWORD@HOST:5432/NAME, or leave it out for Tandem's own.";
  throw new CommandFailure(EXIT.unavailable, message);
}

async function migrateOrSay(url: string): Promise<void> {
  try {
    await migrate(url);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(
      EXIT.unavailable,
      `The database cannot be used: ${why || "it does not answer"}. Check DATABASE_URL.`,
    );
  }
}

/** Everything a lane needs, for one command: mapping read, keys read, database open, progress told. */
export async function withEngine<T>(
  app: App,
  options: CommonOptions,
  work: (deps: Deps, mapping: Mapping, loaded: LoadedMapping) => Promise<T>,
): Promise<T> {
  const loaded = loadMapping(app, options);
  const { mapping } = loaded;
  const secrets = loadSecrets(app, mapping);
  const progress = progressLine(app, options);
  const keys = installationKeys(app, options);
  const useEngine = async (database: Database): Promise<T> => {
    const connectors = await app.connect(mapping, secrets, database);
    const { now, newId, stopping, signal } = app;
    const fileKey = (): Uint8Array => keys().files;
    const deps = { database, connectors, now, newId, fileKey, stopping, signal, progress: progress.step };
    try {
      await tellOtherKey(app, database);
      return await work(deps, mapping, loaded);
    } finally {
      progress.end();
      if (options.verbose === true) app.talk(requestCounts(connectors));
    }
  };
  return withDatabase(app, options, useEngine, keys);
}

/** How many requests each side was asked, by operation: what `--verbose` adds. */
function requestCounts(connectors: PerSide<Connector>): string {
  return SIDES.map((side) => {
    const counts = [...connectors[side].requests()];
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const parts = counts.map(([operation, count]) => `${operation} ${count}`).join(", ");
    const system = SIDE_NAMES[side];
    return `${system}: ${counted(total, "request")}${parts === "" ? "" : ` (${parts})`}\n`;
  }).join("");
}
