import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { Applied } from "../../lanes/plans/apply-plan.ts";
import { PlanDoesNotFit, applyPlan } from "../../lanes/plans/apply-plan.ts";
import type { SavedPlan } from "../../lanes/plans/plan-file.ts";
import { BadPlanFile, readPlanFile } from "../../lanes/plans/plan-file.ts";
import { SIDES } from "../../model/side.ts";
import type { PlannedOperation } from "../../plan/planned.ts";
import { heldByLimit } from "../../plan/problems.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { AuditEntry } from "../../store/chains/audit.ts";
import { openStore } from "../../store/runs/connections.ts";
import type { App, CommonOptions } from "../app.ts";
import { auditCommand } from "../audit-command.ts";
import { withEngine } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { installationKeys } from "../installation-key.ts";
import { json } from "../json.ts";
import { tellHead } from "../ledger-key.ts";
import type { PausableOptions } from "./refuse-paused.ts";
import { EVEN_IF_PAUSED, refusePaused } from "./refuse-paused.ts";
import { refuseUnfitMapping } from "./refuse-unfit-mapping.ts";

interface ApplyOptions extends CommonOptions, PausableOptions {
  readonly approve?: string;
  readonly yes?: boolean;
}

/** People named in the report of what had moved; the rest is counted. */
const MOVED_SHOWN = 20;

export function applyCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("apply <file>")
    .description("Apply a saved plan. Skips and reports anything that changed since.")
    .option("--yes", "do not ask")
    .option(...EVEN_IF_PAUSED)
    .option("--approve <reason>", "perform it although it exceeds a limit, and why", reason)
    .action(async (file: string, _options, command: Command) => {
      const options = command.optsWithGlobals<ApplyOptions>();
      try {
        const plan = await readPlan(app, options, file);
        if (options.yes !== true && !(await isWanted(app, file, plan))) {
          app.out(options.json ? json({ applied: false }) : "Nothing was applied.\n");
          return exit(EXIT.done);
        }
        const applied = await withEngine(app, options, async (deps, mapping, loaded) => {
          await refuseUnfitMapping(app, options, deps, loaded);
          await refusePaused(options, deps, mapping);
          // Before anything is written: a process that is killed leaves who began it.
          const store = await openStore(deps.database, mapping.name);
          await auditCommand(store, entryOf(plan, options.approve ?? ""), deps.now());
          const done = await applyPlan(deps, mapping, plan, options.approve ?? null);
          if (done.runId !== null) await tellHead(app, options, deps);
          return done;
        });
        app.out(options.json ? json(applied) : report(applied, file));
        exit(codeOf(applied));
      } catch (error) {
        if (error instanceof BadPlanFile) throw new CommandFailure(EXIT.usage, error.message);
        if (error instanceof PlanDoesNotFit) throw new CommandFailure(EXIT.tryLater, error.message);
        throw error;
      }
    });
}

async function readPlan(app: App, options: ApplyOptions, file: string): Promise<SavedPlan> {
  try {
    return await readPlanFile(file, installationKeys(app, options)().files);
  } catch (cause) {
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    const code = "code" in cause ? String(cause.code) : cause.message;
    const why = code === "ENOENT" ? `There is no file ${file}` : `${file} cannot be read: ${code}`;
    throw new CommandFailure(EXIT.usage, why);
  }
}

/**
 * Shows what the file would do and asks the person at the terminal.
 *
 * @throws CommandFailure 64 without a terminal
 */
async function isWanted({ ask }: App, file: string, plan: SavedPlan): Promise<boolean> {
  const counts = planCounts(file, plan);
  if (ask === null) {
    const message = `Nothing was applied: there is no terminal to ask at.\n${counts}\n  fix: Add --yes to apply it without a question.`;
    throw new CommandFailure(EXIT.usage, message);
  }
  return (await ask(`${counts}\nApply it? (yes/no) `)).toLowerCase() === "yes";
}

const OPERATION_WORDS: Readonly<Record<PlannedOperation["kind"], readonly [string, string]>> = {
  create: ["contact to create", "contacts to create"],
  update: ["contact to update", "contacts to update"],
  add_to_list: ["list addition", "list additions"],
  remove_from_list: ["list removal", "list removals"],
  opt_out: ["opt-out", "opt-outs"],
  subscribe: ["person to subscribe", "people to subscribe"],
  stamp: ["last activity to put back", "last activities to put back"],
};

/** How many operations of which kind on each side. */
function planCounts(file: string, { kind, connection, made, people }: SavedPlan): string {
  const operations = people.flatMap((person) => person.operations);
  const what = kind === "plan" ? "a plan" : "an undo";
  const sides = SIDES.map((side) => {
    const parts = Object.entries(OPERATION_WORDS).flatMap(([one, [single, many]]) => {
      const count = operations.filter(
        (operation) => operation.side === side && operation.kind === one,
      ).length;
      return count === 0 ? [] : [counted(count, single, many)];
    });
    return `  ${side === "hubspot" ? "HubSpot" : "Klaviyo"}: ${parts.length === 0 ? "nothing" : parts.join(", ")}`;
  });
  const when = `${made.slice(0, 16).replace("T", " ")} UTC`;
  return [
    `${file} is ${what} for ${connection} of ${when}: ${counted(people.length, "person", "people")}.`,
    ...sides,
  ].join("\n");
}

/** A plan that is put back is an undo, as on the page. */
function entryOf(plan: SavedPlan, reason: string): Omit<AuditEntry, "who" | "role"> {
  const operations = [...plan.people.values()].flat().length;
  const about = { file_made: plan.made, hash: plan.hash, operations };
  if (plan.kind === "plan") return { action: "apply", contacts: plan.people.length, about, reason };
  const run = plan.undoes.runId === undefined ? null : String(plan.undoes.runId);
  return { action: "undo", contacts: plan.people.length, about: { ...about, run }, reason };
}

/** It is kept with the run. */
function reason(given: string): string {
  if (given.trim() === "") throw new InvalidArgumentError("Say why: it is kept with the run.");
  return given;
}

function codeOf({ runId, refused, stoppedBy }: Applied): ExitCode {
  if (runId === null || stoppedBy !== null) return EXIT.held;
  return refused > 0 ? EXIT.failing : EXIT.done;
}

function report(applied: Applied, file: string): string {
  const { runId, done, planned, already, moved, refused, unanswered, blocked, exceeded, stoppedBy } = applied;
  if (runId === null) {
    const held = exceeded.map(heldByLimit).map(({ title }) => `✖ ${title}`);
    const how = `Nothing was done. If this is what you want:  tandem apply ${file} --approve "why"`;
    return [...held, how, ""].join("\n");
  }
  const names = moved
    .slice(0, MOVED_SHOWN)
    .map(({ email, operation }) => `  ${email}   ${operation.replaceAll("_", " ")}`);
  const more = moved.length > MOVED_SHOWN ? [`  and ${grouped(moved.length - MOVED_SHOWN)} more`] : [];
  return [
    `Run ${runId}: ${grouped(done)} of ${counted(planned, "operation")} done, ${grouped(refused)} refused.`,
    ...(stoppedBy === null ? [] : [`✖ ${stoppedBy.title}`, `  ${stoppedBy.explanation}`]),
    ...(already > 0 ? [`${grouped(already)} of them had nothing to do: it is so already.`] : []),
    ...(unanswered > 0 ? [`${grouped(unanswered)} not answered; the next run checks the result.`] : []),
    ...(blocked > 0 ? [`${counted(blocked, "person", "people")} not cleared to be subscribed.`] : []),
    ...(moved.length > 0
      ? [`${grouped(moved.length)} had moved since the plan and were left:`, ...names, ...more]
      : []),
    ...(done > 0 ? [`To put it back:  tandem undo --run ${runId}`] : []),
    "",
  ].join("\n");
}
