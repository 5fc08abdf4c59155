import { Command, CommanderError } from "commander";
import pkg from "../../package.json" with { type: "json" };
import { ConnectionBusy } from "../lanes/connection-lease.ts";
import { SystemUnavailable } from "../model/problem.ts";
import { LeaseLost } from "../store/runs/leases.ts";
import { LOG_LEVELS } from "../service/log.ts";
import { EXAMPLES } from "../words/command-words.ts";
import { withLocalTimes } from "../words/local-time.ts";
import type { App, CommonOptions } from "./app.ts";
import { databaseFailure } from "./database-failure.ts";
import { readEnvFiles, readSecretFiles, refuseUncheckedTls } from "./environment.ts";
import type { ExitCode } from "./exit-code.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { json } from "./json.ts";
import { exitCodeFor } from "./runs/run-report.ts";

type AddCommand = (program: Command, app: App, exit: (code: ExitCode) => void) => void;

/** In the order of the help. Only the one that is called is loaded: a typing mistake in a mapping is told in half a second. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import("./setup/init.ts")).initCommand,
  check: async () => (await import("./setup/check.ts")).checkCommand,
  fields: async () => (await import("./setup/fields.ts")).fieldsCommand,
  lists: async () => (await import("./setup/lists.ts")).listsCommand,
  schema: async () => (await import("./setup/schema.ts")).schemaCommand,
  plan: async () => (await import("./runs/plan.ts")).planCommand,
  apply: async () => (await import("./runs/apply.ts")).applyCommand,
  approve: async () => (await import("./runs/approve.ts")).approveCommand,
  undo: async () => (await import("./runs/undo.ts")).undoCommand,
  completion: async () => (await import("./completion.ts")).completionCommand,
  hubspot: async () => (await import("./setup/hubspot.ts")).hubspotCommand,
  consent: async () => (await import("./reports/consent.ts")).consentCommand,
  sync: async () => (await import("./runs/sync.ts")).syncCommand,
  start: async () => (await import("./runs/start.ts")).startCommand,
  pause: async () => (await import("./runs/pause.ts")).pauseCommand,
  resume: async () => (await import("./runs/pause.ts")).resumeCommand,
  status: async () => (await import("./reports/status.ts")).statusCommand,
  explain: async () => (await import("./reports/explain.ts")).explainCommand,
  retry: async () => (await import("./runs/retry.ts")).retryCommand,
  alerts: async () => (await import("./reports/alerts.ts")).alertsCommand,
  doctor: async () => (await import("./reports/doctor.ts")).doctorCommand,
  erase: async () => (await import("./reports/erase.ts")).eraseCommand,
  user: async () => (await import("./setup/user.ts")).userCommand,
  sandbox: async () => (await import("./rehearsal/sandbox.ts")).sandboxCommand,
  demo: async () => (await import("./rehearsal/demo.ts")).demoCommand,
};

/** Parses a command line, runs the command, and turns whatever ends it into a message and an exit status. */
export async function runProgram(outer: App, args: readonly string[]): Promise<ExitCode> {
  const app = args.includes("--json") ? outer : inLocalTime(outer);
  let status: ExitCode = EXIT.done;
  const program = new Command("tandem")
    .description("Sync HubSpot contacts and Klaviyo profiles, both ways. Never resubscribes anyone.")
    .version(pkg.version, "-V, --version", "print the version")
    .option("--config <path>", "the mapping file (default: TANDEM_CONFIG, else config/mapping.yaml)")
    .option("--json", "print one JSON document on stdout and nothing else")
    .option("-q, --quiet", "print no progress")
    .option("-v, --verbose", "also print the requests to both systems")
    .option("--no-color", "print without colors")
    .helpOption("-h, --help", "print this help; COMMAND --help explains one command")
    .configureOutput({ writeOut: app.out, writeErr: app.talk })
    .addHelpText("after", EXIT_CODES)
    .exitOverride()
    .hook("preAction", (_program, command) => {
      // The demo and the rehearsal servers use nothing of a real connection.
      if (!["demo", "sandbox"].includes(command.name())) {
        readEnvFiles(app, command.optsWithGlobals<CommonOptions>());
        readSecretFiles(app);
      }
      refuseUncheckedTls(app);
      refuseUnknownLogLevel(app);
    });
  for (const load of wanted(args)) (await load())(program, app, (code) => void (status = code));
  for (const command of program.commands) {
    command
      .exitOverride()
      .configureOutput({ writeOut: app.out, writeErr: app.talk })
      .configureHelp({ showGlobalOptions: true });
    const examples = EXAMPLES[command.name()] ?? [];
    if (examples.length > 0)
      command.addHelpText("before", `${["Examples:", ...examples.map((one) => `  ${one}`)].join("\n")}\n`);
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    return endedBy(app, error, args.includes("--json"));
  }
}

/** Times are told in the mapping's zone. What programs read keeps UTC. */
function inLocalTime(app: App): App {
  const local = (text: string): string => withLocalTimes(text, app.shown.zone);
  return { ...app, out: (text) => app.out(local(text)), talk: (text) => app.talk(local(text)) };
}

const EXIT_CODES = `
Exit status: 0 done, 1 some contacts failing, 2 changes (plan --detailed-exitcode), 64 wrong usage,
69 unavailable, 70 a fault of Tandem, 75 try later, 77 credentials, 78 mapping, 79 held by a limit,
130 interrupted.
`;

/** @throws CommandFailure 64 for another level than pino knows */
function refuseUnknownLogLevel({ env }: App): void {
  const level = env["LOG_LEVEL"];
  if (level === undefined || level === "" || LOG_LEVELS.some((one) => one === level)) return;
  const message = `LOG_LEVEL cannot be "${level}".\n  fix: Set it to one of ${LOG_LEVELS.join(", ")}.`;
  throw new CommandFailure(EXIT.usage, message);
}

/** The command that is called, or all of them where that is not plain: for the help, and to suggest the right name. */
function wanted(args: readonly string[]): readonly (() => Promise<AddCommand>)[] {
  const [first = ""] = args.filter((arg, index) => !arg.startsWith("-") && args[index - 1] !== "--config");
  // Completion is of all of them.
  const called = Object.hasOwn(COMMANDS, first) && first !== "completion" ? COMMANDS[first] : undefined;
  return called === undefined ? Object.values(COMMANDS) : [called];
}

/** What a person reads, and what a script does. */
interface Ending {
  readonly code: ExitCode;
  readonly message: string;
  readonly details?: unknown;
  readonly painted?: string | null;
}

function endedBy(app: App, error: unknown, asJson: boolean): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  const { code, message, details = null, painted = null } = ending(app, error);
  if (asJson) app.out(json({ error: message.trimEnd(), exitCode: code, details }));
  // Commander has told its own already.
  else if (painted !== null) app.raw.talk(painted);
  else if (!(error instanceof CommanderError)) app.talk(`${message.trimEnd()}\n`);
  return code;
}

function ending(app: App, error: unknown): Ending {
  if (error instanceof CommanderError) {
    const none = error.code === "commander.help";
    return {
      code: EXIT.usage,
      message: none ? "No command was given" : error.message.replace(/^error: /, ""),
    };
  }
  if (error instanceof CommandFailure) return error;
  if (error instanceof ConnectionBusy || error instanceof LeaseLost)
    return { code: EXIT.tryLater, message: error.message };
  if (error instanceof SystemUnavailable) {
    const { code, title, explanation, fix } = error.problem;
    const message = [`${title} (${code})`, explanation, ...fix.map((step) => `  fix: ${step}`)].join("\n");
    return { code: exitCodeFor(code), message, details: error.problem };
  }
  if (app.stopping.aborted) return { code: EXIT.interrupted, message: "Stopped. Run again to continue." };
  const unreachable = databaseFailure(error);
  if (unreachable !== null) return { code: EXIT.unavailable, message: unreachable };
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: EXIT.bug, message: `This is a fault of Tandem; please report it.\n${trace}` };
}
