import { atomically } from "../../store/database/store.ts";
import type { Command } from "commander";
import { APPROVED_FOR_MS } from "../../model/hold.ts";
import { counted } from "../../model/count-words.ts";
import { heldByLimit } from "../../plan/problems.ts";
import type { HeldEntry, ShownHold } from "../../status/mapping/held-view.ts";
import { readHold } from "../../status/mapping/held-view.ts";
import type { Store } from "../../store/database/store.ts";
import { openStore } from "../../store/runs/connections.ts";
import type { WaitingHold } from "../../store/runs/holds.ts";
import { decideHold } from "../../store/runs/holds.ts";
import { heldLine } from "../../words/held-words.ts";
import type { App, CommonOptions } from "../app.ts";
import { auditCommand, commandLineUser } from "../audit-command.ts";
import { withDatabase } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { loadMapping } from "../load-mapping.ts";
import { whole } from "../rehearsal/sandbox.ts";

interface ApproveOptions extends CommonOptions {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly limit: number;
}

/** So much of a hash says which hold is meant: 48 bits. */
const SHORT_HASH = 12;

export function approveCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("approve [hash]")
    .description("Show the changes that a limit holds, and approve them.")
    .option("--reason <text>", "the reason, for the record")
    .option("--yes", "do not ask")
    .option("--limit <n>", "how many held changes to show", whole, 20)
    .action(async (hash: string | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<ApproveOptions>();
      const { mapping } = loadMapping(app, options);
      await withDatabase(app, options, async (database) => {
        const store = await openStore(database, mapping.name);
        const hold = await readHold(store, mapping, options.limit);
        if (hold === null) {
          if (hash !== undefined) throw changedMeanwhile(hash);
          app.out(options.json ? json({ held: null }) : "No changes are held.\n");
          return exit(EXIT.done);
        }
        const { waiting } = hold;
        if (hash !== undefined && (hash.length < SHORT_HASH || !waiting.hash.startsWith(hash)))
          throw changedMeanwhile(hash);
        const wanted = hash !== undefined || options.yes === true;
        if (options.json) {
          const words = hold.changes.map((one) => one.words);
          if (!wanted) app.out(json({ held: waiting, words }));
        } else if (hash === undefined) app.out(shown(hold, app.ask !== null || wanted));
        const reason = wanted ? (options.reason ?? "") : await enteredReason(app, options, waiting);
        if (reason === null) return exit(EXIT.held);
        await approve(app, store, waiting, reason);
        const done = `Approved: ${counted(waiting.changes, "change")}. The next run makes them; \`tandem sync\` does it now.\n`;
        app.out(options.json ? json({ approved: waiting }) : done);
        exit(EXIT.done);
      });
    });
}

/** The reason of somebody at the terminal who approves; `null` where nobody does. */
async function enteredReason(
  { ask }: App,
  { json: asJson, reason }: ApproveOptions,
  { changes }: WaitingHold,
): Promise<string | null> {
  if (ask === null || asJson === true) return null;
  const answer = await ask(`Approve ${counted(changes, "change")}? (yes/no) `);
  if (answer.toLowerCase() !== "yes") return null;
  return reason ?? (await ask("Reason, for the record: "));
}

async function approve(app: App, store: Store, hold: WaitingHold, reason: string): Promise<void> {
  const at = app.now();
  const decision = {
    state: "approved" as const,
    by: commandLineUser(),
    reason,
    expiresAt: new Date(at.getTime() + APPROVED_FOR_MS),
  };
  const decided = await atomically(store, async (store) => {
    if (!(await decideHold(store, hold.hash, decision, at))) return false;
    const about = { hold: String(hold.id), hash: hold.hash, changes: hold.changes };
    await auditCommand(store, { action: "approve", about, reason }, at);
    return true;
  });
  if (!decided) throw changedMeanwhile(hold.hash.slice(0, SHORT_HASH));
}

function changedMeanwhile(hash: string): CommandFailure {
  const message = `${hash} is not what is held now. The held changes changed, or someone decided.\n  fix: Run \`tandem approve\` to see what is held.`;
  return new CommandFailure(EXIT.tryLater, message);
}

function shown({ waiting, changes }: ShownHold, isPrompted: boolean): string {
  const rest = waiting.changes - changes.length;
  const next = [
    "To approve exactly these changes for one day:",
    `  tandem approve ${waiting.hash.slice(0, SHORT_HASH)} --reason "why"`,
    "If they are a mistake, fix the cause. Tandem then withdraws them.",
  ];
  return [
    ...waiting.exceeded
      .map(heldByLimit)
      .flatMap(({ title, explanation }) => [`✖ ${title}`, `  ${explanation}`]),
    "",
    ...changes.map(line),
    ...(rest > 0 ? [`  and ${counted(rest, "more change")}; --limit N shows more`] : []),
    "",
    ...(isPrompted ? [] : [...next, ""]),
  ].join("\n");
}

function line({ words, change, person }: HeldEntry): string {
  if (change === null) return `  ${words}`;
  const who = person === null ? change.who : person.email;
  const name = person === null || person.name === null ? "" : ` (${person.name})`;
  return `  ${who}${name}   ${heldLine(change)}`;
}
