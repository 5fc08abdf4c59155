import type { Command } from "commander";
import { makePlan } from "../../lanes/plans/make-plan.ts";
import { PlanNotSaved } from "../../lanes/plans/plan-file.ts";
import { NoSuchRun } from "../../lanes/plans/undo.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { App, CommonOptions } from "../app.ts";
import { withEngine } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { planDocument, planReport } from "./plan-report.ts";
import { warnOfMapping } from "../load-mapping.ts";
import { refuseUnfitMapping } from "./refuse-unfit-mapping.ts";
import { whole } from "../rehearsal/sandbox.ts";
import { parseAddress } from "./sync.ts";

interface PlanOptions extends CommonOptions {
  readonly email?: string;
  readonly field?: string;
  readonly limit: number;
  readonly all?: boolean;
  readonly out?: string;
  readonly detailedExitcode?: boolean;
}

export function planCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("plan")
    .description("Show what would change. Writes nothing.")
    .option("--email <address>", "only this person")
    .option("--field <name>", "only people with a change of this property")
    .option("--limit <n>", "how many people to show in full", whole, 10)
    .option("--all", "show every person in full")
    .option("--out <file>", "save the plan, to perform exactly it with `tandem apply`")
    .option("--detailed-exitcode", "2 where there are changes")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<PlanOptions>();
      const email = parseAddress(options.email);
      const findings = await withEngine(app, options, async (deps, mapping, loaded) => {
        await refuseUnfitMapping(app, options, deps, loaded);
        warnOfMapping(app, options, loaded);
        return usable(
          makePlan(deps, mapping, {
            email,
            field: fieldKey(mapping, options.field),
            examples: options.all === true ? Infinity : options.limit,
            out: options.out ?? null,
          }),
        );
      });
      app.out(
        options.json
          ? json(planDocument(findings))
          : planReport(findings, { out: options.out ?? null, email: options.email ?? null }),
      );
      const changes = findings.totals.people > 0;
      exit(options.detailedExitcode === true && changes ? EXIT.changes : EXIT.done);
    });
}

/** @throws CommandFailure 64 where there is no place for the plan, or no run to undo */
export async function usable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PlanNotSaved) throw new CommandFailure(EXIT.usage, error.message);
    if (error instanceof NoSuchRun)
      throw new CommandFailure(EXIT.usage, `${error.message}.\n  fix: tandem status shows the latest runs.`);
    throw error;
  }
}

/** @throws CommandFailure 64 where the mapping has no such field */
export function fieldKey(mapping: Mapping, name: string | undefined): string | null {
  if (name === undefined) return null;
  const found = mapping.fields.find(
    ({ key, property }) => key === name || property.hubspot === name || property.klaviyo === name,
  );
  if (found !== undefined) return found.key;
  const known = mapping.fields.map(({ property }) => property.hubspot).join(", ");
  throw new CommandFailure(EXIT.usage, `The mapping has no field "${name}".\n  fix: Use one of ${known}.`);
}
