import type { Command } from "commander";
import { runContacts } from "../daemon/run-contacts.ts";
import { runEngagement } from "../daemon/run-engagement.ts";
import { openConnection } from "../store/connections.ts";
import { retryEngagements } from "../store/engagement-queue.ts";
import { markFailingDirty } from "../store/links.ts";
import type { App, CommonOptions } from "./app.ts";
import { withEngine } from "./engine.ts";
import type { ExitCode } from "./exit-code.ts";
import { json } from "./json.ts";
import { exitCodeOf, runReport } from "./run-report.ts";
import { parseAddress } from "./sync.ts";

interface RetryOptions extends CommonOptions {
  readonly cause?: string;
  readonly email?: string;
}

export function retryCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("retry")
    .description("tries failing contacts again now, however often they were tried")
    .option("--cause <code>", "only those with this cause, like KL-PHONE")
    .option("--email <address>", "only this person")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<RetryOptions>();
      const email = parseAddress(options.email);
      const { run, marked } = await withEngine(app, options, async (deps, mapping) => {
        const connection = await openConnection(deps.database, mapping.name);
        const which = { ...(options.cause ? { cause: options.cause } : {}), ...(email ? { email } : {}) };
        const marked = await markFailingDirty(deps.database, connection.id, which, deps.now());
        if (options.cause === undefined) await retryEngagements(deps.database, connection.id, email);
        const run = await runContacts(deps, mapping, { trigger: "retry" });
        if (mapping.engagement !== null && !mapping.engagement.paused)
          await runEngagement(deps, mapping, mapping.engagement, { trigger: "retry", turnMs: null });
        return { marked, run };
      });
      app.out(
        options.json ? json({ retried: marked, run }) : `Retried ${marked} contacts.\n${runReport(run)}\n`,
      );
      exit(exitCodeOf(run));
    });
}
