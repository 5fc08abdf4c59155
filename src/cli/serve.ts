import type { Deps } from "../daemon/deps.ts";
import { daemonLog } from "../daemon/log.ts";
import { runReconcile } from "../daemon/reconcile-lane.ts";
import type { ContactRun } from "../daemon/run-contacts.ts";
import { runContacts } from "../daemon/run-contacts.ts";
import { startScheduler } from "../daemon/scheduler.ts";
import type { Mapping } from "../model/mapping.ts";
import { startStatusServer } from "../status/server.ts";
import { statusReader } from "../status/status-reader.ts";
import { openConnection } from "../store/connections.ts";
import type { App } from "./app.ts";
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
  const read = statusReader(deps.database, connection.id);
  const page =
    options.port === null ? null : await startStatusServer({ read, now: app.now, log, port: options.port });
  const { timezone } = mapping;
  const lane = (name: string, cron: string, run: () => Promise<ContactRun>) => ({
    name,
    cron,
    timezone,
    run: async () => {
      const ended = await run();
      log.info({ run: String(ended.runId), lane: name, result: ended.result, ...ended.counts }, "run ended");
      options.ran?.(ended);
    },
  });
  const works = [
    lane("contacts", options.contacts ?? mapping.schedule.contacts, () =>
      runContacts(deps, mapping, { trigger: "schedule" }),
    ),
    lane("reconcile", mapping.schedule.reconcile, () => runReconcile(deps, mapping, "reconcile")),
  ];
  const failed = (name: string, err: unknown): void => {
    if (!deps.stopping.aborted) log.error({ lane: name, err }, "run failed");
  };
  const scheduler = startScheduler(options.worker ? works : [], failed);
  options.ready(page?.url ?? null);
  scheduler.runNow("contacts");
  await untilStopped(app.stopping);
  await scheduler.stop();
  await page?.close();
}
