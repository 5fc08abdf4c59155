import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { ContactRun } from "../../lanes/contacts/run-contacts.ts";
import { seededRandom } from "../../sandbox/random.ts";
import type { Rehearsal } from "../../sandbox/rehearsal/rehearsal.ts";
import { stir } from "../../sandbox/rehearsal/stir.ts";
import { counted } from "../../model/count-words.ts";
import { removeEmbeddedDatabase, startEmbeddedDatabase } from "../../store/database/embedded.ts";
import { takeOver } from "../../store/database/take-over.ts";
import type { App, CommonOptions } from "../app.ts";
import { DEMO_CONSENT_AND_ENGAGEMENT, demoMapping } from "./demo-mapping.ts";
import { edited, firstRun, laterRun } from "./demo-report.ts";
import { withEngine } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import { hostSetting, pageAccess, portOption, portSetting } from "../listening.ts";
import { progressLine } from "../progress.ts";
import { rehearse } from "./rehearse.ts";
import { whole } from "./sandbox.ts";
import { serve } from "../runs/serve.ts";
import { createServer } from "node:net";

interface DemoOptions extends CommonOptions {
  readonly port?: number;
  readonly contacts: number;
  readonly seed: number;
  readonly fresh?: boolean;
}

const USUAL_PORT = 8080;
/** With seconds: a demo that one has to wait for shows nothing. */
const EVERY_TWENTY_SECONDS = "every 20s";
const STIR_EVERY_MS = 15_000;

export function demoCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("demo")
    .description(
      "Run everything on this machine: two rehearsal servers, the daemon and its page. Run again to continue.",
    )
    .option(
      "--port <port>",
      "of the status page (default: PORT, else 8080 or the next that is free)",
      portOption,
    )
    .option("--contacts <n>", "how many people to start with", whole, 2_000)
    .option("--seed <n>", "the same seed gives the same people", whole, 1)
    .option("--fresh", "start over: forget the people and the database of the demo")
    .action(async (_options, command: Command) => {
      await demo(app, command.optsWithGlobals<DemoOptions>());
      exit(EXIT.done);
    });
}

/** Everything the demo makes is below `.tandem/demo`: nothing else is touched, whatever DATABASE_URL says. */
async function demo(app: App, options: DemoOptions): Promise<void> {
  const folder = resolve(".tandem", "demo");
  const { contacts: people, seed, fresh = false } = options;
  const ports = { hubspotPort: 0, klaviyoPort: 0 };
  const rehearsal = await rehearse(app, { ...ports, contacts: people, seed, keepIn: folder, fresh });
  try {
    // What an earlier demo knew is of people who are not there any more.
    if (rehearsal.continues === null) await removeEmbeddedDatabase(folder);
    const config = join(folder, "mapping.yaml");
    const contacts = demoMapping(rehearsal.hubspot.url, rehearsal.klaviyo.url);
    writeFileSync(config, contacts + DEMO_CONSENT_AND_ENGAGEMENT);
    app.talk(introduction(rehearsal, config));
    await withOwnDatabase(app, folder, rehearsal, (env) =>
      keepInStep({ ...app, env }, { ...options, config }, rehearsal),
    ).catch((error: unknown) => {
      // Stopped before it was up: what was cut off says nothing.
      if (!app.stopping.aborted) throw error;
    });
  } finally {
    await rehearsal.close();
  }
  app.talk("Stopped. Run it again to continue, or with --fresh to start over.\n");
}

async function withOwnDatabase(
  app: App,
  folder: string,
  { hubspot, klaviyo, continues }: Rehearsal,
  work: (env: App["env"]) => Promise<void>,
): Promise<void> {
  const database = await startEmbeddedDatabase({ folder });
  try {
    if (continues?.stopped === false && (await takeOver(database.url, continues.at)))
      app.talk("It was killed in the middle of writing: Tandem forgets and compares both sides again.\n");
    await work({
      ...app.env,
      DATABASE_URL: database.url,
      TANDEM_DEMO_HUBSPOT: hubspot.token,
      TANDEM_DEMO_KLAVIYO: klaviyo.key,
      LOG_LEVEL: app.env["LOG_LEVEL"] ?? "warn",
    });
  } finally {
    await database.stop();
  }
}

async function keepInStep(
  app: App,
  options: DemoOptions & { readonly config: string },
  rehearsal: Rehearsal,
): Promise<void> {
  const started = app.now().getTime();
  const progress = progressLine(app, options);
  const random = seededRandom(started);
  let stirring: NodeJS.Timeout | null = null;
  const say = (line: string): void => app.talk(`${clock(app.now())}${line}\n`);
  const ran = (run: ContactRun): void => {
    // What Tandem knows now, both sides have to know after a kill too.
    void rehearsal.keep();
    if (stirring !== null) {
      const line = laterRun(run);
      if (line !== null) say(line);
      return;
    }
    progress.end();
    const seconds = Math.round((app.now().getTime() - started) / 1_000);
    app.talk(`${firstRun(run, seconds, rehearsal.continues !== null)}\n\n`);
    app.talk("A made-up edit on each side follows every 15 seconds. Tandem syncs every 20.\n");
    stirring = setInterval(() => {
      for (const edit of stir(rehearsal, random)) say(edited(edit));
    }, STIR_EVERY_MS);
  };
  const wanted = options.port ?? portSetting(app);
  const port = wanted ?? (await nextFreePort(USUAL_PORT));
  const host = hostSetting(app);
  try {
    await withEngine(app, { ...options, quiet: true }, (deps, _mapping, loaded) => {
      // Later runs are told in a line when they did something; only the first is worth a bar.
      const step: typeof deps.progress = (at) => (stirring === null ? progress.step(at) : undefined);
      return serve(app, { ...deps, progress: step }, loaded, {
        file: options.config ?? null,
        contacts: EVERY_TWENTY_SECONDS,
        port,
        ...(host === null ? {} : { host }),
        access: pageAccess(app),
        worker: true,
        ready: (url) => app.talk(invitation(url, wanted)),
        ran,
      });
    });
  } finally {
    progress.end();
    if (stirring !== null) clearInterval(stirring);
  }
}

function introduction({ hubspot, klaviyo, continues }: Rehearsal, config: string): string {
  const people = counted(addressesOf(hubspot, klaviyo).size, "person", "people");
  return [
    "Tandem's demo: a HubSpot and a Klaviyo on this machine. No real account is used.",
    "",
    continues === null
      ? `  Starts with ${people}, made up.`
      : `  Continues from ${day(continues.at)}: ${people}.${continues.stopped ? "" : " (It was not stopped in order; what happened after that is lost.)"}`,
    `  HubSpot      ${hubspot.url}`,
    `  Klaviyo      ${klaviyo.url}`,
    `  Mapping      ${config}`,
    "",
  ].join("\n");
}

/** Everybody, whether in one of the two systems or in both. */
function addressesOf(
  hubspot: Rehearsal["hubspot"],
  klaviyo: Rehearsal["klaviyo"],
): ReadonlySet<string | null | undefined> {
  const { contacts } = hubspot.sandbox.dumpContacts(null, Number.MAX_SAFE_INTEGER);
  const { profiles } = klaviyo.sandbox.dump(null, Number.MAX_SAFE_INTEGER);
  return new Set([
    ...contacts.map(({ properties }) => properties["email"]),
    ...profiles.map(({ email }) => email),
  ]);
}

function invitation(url: string | null, wanted: number | null): string {
  const moved = wanted === null && url !== null && new URL(url).port !== String(USUAL_PORT);
  return `  Status page  ${url}${moved ? ` (port ${USUAL_PORT} is taken)` : ""}\n\nCtrl-C stops everything; run it again to continue.\n\n`;
}

function clock(now: Date): string {
  return now.toTimeString().slice(0, 8);
}

function day(at: Date): string {
  const date = at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  return `${date}, ${clock(at)}`;
}

/** How many ports are tried after the first. */
const NEIGHBOURS = 20;

/** The first port from here on that nobody listens on at 127.0.0.1; 0, which takes any, where they are all taken. */
async function nextFreePort(first: number): Promise<number> {
  for (let port = first; port <= first + NEIGHBOURS; port += 1) if (await isFree(port)) return port;
  return 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
