import { contactLinks } from "./contact-links.ts";
import type { Store } from "../../store/database/store.ts";
import type { Logger } from "pino";
import { daemonHealth } from "../../service/daemon-health.ts";
import type { Deps } from "../../lanes/deps.ts";
import { explainPerson } from "../../lanes/explain-person.ts";
import { daemonLog } from "../../service/log.ts";
import { noteSides } from "../../service/note-sides.ts";
import { pageErasing } from "../../service/page-erasing.ts";
import { pageTaskRunner } from "../../service/run-page-tasks.ts";
import { resolveRemembered } from "../../lanes/contacts/remembered-scope.ts";
import type { ContactRun } from "../../lanes/contacts/run-contacts.ts";
import type { Scheduler } from "../../service/scheduler.ts";
import { startScheduler } from "../../service/scheduler.ts";
import type { Ticker } from "../../service/ticker.ts";
import { isQuietNow } from "../../service/wall-clock.ts";
import { watchUsers } from "../../status/frame/access/watch-users.ts";
import { watchFile } from "../../service/watch-file.ts";
import { readMapping } from "../../mapping/read-mapping.ts";
import { longestGapMs } from "../../mapping/schedule.ts";
import { contactConsent } from "../../status/contacts/contact-consent.ts";
import { contactEngagement } from "../../status/contacts/contact-engagement.ts";
import type { Access } from "../../status/frame/access/access.ts";
import type { StatusServer } from "../../status/frame/server.ts";
import { PageWithoutPassword, startStatusServer } from "../../status/frame/server.ts";
import { statusActions } from "../../status/status-actions.ts";
import { statusReader } from "../../status/status-reader.ts";
import { openStore } from "../../store/runs/connections.ts";
import { readLaneStarts, saveLaneSeen, saveLaneStart } from "../../store/runs/lane-starts.ts";
import { waitingSync } from "../../store/runs/sync-requests.ts";
import { ConnectionBusy } from "../../lanes/connection-lease.ts";
import type { App } from "../app.ts";
import { databaseFailure } from "../database-failure.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { laneSchedule } from "./lane-schedule.ts";
import { ENGAGEMENT, lanes } from "./lanes.ts";
import type { LoadedMapping } from "../load-mapping.ts";
import { useMapping, reload } from "./mapping-in-use.ts";
import { connectionMetrics, metricsToken, serveMetrics } from "./serve-metrics.ts";
import { serveAlerts } from "./serve-alerts.ts";
import { untilStopped } from "../until-stopped.ts";
/** Where metrics listen unless told otherwise. */
const OWN_MACHINE = "127.0.0.1";

/** The lane of what pages leave to be looked at. */
const PAGE_TASKS = "page tasks";

export interface ServeOptions {
  /** The mapping file, watched while the daemon runs; `null` watches none. */
  readonly file: string | null;
  /** How often it is looked what is due; default: every few seconds. */
  readonly ticker?: Ticker;
  /** Schedule of the contact lane; default the mapping's. */
  readonly contacts?: string;
  /** `null` serves no status page. */
  readonly port: number | null;
  /** A port for `/metrics` alone, which the page serves too; `null` for none. */
  readonly metricsPort?: number | null;
  /** Where the page listens; default 127.0.0.1, and anything else only with a password. */
  readonly host?: string;
  /** Who is let in to the page; default: everybody on this machine. */
  readonly access?: Access;
  readonly worker: boolean;
  /** What comes before the first run, while the page is served already; what it throws ends the daemon. */
  readonly beforeRuns?: () => Promise<void>;
  /** Told where the page is, once it is there. */
  readonly ready: (url: string | null) => void;
  /** Told of every run that ended. */
  readonly ran?: (run: ContactRun) => void;
}

/**
 * The daemon: lanes by the clock and the status page, until a person stops it. The first run begins at once, and again
 * when the mapping file was changed; a file that cannot be used leaves the mapping before it in use.
 */
export async function serve(
  app: App,
  deps: Deps,
  { mapping, text }: LoadedMapping,
  options: ServeOptions,
): Promise<void> {
  const log = daemonLog(app.env["LOG_LEVEL"], app.log, mapping.name);
  const store = await openStore(deps.database, mapping.name);
  let current = await useMapping(deps, mapping, text);
  const contactsSchedule = () => options.contacts ?? current.mapping.schedule.contacts;
  const links = contactLinks(deps);
  let scheduler: Scheduler | null = null;
  // What a person asks for on the page is done at once; without a worker here, by the one that is elsewhere.
  const wake = (): void => scheduler?.runNow("contacts");
  const tasks = pageTaskRunner({
    current: () => current,
    wake: () => scheduler?.runNow(PAGE_TASKS),
    failed: (err) => log.error({ lane: PAGE_TASKS, err }, "a plan for the page failed"),
  });
  const read = statusReader(store, app.now, () => laneSchedule(current.mapping, contactsSchedule()));
  // In a quiet time nothing is late.
  const intervalMs = () =>
    isQuietNow(current.mapping, app.now()) ? Infinity : longestGapMs(contactsSchedule());
  const watched = connectionMetrics(app, {
    store,
    mapping: () => current.mapping,
    read,
    now: app.now,
    intervalMs,
  });
  const token = metricsToken(app);
  const page =
    options.port === null
      ? null
      : await openPage(options.port, options.host, {
          read,
          metrics: { metrics: watched, token },
          zone: () => current.mapping.timezone,
          explain: (linkId) => explainPerson(store, current.mapping, { linkId }, app.now()),
          rules: async () => (await resolveRemembered(store, current.mapping)).scope,
          act: statusActions(store, app.now, wake),
          erasing: pageErasing(deps),
          contactSections: [contactConsent(store), contactEngagement(store)],
          tasks,
          nextRuns: () => scheduler?.nextRuns() ?? [],
          health: daemonHealth(deps.database, () => scheduler, deps.stopping),
          mappingFile: () => (options.file === null ? null : readMapping(options.file)),
          ...(options.access === undefined ? {} : { access: options.access }),
          now: app.now,
          log,
          intervalMs,
          contactUrls: links.urls,
        });
  const ownPort = options.metricsPort ?? null;
  const metricsAt = { token, host: options.host ?? OWN_MACHINE, port: ownPort ?? 0 };
  const metricsServer = ownPort === null ? null : await serveMetrics(watched, metricsAt);
  if (metricsServer !== null) log.info(`metrics: ${metricsServer.url}`);
  const alerts = serveAlerts(app, {
    store,
    current: () => current,
    read,
    intervalMs,
    pageUrl: options.access?.publicUrl ?? null,
    worker: options.worker,
    log,
  });
  const closeAll = async (): Promise<void> => {
    await Promise.all([alerts.stop(), metricsServer?.close()]);
    await page?.close();
  };
  const failed = laneFailures(log, deps.stopping);
  const note = noteSides(() => current.deps, store);
  const ended = async (run: ContactRun): Promise<void> => {
    options.ran?.(run);
    await note();
    if (run.result !== "stopped") alerts.cycleFinished();
    alerts.wake();
    if (run.stoppedBy === null) await links.learn();
  };
  const begin = (): Scheduler => {
    const works = options.worker ? lanes(current, contactsSchedule(), { log, ended }) : [];
    const { timezone } = current.mapping;
    const begun = startScheduler(
      [...works, { name: PAGE_TASKS, schedule: null, timezone, run: () => tasks.work() }],
      {
        starts: {
          read: () => readLaneStarts(store),
          begin: (lane) => saveLaneStart(store, lane),
          seen: (lane) => saveLaneSeen(store, lane),
        },
        failed,
        clockMoved: (ms) =>
          log.warn({ seconds: Math.round(ms / 1_000) }, "the clock was set, or the machine slept"),
        ...(options.ticker === undefined ? {} : { ticker: options.ticker }),
      },
    );
    begun.runNow("contacts");
    begun.runNow(ENGAGEMENT);
    begun.runNow(PAGE_TASKS);
    return begun;
  };
  const takeUp = async (file: string): Promise<void> => {
    const reloaded = await reload(app, file, current);
    if (reloaded.kind === "refused") log.warn({ problem: "SK-MAPPING" }, reloaded.problem.title);
    if (reloaded.kind !== "changed" || deps.stopping.aborted) return;
    await scheduler?.stop();
    current = reloaded.next;
    log.info({ version: current.version }, "the mapping was changed and is in use");
    scheduler = begin();
  };
  options.ready(page?.url ?? null);
  // A vendor that hangs here keeps nobody from the page, and a signal still ends the process.
  const checked = options.beforeRuns?.() ?? Promise.resolve();
  try {
    await Promise.race([checked, untilStopped(app.stopping)]);
  } catch (error) {
    await closeAll();
    throw error;
  }
  if (app.stopping.aborted) return closeAll();
  scheduler = begin();
  const requests = options.worker ? watchRequests(store, wake) : null;
  const unwatch =
    options.file === null || !options.worker
      ? () => {}
      : watchMapping({ app, log }, options.file, takeUp, failed);
  const usersWrong = options.access?.usersWrong ?? null;
  const file = { store, now: app.now, log };
  const unwatchUsers = usersWrong === null ? () => {} : watchUsers({ ...file, wrong: usersWrong });
  await untilStopped(app.stopping);
  unwatch();
  unwatchUsers();
  clearInterval(requests ?? undefined);
  await scheduler.stop();
  await closeAll();
  await tasks.close();
}

/** Uses the mapping file again after a change of it, and after SIGHUP. One at a time: both may come at once. */
function watchMapping(
  { app, log }: { readonly app: App; readonly log: Logger },
  file: string,
  takeUp: (file: string) => Promise<void>,
  failed: (lane: string, error: unknown) => void,
): () => void {
  let last: Promise<void> = Promise.resolve();
  const inTurn = (): Promise<void> => {
    last = last.catch(() => {}).then(() => takeUp(file));
    return last;
  };
  const unwatch = watchFile(file, inTurn, { failed: (error) => failed("mapping", error) });
  const unhook = app.onReload(() => {
    log.info("SIGHUP: reading the mapping file again");
    inTurn().catch((error: unknown) => failed("mapping", error));
  });
  return () => {
    unwatch();
    unhook();
  };
}

/** The same again and again, as while another process works, is told so often. */
const TOLD_EVERY_MS = 60_000;

/** Logs why a lane did not run, or how it failed. A tick comes every few seconds and would say the same each time. */
function laneFailures(log: Logger, stopping: AbortSignal): (lane: string, error: unknown) => void {
  const told = new Map<string, { readonly words: string; readonly at: number }>();
  return (lane, err) => {
    if (stopping.aborted) return;
    const away = err instanceof ConnectionBusy ? err.message : databaseFailure(err);
    if (away === null) return log.error({ lane, err }, "run failed");
    const [last, now] = [told.get(lane), performance.now()];
    if (last !== undefined && last.words === away && now - last.at < TOLD_EVERY_MS) return;
    told.set(lane, { words: away, at: now });
    log.warn({ lane }, `no run: ${away}`);
  };
}

/** "Sync now" on a page of another process is taken up so soon. */
const REQUESTS_EVERY_MS = 5_000;

function watchRequests(store: Store, wake: () => void): NodeJS.Timeout {
  return setInterval(() => {
    // A database that is away is told by the lanes.
    waitingSync(store).then(
      (request) => void (request !== null && wake()),
      () => {},
    );
  }, REQUESTS_EVERY_MS);
}

/** @throws CommandFailure 69 where the port is taken, or may not be used; 78 where the page would be open to everybody */
async function openPage(
  port: number,
  host: string | undefined,
  deps: Omit<Parameters<typeof startStatusServer>[0], "port" | "host">,
): Promise<StatusServer> {
  try {
    return await startStatusServer({ ...deps, port, ...(host === undefined ? {} : { host }) });
  } catch (error) {
    if (error instanceof PageWithoutPassword) throw new CommandFailure(EXIT.config, error.message);
    const code = error instanceof Error && "code" in error ? error.code : null;
    const wrong = { EADDRINUSE: "is taken on this machine", EACCES: "may not be used by this user" };
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const message = `The status page cannot be served: port ${port} ${wrong[code]}.\n  fix: Choose another with --port, or --no-web for none.`;
    throw new CommandFailure(EXIT.unavailable, message);
  }
}
