import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { seededRandom } from "../sandbox/random.ts";
import type { Rehearsal } from "../sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../sandbox/rehearsal/rehearsal.ts";
import { stir } from "../sandbox/rehearsal/stir.ts";
import type { App, CommonOptions } from "./app.ts";
import { demoMapping } from "./demo-mapping.ts";
import { withEngine } from "./engine.ts";
import type { ExitCode } from "./exit-code.ts";
import { EXIT } from "./exit-code.ts";
import { runReport } from "./run-report.ts";
import { whole } from "./sandbox.ts";
import { serve } from "./serve.ts";

interface DemoOptions extends CommonOptions {
  readonly port: number;
  readonly contacts: number;
  readonly seed: number;
}

/** With seconds: a demo that one has to wait for shows nothing. */
const EVERY_TWENTY_SECONDS = "*/20 * * * * *";
const STIR_EVERY_MS = 15_000;

export function demoCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("demo")
    .description(
      "everything at once on this machine: two rehearsal servers full of people, the daemon and its page",
    )
    .option("--port <port>", "of the status page", whole, 8080)
    .option("--contacts <n>", "people to begin with", whole, 2_000)
    .option("--seed <n>", "the same seed gives the same people", whole, 1)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<DemoOptions>();
      await demo(app, options);
      exit(EXIT.done);
    });
}

async function demo(app: App, options: DemoOptions): Promise<void> {
  const { contacts, seed, port } = options;
  const rehearsal = await startRehearsal({ hubspotPort: 0, klaviyoPort: 0, contacts, seed });
  try {
    const config = writeMapping(rehearsal);
    app.talk(
      `HubSpot ${rehearsal.hubspot.url} and Klaviyo ${rehearsal.klaviyo.url}, ${contacts} people.\nMapping: ${config}\n`,
    );
    await sync({ ...app, env: demoEnvironment(app, rehearsal) }, { ...options, config }, rehearsal, port);
  } finally {
    await rehearsal.close();
  }
}

async function sync(app: App, options: CommonOptions, rehearsal: Rehearsal, port: number): Promise<void> {
  const random = seededRandom(Date.now());
  const stirring = setInterval(() => {
    for (const { side, email, what } of stir(rehearsal, random))
      app.talk(`somebody in ${side}: ${email}, ${what}\n`);
  }, STIR_EVERY_MS);
  try {
    await withEngine(app, options, (deps, mapping) =>
      serve({ ...app, env: { ...app.env, LOG_LEVEL: app.env["LOG_LEVEL"] ?? "warn" } }, deps, mapping, {
        contacts: EVERY_TWENTY_SECONDS,
        port,
        worker: true,
        ready: (url) => app.talk(`Status page: ${url}   Ctrl-C stops everything.\n`),
        ran: (run) => app.talk(`\n${runReport(run)}\n`),
      }),
    );
  } finally {
    clearInterval(stirring);
  }
}

function writeMapping(rehearsal: Rehearsal): string {
  const folder = resolve(".tandem", "demo");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "mapping.yaml");
  writeFileSync(path, demoMapping(rehearsal.hubspot.url, rehearsal.klaviyo.url));
  return path;
}

function demoEnvironment(app: App, { hubspot, klaviyo }: Rehearsal): App["env"] {
  return { ...app.env, TANDEM_DEMO_HUBSPOT: hubspot.token, TANDEM_DEMO_KLAVIYO: klaviyo.key };
}
