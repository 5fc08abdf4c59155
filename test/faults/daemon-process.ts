import { shiftClock } from "./shifted-clock.ts";
import { randomUUID } from "node:crypto";
import type { App } from "../../src/cli/app.ts";
import { withEngine } from "../../src/cli/engine.ts";
import { serve } from "../../src/cli/runs/serve.ts";
import { callTap } from "../../src/service/call-tap.ts";
import { connect, connectorLog } from "../../src/main.ts";

/**
 * The daemon as `tandem start` runs it, but for two things that a mapping file cannot say: its lanes are due every few
 * seconds, and TANDEM_TOTAL_MS may shorten a request's total time. Messages from its parent set its clock.
 */

const LANES = "every 5s";
/** As in `main.ts`: what works on has so long to end after SIGTERM, and after so long the process ends. */
const GRACE_MS = 18_000;
const LONGEST_STOP_MS = 28_000;

process.on("message", (ms: number) => shiftClock(ms));
const [soft, hard] = [new AbortController(), new AbortController()];
process.once("SIGTERM", () => {
  soft.abort(new Error("stopped by a person"));
  setTimeout(() => hard.abort(new Error("stopped by a person")), GRACE_MS).unref();
  setTimeout(() => process.exit(130), LONGEST_STOP_MS).unref();
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
      env["TANDEM_TOTAL_MS"] === undefined ? {} : { timeoutMs: Number(env["TANDEM_TOTAL_MS"]) },
    ),
};

await withEngine(app, { quiet: true }, async (deps, mapping, loaded) => {
  const schedule = {
    ...mapping.schedule,
    contacts: "every 2s",
    consent: LANES,
    engagement: LANES,
  };
  await serve(
    app,
    deps,
    { ...loaded, mapping: { ...mapping, schedule } },
    {
      file: null,
      port: 0,
      worker: true,
      ready: (url) => talk(`status page: ${url ?? "none"}\n`),
    },
  );
});
process.exit(0);
