import type { Command } from "commander";
import type { UndoFindings } from "../../lanes/plans/undo.ts";
import { makeUndo } from "../../lanes/plans/undo.ts";
import type { FieldRule, Mapping } from "../../model/mapping.ts";
import { leftWords, undoSum } from "../../plan/undo-words.ts";
import { counted } from "../../model/count-words.ts";
import type { WriteFilter } from "../../store/writes/writes-by-link.ts";
import type { App, CommonOptions } from "../app.ts";
import { openStore } from "../../store/runs/connections.ts";
import { auditCommand } from "../audit-command.ts";
import { withEngine } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { personLines, stampLines } from "./plan-person.ts";
import { fieldKey, usable } from "./plan.ts";
import { whole } from "../rehearsal/sandbox.ts";
import { refuseUnfitMapping } from "./refuse-unfit-mapping.ts";
import { parseAddress } from "./sync.ts";

interface UndoOptions extends CommonOptions {
  readonly run?: number;
  readonly email?: string;
  readonly field?: string;
  readonly since?: string;
  readonly out: string;
  readonly limit: number;
}

export function undoCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("undo")
    .description("Plan how to restore old values. `tandem apply` then restores them.")
    .option("--run <id>", "what this run did", whole)
    .option("--email <address>", "what was done to this person")
    .option("--field <name>", "only this property")
    .option("--since <time>", "what was done since then, like 2026-11-20T08:00:00Z")
    .option("--out <file>", "where to save the plan", "undo.plan")
    .option("--limit <n>", "how many people to show in full", whole, 10)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<UndoOptions>();
      const chosen = wantedWrites(options);
      const { undo, fields } = await withEngine(app, options, async (deps, mapping, loaded) => {
        await refuseUnfitMapping(app, options, deps, loaded);
        const field = undoneField(mapping, options.field);
        const wanted = field === null ? chosen : { ...chosen, fields: [field] };
        const undo = await usable(makeUndo(deps, mapping, wanted, options.out, options.limit));
        const store = await openStore(deps.database, mapping.name);
        const about = { run: options.run ?? null, hash: undo.hash, operations: undo.operations };
        await auditCommand(store, { action: "undo_plan", contacts: undo.people, about }, deps.now());
        return { undo, fields: mapping.fields };
      });
      app.out(
        options.json
          ? json({ ...undo, file: undo.people > 0 ? options.out : null })
          : report(undo, fields, options.out),
      );
      exit(EXIT.done);
    });
}

/** A field of the mapping, or a property that the last activity is stamped on. */
function undoneField(mapping: Mapping, name: string | undefined): string | null {
  const rollUps = mapping.engagement?.rollUps ?? [];
  return rollUps.some(({ property }) => property === name) ? (name ?? null) : fieldKey(mapping, name);
}

/** @throws CommandFailure 64 where nothing is said of what to undo, or not so that it can be read */
function wantedWrites(options: UndoOptions): WriteFilter {
  const email = parseAddress(options.email);
  const since = parseTime(options.since);
  if (options.run === undefined && email === null && since === null) {
    const fix = "Give --run ID, --email ADDRESS or --since TIME; --field NAME narrows it down.";
    throw new CommandFailure(EXIT.usage, `It is not said what to undo.\n  fix: ${fix}`);
  }
  return {
    ...(options.run === undefined ? {} : { runId: BigInt(options.run) }),
    ...(email === null ? {} : { email }),
    ...(since === null ? {} : { since }),
  };
}

function parseTime(given: string | undefined): Date | null {
  if (given === undefined) return null;
  const time = new Date(given);
  if (!Number.isNaN(time.getTime())) return time;
  throw new CommandFailure(EXIT.usage, `"${given}" is no time.\n  fix: Write it like 2026-11-20T08:00:00Z.`);
}

function report(undo: UndoFindings, fields: readonly FieldRule[], file: string): string {
  const { people, operations, examples, stamps } = undo;
  const reasons = leftWords(undo).map((line) => `  ${line}`);
  const kept = [undoSum(undo), ...(reasons.length === 0 ? [] : ["Not put back:", ...reasons]), ""];
  if (people === 0)
    return [...kept, "There is nothing to put back. Nothing has been written.", ""].join("\n");
  return [
    "tandem would put this back. Nothing has been written.",
    "",
    ...examples.flatMap((plan) => [...personLines(plan, fields), ""]),
    ...stamps.flatMap(({ email, operation }) => [...stampLines(email, operation), ""]),
    ...kept,
    `Undo: ${counted(operations, "operation")} on ${counted(people, "person", "people")}, ${examples.length + stamps.length} shown. Consent is not touched.`,
    "A field that syncs both ways gets its old value on both sides. A one-way field stays as put back until its source changes.",
    `Saved to ${file}, valid for 60 minutes:  tandem apply ${file}`,
    "",
  ].join("\n");
}
