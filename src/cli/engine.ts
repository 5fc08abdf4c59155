import { resolve } from "node:path";
import type { Deps } from "../daemon/deps.ts";
import type { Mapping } from "../model/mapping.ts";
import type { Database } from "../store/database.ts";
import { openDatabase } from "../store/database.ts";
import { startEmbeddedDatabase } from "../store/embedded.ts";
import { migrate } from "../store/migrate.ts";
import type { App, CommonOptions } from "./app.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { loadMapping, loadSecrets } from "./load-mapping.ts";
import { progressLine } from "./progress.ts";

/** Opens Tandem's memory for the time of some work: DATABASE_URL, or the embedded server under `.tandem/`. */
export async function withDatabase<T>(app: App, work: (database: Database) => Promise<T>): Promise<T> {
  const given = app.env["DATABASE_URL"];
  const embedded = given ? null : await startEmbeddedDatabase({ folder: resolve(".tandem") });
  const url = given ?? embedded?.url ?? "";
  try {
    await migrateOrSay(url);
    const database = openDatabase(url);
    try {
      return await work(database);
    } finally {
      await database.$disconnect();
    }
  } finally {
    await embedded?.stop();
  }
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
  work: (deps: Deps, mapping: Mapping) => Promise<T>,
): Promise<T> {
  const { mapping } = loadMapping(app, options);
  const connectors = app.connect(mapping, loadSecrets(app, mapping));
  const progress = progressLine(app, options);
  return withDatabase(app, async (database) => {
    const { now, newId, stopping, signal } = app;
    const result = await work(
      { database, connectors, now, newId, stopping, signal, progress: progress.step },
      mapping,
    );
    progress.end();
    return result;
  });
}
