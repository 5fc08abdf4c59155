import { shiftClock } from "./shifted-clock.ts";
import { randomUUID } from "node:crypto";
import type { App } from "../../src/cli/app.ts";
import { withEngine } from "../../src/cli/engine.ts";
import { serve } from "../../src/cli/runs/serve.ts";
import { callTap } from "../../src/service/call-tap.ts";
import { connect, connectorLog } from "../../src/main.ts";
import { tickerEvery } from "../../src/service/ticker.ts";
import type { DaemonTimes } from "./faulty-world.ts";

/**
 * The daemon as `tandem start` runs it, but for what a mapping file cannot say: its lanes are due every few seconds, and
 * TANDEM_TIMES may shorten the times after which it gives something up. Messages from its parent set its clock.
 */

const LANES = "every 2s";
const times = JSON.parse(process.env["TANDEM_TIMES"] ?? "{}") as Partial<DaemonTimes>;
/** As in `main.ts`: what works on has so long to end after SIGTERM, and after so long the process ends. */
const { graceMs = 18_000, longestStopMs = 28_000 } = times;

process.on("message", (ms: number) => shiftClock(ms));
const [soft, hard] = [new AbortController(), new AbortController()];
process.once("SIGTERM", () => {
  soft.abort(new Error("stopped by a person"));
  setTimeout(() => hard.abort(new Error("stopped by a person")), graceMs).unref();
  setTimeout(() => process.exit(130), longestStopMs).unref();
});

const { env } = process;
const talk = (text: string): void => void process.stderr.write(text);
const app: App = {
  calls: callTap(),
  out: talk,
  talk,
  raw: { out: talk, talk },
  log: { write: talk },
  watched: false,
  outWatched: false,
  ask: null,
  env,
  loadEnv: () => {},
  setEnv: () => {},
  shown: { zone: "UTC" },
  onReload: () => () => {},
  ...(times.database === undefined ? {} : { patience: times.database }),
  now: () => new Date(),
  newId: randomUUID,
  stopping: soft.signal,
  signal: hard.signal,
  connect: async (mapping, secrets, database) =>
    connect(
      mapping,
      secrets,
      database,
      await connectorLog(app, mapping.name),
      times.requestMs === undefined ? {} : { timeoutMs: times.requestMs },
    ),
};

await withEngine(app, { quiet: true }, async (deps, mapping, loaded) => {
  const schedule = {
    ...mapping.schedule,
    contacts: "every 1s",
    consent: LANES,
    engagement: LANES,
  };
  await serve(
    app,
    deps,
    { ...loaded, mapping: { ...mapping, schedule } },
    {
      file: null,
      ticker: tickerEvery(1),
      port: 0,
      worker: true,
      ready: (url) => talk(`status page: ${url ?? "none"}\n`),
    },
  );
});
process.exit(0);
