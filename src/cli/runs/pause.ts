import type { Store } from "../../store/database/store.ts";
import { atomically } from "../../store/database/store.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { durationMs } from "../../mapping/schema/duration.ts";
import { openStore } from "../../store/runs/connections.ts";
import { pauseConnection, resumeConnection } from "../../store/runs/pauses.ts";
import { exact } from "../../words/time-words.ts";
import type { App, CommonOptions } from "../app.ts";
import { auditCommand, commandLineUser } from "../audit-command.ts";
import { withDatabase } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { loadMapping } from "../load-mapping.ts";

interface PauseOptions extends CommonOptions {
  readonly reason: string;
  readonly until?: Until;
}

/** A time, or how long from now. */
type Until = { readonly at: Date } | { readonly ms: number };

const EXAMPLES = `
Examples:
  tandem pause --reason "Cleaning up lists"
  tandem pause --reason "Campaign" --until 2h
`;

export function pauseCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("pause")
    .description("Stop syncing until you resume. Opt-outs still sync.")
    .requiredOption("--reason <text>", "why, for everyone who sees it", reason)
    .option("--until <when>", "resume then: a time like 2026-12-01T08:00:00Z, or 30m, 2h, 1d from now", until)
    .addHelpText("before", EXAMPLES.trimStart())
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<PauseOptions>();
      const ends = endOf(options.until, app.now());
      await change(app, options, async (store) => {
        const pause = { by: commandLineUser(), reason: options.reason, until: ends };
        await atomically(store, async (store) => {
          await pauseConnection(store, pause, app.now());
          const about = { until: ends?.toISOString() ?? null };
          const entry = { action: "pause", about, reason: options.reason };
          await auditCommand(store, entry, app.now());
        });
      });
      const when = ends === null ? "until `tandem resume`" : `until ${exact(ends)}`;
      app.out(options.json ? json({ paused: true, until: ends }) : `Paused ${when}. Opt-outs still sync.\n`);
      exit(EXIT.done);
    });
}

export function resumeCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("resume")
    .description("Sync again after a pause.")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const wasPaused = await change(app, options, (store) =>
        atomically(store, async (store) => {
          const resumed = await resumeConnection(store, app.now());
          if (resumed) await auditCommand(store, { action: "resume" }, app.now());
          return resumed;
        }),
      );
      const said = wasPaused ? "Resumed. The next run starts on schedule." : "Syncing was not paused.";
      app.out(options.json ? json({ paused: false, wasPaused }) : `${said}\n`);
      exit(EXIT.done);
    });
}

async function change<T>(app: App, options: CommonOptions, work: (store: Store) => Promise<T>): Promise<T> {
  const { mapping } = loadMapping(app, options);
  return withDatabase(app, options, async (database) => work(await openStore(database, mapping.name)));
}

const LONGEST_REASON = 500;

function reason(given: string): string {
  const text = given.trim();
  if (text === "") throw new InvalidArgumentError("Say why.");
  if (text.length > LONGEST_REASON)
    throw new InvalidArgumentError(`Use at most ${LONGEST_REASON} characters.`);
  return text;
}

function until(given: string): Until {
  const ms = durationMs(given);
  if (ms !== null) return { ms };
  const at = new Date(given);
  if (Number.isNaN(at.getTime()) || !/^\d{4}-\d{2}-\d{2}/.test(given))
    throw new InvalidArgumentError("Use a time like 2026-12-01T08:00:00Z, or 30m, 2h, 1d.");
  if (at.getTime() <= Date.now()) throw new InvalidArgumentError("That time is over.");
  return { at };
}

function endOf(given: Until | undefined, now: Date): Date | null {
  if (given === undefined) return null;
  return "at" in given ? given.at : new Date(now.getTime() + given.ms);
}
