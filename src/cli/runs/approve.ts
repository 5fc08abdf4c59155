import { atomically } from "../../store/database/store.ts";
import type { Command } from "commander";
import { APPROVED_FOR_MS } from "../../model/hold.ts";
import { openStore } from "../../store/runs/connections.ts";
import type { WaitingHold } from "../../store/runs/holds.ts";
import { decideHold, heldWords, waitingHold } from "../../store/runs/holds.ts";
import { heldByLimit } from "../../plan/problems.ts";
import { counted } from "../../model/count-words.ts";
import type { App, CommonOptions } from "../app.ts";
import { auditCommand, commandLineUser } from "../audit-command.ts";
import { withDatabase } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { heldLine } from "./held-line.ts";
import { json } from "../json.ts";
import { loadMapping } from "../load-mapping.ts";
import { whole } from "../rehearsal/sandbox.ts";

interface ApproveOptions extends CommonOptions {
  readonly reason?: string;
  readonly limit: number;
}

/** So much of a hash says which hold is meant: 48 bits. */
const SHORT_HASH = 12;

export function approveCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("approve [hash]")
    .description("shows what a limit holds back; with its hash, lets exactly that through")
    .option("--reason <text>", "why, for the record")
    .option("--limit <n>", "how many held changes to show", whole, 20)
    .action(async (hash: string | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<ApproveOptions>();
      const { mapping } = loadMapping(app, options);
      await withDatabase(app, options, async (database) => {
        const store = await openStore(database, mapping.name);
        const hold = await waitingHold(store);
        if (hold === null) {
          if (hash !== undefined) throw movedOn(hash);
          app.out(options.json ? json({ held: null }) : "Nothing is held.\n");
          return exit(EXIT.done);
        }
        if (hash === undefined) {
          const words = await heldWords(store, hold.id, options.limit);
          app.out(options.json ? json({ held: hold, words }) : shown(hold, words));
          return exit(EXIT.held);
        }
        if (hash.length < SHORT_HASH || !hold.hash.startsWith(hash)) throw movedOn(hash);
        const decision = {
          state: "approved" as const,
          by: commandLineUser(),
          reason: options.reason ?? "",
          expiresAt: new Date(app.now().getTime() + APPROVED_FOR_MS),
        };
        const decided = await atomically(store, async (store) => {
          const at = app.now();
          if (!(await decideHold(store, hold.hash, decision, at))) return false;
          const about = { hold: String(hold.id), hash: hold.hash, changes: hold.changes };
          await auditCommand(store, { action: "approve", about, reason: decision.reason }, at);
          return true;
        });
        if (!decided) throw movedOn(hash);
        const done = `Approved: ${counted(hold.changes, "change")}. The next run makes them; \`tandem sync\` does it now.\n`;
        app.out(options.json ? json({ approved: hold }) : done);
        exit(EXIT.done);
      });
    });
}

function movedOn(hash: string): CommandFailure {
  const message = `${hash} is not what is held now: it has moved on, or was decided.\n  fix: Look again with \`tandem approve\`.`;
  return new CommandFailure(EXIT.tryLater, message);
}

function shown(hold: WaitingHold, words: readonly string[]): string {
  const rest = hold.changes - words.length;
  return [
    ...hold.exceeded.map(heldByLimit).flatMap(({ title, explanation }) => [`✖ ${title}`, `  ${explanation}`]),
    "",
    ...words.map((one) => `  ${heldLine(one)}`),
    ...(rest > 0 ? [`  and ${counted(rest, "more change", "more changes")}; --limit N shows more`] : []),
    "",
    "Wanted? This lets exactly these changes through, for a day:",
    `  tandem approve ${hold.hash.slice(0, SHORT_HASH)} --reason "why"`,
    "If not, fix the cause, and Tandem withdraws them.",
    "",
  ].join("\n");
}
