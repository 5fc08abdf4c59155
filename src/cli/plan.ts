import type { Command } from "commander";
import { withConnection } from "../daemon/connection-lease.ts";
import type { WholePlan } from "../daemon/look.ts";
import { look, planWhole } from "../daemon/look.ts";
import type { Mapping } from "../model/mapping.ts";
import type { ExceededLimit } from "../plan/limits.ts";
import { exceededLimits } from "../plan/limits.ts";
import { countLinks } from "../store/links.ts";
import type { App, CommonOptions } from "./app.ts";
import { withEngine } from "./engine.ts";
import type { ExitCode } from "./exit-code.ts";
import { EXIT } from "./exit-code.ts";
import { json } from "./json.ts";
import { planReport } from "./plan-report.ts";
import { whole } from "./sandbox.ts";
import { parseAddress } from "./sync.ts";

interface PlanOptions extends CommonOptions {
  readonly email?: string;
  readonly limit: number;
  readonly detailedExitcode?: boolean;
}

/** What `plan` found: what a run would do now, and what the limits say of it. */
export interface PlanFindings extends WholePlan {
  readonly mapping: Mapping;
  readonly exceeded: readonly ExceededLimit[];
}

export function planCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("plan")
    .description("reads both sides, writes nothing, shows what would change")
    .option("--email <address>", "only this person")
    .option("--limit <n>", "how many people to show in full", whole, 10)
    .option("--detailed-exitcode", "2 where there are changes")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<PlanOptions>();
      const email = parseAddress(options.email);
      const findings = await withEngine(app, options, (deps, mapping) =>
        withConnection(deps, mapping.name, async (): Promise<PlanFindings> => {
          const { context, firstSync, isApproved, guarded } = await look(deps, mapping, email);
          const filter = email === null ? ({ kind: "dirty" } as const) : ({ kind: "email", email } as const);
          const plan = await planWhole(context, filter, options.limit, isApproved);
          const linked = await countLinks(context.database, context.connectionId, "live");
          return {
            ...plan,
            mapping,
            exceeded: [
              ...guarded.exceeded,
              ...exceededLimits(plan.totals, mapping.limits, linked, firstSync),
            ],
          };
        }),
      );
      const { examples, totals, contacts, exceeded } = findings;
      const people = examples.map(({ known, operations, problems, state, reason }) => ({
        email: known.link.email,
        operations,
        problems,
        state,
        reason,
      }));
      app.out(options.json ? json({ totals, contacts, exceeded, people }) : planReport(findings));
      exit(options.detailedExitcode === true && people.length > 0 ? EXIT.changes : EXIT.done);
    });
}
