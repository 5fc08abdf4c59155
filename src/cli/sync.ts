import type { Command } from "commander";
import { Option } from "commander";
import { runContacts } from "../daemon/run-contacts.ts";
import { emailKey } from "../model/email.ts";
import type { App, CommonOptions } from "./app.ts";
import { withEngine } from "./engine.ts";
import type { ExitCode } from "./exit-code.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { json } from "./json.ts";
import { putInForce } from "./mapping-in-force.ts";
import { exitCodeOf, runReport } from "./run-report.ts";

interface SyncOptions extends CommonOptions {
  readonly only?: "contacts";
  readonly email?: string;
}

export function syncCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("sync")
    .description("one whole cycle, then exit")
    .addOption(new Option("--only <lane>", "only this lane").choices(["contacts"]))
    .option("--email <address>", "only this person")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<SyncOptions>();
      const email = parseAddress(options.email);
      const run = await withEngine(app, options, async (deps, mapping, { text }) => {
        await putInForce(deps, mapping, text);
        return runContacts(deps, mapping, { trigger: "cli", ...(email === null ? {} : { email }) });
      });
      app.out(options.json ? json(run) : `${runReport(run)}\n`);
      exit(exitCodeOf(run));
    });
}

/** @throws CommandFailure 64 where it is given and no address */
export function parseAddress(given: string | undefined) {
  if (given === undefined) return null;
  const email = emailKey(given);
  if (email === null) throw new CommandFailure(EXIT.usage, `"${given}" is not an e-mail address`);
  return email;
}
