import type { Command } from "commander";
import type { ContactRun } from "../../lanes/contacts/run-contacts.ts";
import { runContacts } from "../../lanes/contacts/run-contacts.ts";
import { runEngagement } from "../../lanes/run-engagement.ts";
import type { Deps } from "../../lanes/deps.ts";
import type { EmailKey } from "../../model/email.ts";
import { didYouMean } from "../../mapping/diagnostics/suggest.ts";
import type { Mapping } from "../../model/mapping.ts";
import { CAUSE_CODES } from "../../words/cause-codes.ts";
import { counted } from "../../model/count-words.ts";
import { openStore } from "../../store/runs/connections.ts";
import { retryEngagements } from "../../store/feeds/engagement-queue.ts";
import { markFailingDirty } from "../../store/links/links.ts";
import type { App, CommonOptions } from "../app.ts";
import { auditCommand } from "../audit-command.ts";
import { withEngine } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { tellHead } from "../ledger-key.ts";
import type { PausableOptions } from "./refuse-paused.ts";
import { EVEN_IF_PAUSED, refusePaused } from "./refuse-paused.ts";
import { refuseUnfitMapping } from "./refuse-unfit-mapping.ts";
import { exitCodeOf, runReport } from "./run-report.ts";
import { parseAddress } from "./sync.ts";

interface RetryOptions extends CommonOptions, PausableOptions {
  readonly cause?: string;
  readonly email?: string;
}

export function retryCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("retry")
    .description("Retry failing contacts now, however often they were tried.")
    .option("--cause <code>", "only those with this cause, like KL-PHONE")
    .option("--email <address>", "only this person")
    .option(...EVEN_IF_PAUSED)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<RetryOptions>();
      const email = parseAddress(options.email);
      const cause = causeOption(options.cause);
      const { marked, events, run } = await withEngine(app, options, async (deps, mapping, loaded) => {
        await refuseUnfitMapping(app, options, deps, loaded);
        await refusePaused(options, deps, mapping);
        const retried = await retry(deps, mapping, cause, email);
        if (retried.run !== null) await tellHead(app, options, deps);
        return retried;
      });
      if (options.json) app.out(json({ retried: marked, events, run }));
      else if (run === null) app.out(nobody(cause, options.email ?? null));
      else app.out(`Retried ${retriedWords(marked, events)}.\n${runReport(run)}\n`);
      exit(run === null ? EXIT.done : exitCodeOf(run));
    });
}

/** @throws CommandFailure 64 for a code that no problem has, with the nearest ones */
function causeOption(given: string | undefined): string | null {
  if (given === undefined) return null;
  const code = given.toUpperCase();
  if (CAUSE_CODES.includes(code)) return code;
  const help = didYouMean(code, CAUSE_CODES, "`tandem status` shows the codes of what fails");
  throw new CommandFailure(EXIT.usage, `No problem has the code "${given}".\n  fix: ${help}`);
}

interface Retried {
  readonly marked: number;
  /** Events that could not be shown. */
  readonly events: number;
  /** `null` where only some were to be tried and none of them is failing: the others are left to the schedule. */
  readonly run: ContactRun | null;
}

async function retry(
  deps: Deps,
  mapping: Mapping,
  cause: string | null,
  email: EmailKey | null,
): Promise<Retried> {
  const { database, now } = deps;
  const store = await openStore(database, mapping.name);
  const which = { ...(cause === null ? {} : { cause }), ...(email === null ? {} : { email }) };
  const marked = await markFailingDirty(store, which, now());
  const events = cause === null ? await retryEngagements(store, email) : 0;
  const about = { cause, person: email === null ? "all" : "one", events };
  await auditCommand(store, { action: "retry", contacts: marked, about }, now());
  if ((cause !== null || email !== null) && marked + events === 0) return { marked, events, run: null };
  const run = await runContacts(deps, mapping, { trigger: "retry", ...(email === null ? {} : { email }) });
  if (mapping.engagement !== null && !mapping.engagement.paused)
    await runEngagement(deps, mapping, mapping.engagement, { trigger: "retry", turnMs: null });
  return { marked, events, run };
}

function retriedWords(marked: number, events: number): string {
  return `${counted(marked, "contact")}${events === 0 ? "" : ` and ${counted(events, "event")}`}`;
}

function nobody(cause: string | null, email: string | null): string {
  const who = email === null ? "no contact" : email;
  const what = cause === null ? "is not failing" : `is ${email === null ? "" : "not "}failing with ${cause}`;
  const hint = email === null ? "tandem status shows the causes" : `tandem explain ${email} tells of them`;
  return `Nothing to retry: ${who} ${what}. ${hint}.\n`;
}
