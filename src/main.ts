import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isatty } from "node:tty";
import type { App } from "./cli/app.ts";
import { terminalAsk } from "./cli/ask.ts";
import { EXIT } from "./cli/exit-code.ts";
import { plainText } from "./cli/plain-text.ts";
import { runProgram } from "./cli/program.ts";
import { callTap } from "./service/call-tap.ts";
import type { CallTap } from "./service/call-tap.ts";
import type { ConnectorLog } from "./connectors/http/connector-log.ts";
import type { Connector } from "./connectors/connector.ts";
import type { HubSpotApp } from "./connectors/hubspot/engagement/port.ts";
import { companyProperty } from "./mapping/company-field.ts";
import type { InstalledApp, Mapping } from "./model/mapping.ts";
import type { Secrets } from "./model/keys/secrets.ts";
import type { PerSide } from "./model/side.ts";
import type { Database } from "./store/database/database.ts";

/** Runs one command line. The only place where things are put together. */
export async function main(args: readonly string[]): Promise<number> {
  const { stopping, signal } = stopSignals();
  // The reader may close the pipe (`tandem plan | head`); the work continues and its status counts.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const out = (text: string): void => void process.stdout.write(text);
  const talk = (text: string): void => void process.stderr.write(text);
  const calls = callTap();
  const app: App = {
    calls,
    out: (text) => out(plainText(text)),
    talk: (text) => talk(plainText(text)),
    raw: { out, talk },
    // A daemon's log is its data (12factor.net/logs); with `--json` stdout has one document alone.
    log: { write: args.includes("start") && !args.includes("--json") ? out : talk },
    watched: isatty(2),
    outWatched: isatty(1),
    ask: isatty(0) && isatty(2) ? terminalAsk(process.stdin, process.stderr, stopping) : null,
    env: process.env,
    loadEnv: (path) => process.loadEnvFile(path),
    setEnv: (name, value) => void (process.env[name] = value),
    shown: { zone: "UTC" },
    now: () => new Date(),
    newId: randomUUID,
    onReload: (listener) => {
      process.on("SIGHUP", listener);
      return () => void process.off("SIGHUP", listener);
    },
    stopping,
    signal,
    connect: async (mapping, secrets, database) =>
      connect(mapping, secrets, database, await connectorLog(app, mapping.name), {}, calls),
  };
  return runProgram(app, args);
}

/** How long work under way may take after the first signal. Then its calls are ended, and its lease is given up. */
const GRACE_MS = 18_000;
/** After so long the process ends, whatever hangs: before systemd, Docker or Kubernetes kill it after 30 s. */
const LONGEST_STOP_MS = 28_000;

/** On a terminal a person reads problems and progress; `LOG_LEVEL=info` shows the lines of the connectors there too. */
export async function connectorLog(
  { env, log, watched }: Pick<App, "env" | "log" | "watched">,
  connection: string,
): Promise<ConnectorLog> {
  const { daemonLog } = await import("./service/log.ts");
  const logger = daemonLog(env["LOG_LEVEL"] ?? (watched ? "warn" : "info"), log, connection);
  return (message, details) => logger.info(details, message);
}

/**
 * The vendors' SDKs take most of a second to load, which `check` and `--help` need not wait for.
 *
 * @param patience how long a request may take, where not as long as usual
 */
export async function connect(
  mapping: Mapping,
  secrets: Secrets,
  database: Database | null,
  log: ConnectorLog,
  patience: { readonly timeoutMs?: number } = {},
  calls: Pick<CallTap, "told"> = callTap(),
): Promise<PerSide<Connector>> {
  const [{ dayCount }, { hubspot }, { oauthToken }, { klaviyo }] = await Promise.all([
    import("./service/day-count.ts"),
    import("./connectors/hubspot/index.ts"),
    import("./connectors/hubspot/oauth.ts"),
    import("./connectors/klaviyo/index.ts"),
  ]);
  const timing = {
    ...patience,
    now: Date.now,
    steady: () => performance.now(),
    sleep: (milliseconds: number, signal: AbortSignal) => sleep(milliseconds, undefined, { signal }),
    log,
  };
  const share = mapping.limits.apiShare;
  const { oauth: app, baseUrl } = mapping.hubspot;
  if (app !== undefined && secrets.app === undefined)
    throw new Error("an app's secrets must be loaded first");
  const signIn =
    app === undefined || secrets.app === undefined
      ? { token: secrets.hubspot }
      : {
          token: oauthToken({
            ...timing,
            clientId: app.clientId,
            clientSecret: secrets.app.clientSecret,
            refreshToken: secrets.hubspot,
            baseUrl,
          }),
          app: hubspotApp(app, secrets.app.developerKey),
        };
  return {
    hubspot: hubspot({
      ...timing,
      told: (call) => calls.told("hubspot", call),
      ...signIn,
      baseUrl,
      apiVersion: mapping.hubspot.apiVersion,
      apiShare: share.hubspot,
      ...(database === null ? {} : { dayCount: dayCount(database, mapping.name, "hubspot") }),
      optOutTypes: mapping.consent.unsubscribeFrom.map(({ nameOrId }) => nameOrId),
      companies: mapping.fields.some(({ property }) => companyProperty(property.hubspot) !== null),
    }),
    klaviyo: klaviyo({
      ...timing,
      told: (call) => calls.told("klaviyo", call),
      key: secrets.klaviyo,
      baseUrl: mapping.klaviyo.baseUrl,
      revision: mapping.klaviyo.revision,
      apiShare: share.klaviyo,
    }),
  };
}

function hubspotApp({ appId, eventType }: InstalledApp, developerKey: string | null): HubSpotApp {
  const developer = appId === null || developerKey === null ? null : { appId, developerKey };
  return { developer, eventType };
}

/** A terminal gives Ctrl-C to every process of a command, and npm then passes its own on to us: that is one, not two. */
const SAME_KEY_PRESS_MS = 500;

/** The first Ctrl-C or SIGTERM asks to stop, and ends what has not stopped in time; the second ends at once. */
function stopSignals(): { readonly stopping: AbortSignal; readonly signal: AbortSignal } {
  const soft = new AbortController();
  const hard = new AbortController();
  let stoppedAt = 0;
  const stop = (): void => {
    if (soft.signal.aborted) {
      if (performance.now() - stoppedAt < SAME_KEY_PRESS_MS) return;
      process.exit(EXIT.interrupted);
    }
    stoppedAt = performance.now();
    process.stderr.write("\nStopping; a second Ctrl-C or SIGTERM stops at once.\n");
    soft.abort(new Error("stopped by a person"));
    setTimeout(() => hard.abort(new Error("stopped by a person")), GRACE_MS).unref();
    setTimeout(() => process.exit(EXIT.interrupted), LONGEST_STOP_MS).unref();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return { stopping: soft.signal, signal: hard.signal };
}
