import { Command, CommanderError } from "commander";
import { ConnectionBusy } from "../daemon/connection-lease.ts";
import { SystemUnavailable } from "../model/problem.ts";
import type { App } from "./app.ts";
import { checkCommand } from "./check.ts";
import { demoCommand } from "./demo.ts";
import type { ExitCode } from "./exit-code.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { explainCommand } from "./explain.ts";
import { json } from "./json.ts";
import { planCommand } from "./plan.ts";
import { retryCommand } from "./retry.ts";
import { exitCodeFor } from "./run-report.ts";
import { sandboxCommand } from "./sandbox.ts";
import { startCommand } from "./start.ts";
import { statusCommand } from "./status.ts";
import { syncCommand } from "./sync.ts";

const COMMANDS = [
  checkCommand,
  planCommand,
  syncCommand,
  startCommand,
  statusCommand,
  explainCommand,
  retryCommand,
  sandboxCommand,
  demoCommand,
];

/** Parses a command line, runs the command, and turns whatever ends it into a message and an exit status. */
export async function runProgram(app: App, args: readonly string[]): Promise<ExitCode> {
  let status: ExitCode = EXIT.done;
  const program = new Command("tandem")
    .description(
      "Keeps HubSpot contacts and Klaviyo profiles in step, both ways, and never resubscribes anybody.",
    )
    .option("--config <path>", "the mapping file (default: TANDEM_CONFIG, else config/mapping.yaml)")
    .option("--json", "one JSON document on stdout and nothing else there")
    .option("-q, --quiet", "no progress")
    .option("-v, --verbose", "more of it")
    .option("--no-color", "no colours")
    .configureOutput({ writeOut: app.out, writeErr: app.talk })
    .exitOverride();
  for (const add of COMMANDS) add(program, app, (code) => void (status = code));
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeOut: app.out, writeErr: app.talk });
  try {
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    return endedBy(app, error, args.includes("--json"));
  }
}

function endedBy(app: App, error: unknown, asJson: boolean): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { code, message, details } = ending(app, error);
  if (asJson) app.out(json({ error: message, details }));
  else app.talk(`${message.trimEnd()}\n`);
  return code;
}

function ending(
  app: App,
  error: unknown,
): { readonly code: ExitCode; readonly message: string; readonly details: unknown } {
  if (error instanceof CommandFailure)
    return { code: error.code, message: error.message, details: error.details };
  if (error instanceof ConnectionBusy) return { code: EXIT.tryLater, message: error.message, details: null };
  if (error instanceof SystemUnavailable) {
    const { code, title, explanation, fix } = error.problem;
    const message = [`${title} (${code})`, explanation, ...fix.map((step) => `  fix: ${step}`)].join("\n");
    return { code: exitCodeFor(code), message, details: error.problem };
  }
  if (app.stopping.aborted)
    return { code: EXIT.interrupted, message: "Stopped. Run again to continue.", details: null };
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: EXIT.bug, message: `This is a fault of Tandem; please report it.\n${trace}`, details: null };
}
