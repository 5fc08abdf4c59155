import type { Deps } from "../daemon/deps.ts";
import { daemonLog } from "../daemon/log.ts";
import { runReconcile } from "../daemon/reconcile-lane.ts";
import type { ContactRun } from "../daemon/run-contacts.ts";
import { runContacts } from "../daemon/run-contacts.ts";
import { startScheduler } from "../daemon/scheduler.ts";
import type { Mapping } from "../model/mapping.ts";
import { longestGapMs } from "../mapping/schedule.ts";
import type { PerSide } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import type { ContactUrls } from "../status/contact-link.ts";
import type { StatusServer } from "../status/server.ts";
import { startStatusServer } from "../status/server.ts";
import { statusReader } from "../status/status-reader.ts";
import { openConnection } from "../store/connections.ts";
import { ConnectionBusy } from "../daemon/connection-lease.ts";
import type { Logger } from "pino";
import type { App } from "./app.ts";
import { databaseFailure } from "./database-failure.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { untilStopped } from "./until-stopped.ts";

export interface ServeOptions {
  /** Cron expression of the contact lane; default the mapping's. */
  readonly contacts?: string;
  /** `null` serves no status page. */
  readonly port: number | null;
  readonly worker: boolean;
  /** Told where the page is, once it is there. */
  readonly ready: (url: string | null) => void;
  /** Told of every run that ended. */
  readonly ran?: (run: ContactRun) => void;
}

/** The daemon: lanes by the clock and the status page, until a person stops it. The first run begins at once. */
export async function serve(app: App, deps: Deps, mapping: Mapping, options: ServeOptions): Promise<void> {
  const log = daemonLog(app.env["LOG_LEVEL"]);
  const connection = await openConnection(deps.database, mapping.name);
  const contacts = options.contacts ?? mapping.schedule.contacts;
  const links = contactLinks(deps);
  const page =
    options.port === null
      ? null
      : await openPage(options.port, {
          read: statusReader(deps.database, connection.id),
          now: app.now,
          log,
          intervalMs: longestGapMs(contacts),
          contactUrls: links.urls,
        });
  const { timezone } = mapping;
  const lane = (name: string, cron: string, run: () => Promise<ContactRun>) => ({
    name,
    cron,
    timezone,
    run: async () => {
      const ended = await run();
      logRun(log, name, ended);
      options.ran?.(ended);
      if (ended.stoppedBy === null) await links.learn();
    },
  });
  const works = [
    lane("contacts", contacts, () => runContacts(deps, mapping, { trigger: "schedule" })),
    lane("reconcile", mapping.schedule.reconcile, () => runReconcile(deps, mapping, "reconcile")),
  ];
  const failed = (name: string, err: unknown): void => {
    if (deps.stopping.aborted) return;
    const away = err instanceof ConnectionBusy ? err.message : databaseFailure(err);
    if (away === null) log.error({ lane: name, err }, "run failed");
    else log.warn({ lane: name }, `no run: ${away}`);
  };
  const scheduler = startScheduler(options.worker ? works : [], failed);
  options.ready(page?.url ?? null);
  scheduler.runNow("contacts");
  await untilStopped(app.stopping);
  await scheduler.stop();
  await page?.close();
}

/** @throws CommandFailure 69 where the port is taken, or may not be used */
async function openPage(
  port: number,
  deps: Omit<Parameters<typeof startStatusServer>[0], "port">,
): Promise<StatusServer> {
  try {
    return await startStatusServer({ ...deps, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    const wrong = { EADDRINUSE: "is taken on this machine", EACCES: "may not be used by this user" };
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const message = `The status page cannot be served: port ${port} ${wrong[code]}.\n  fix: Choose another with --port, or --no-web for none.`;
    throw new CommandFailure(EXIT.unavailable, message);
  }
}

/** A run's end in one line; what stopped it, and what the mapping names in vain, is a warning. */
function logRun(
  log: Logger,
  lane: string,
  { runId, result, counts, stoppedBy, mappingProblems }: ContactRun,
): void {
  const ended = { run: String(runId), lane, result, ...counts };
  const problems = [...(stoppedBy === null ? [] : [stoppedBy]), ...mappingProblems];
  if (problems.length === 0) log.info(ended, "run ended");
  for (const { code, title, explanation } of problems) {
    log.warn({ ...ended, problem: code }, `run ended: ${title}. ${explanation}`);
  }
}

/** Where a person opens a contact on either side: known once an account was seen, and asked for once. */
function contactLinks({ connectors, signal }: Deps): {
  readonly urls: () => ContactUrls;
  readonly learn: () => Promise<void>;
} {
  let known: PerSide<string | null> = { hubspot: null, klaviyo: null };
  return {
    urls: () => known,
    async learn() {
      for (const side of SIDES) {
        if (known[side] !== null) continue;
        // A side that is out now is asked again after the next run; until then there is no link.
        const account = await connectors[side].account(signal).catch(() => null);
        known = { ...known, [side]: account?.contactUrl ?? null };
      }
    },
  };
}
