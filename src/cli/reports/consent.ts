import type { Command } from "commander";
import { explainDifference } from "../../consent/explain-difference.ts";
import { NotAHead, readHeads, verifyLedger } from "../../consent/verify-ledger.ts";
import { resolveRemembered } from "../../lanes/contacts/remembered-scope.ts";
import type { Mapping } from "../../model/mapping.ts";
import { verifyAudit } from "../../store/chains/audit.ts";
import { openStore } from "../../store/runs/connections.ts";
import { consentPairs } from "../../store/consent/consent-ledger.ts";
import type { ConsentAct } from "../../store/consent/consent-report.ts";
import { consentActs, unequalConsents } from "../../store/consent/consent-report.ts";
import type { Database } from "../../store/database/database.ts";
import type { ChainProof } from "../../store/chains/prove-chain.ts";
import type { App, CommonOptions } from "../app.ts";
import type { Comparison, Difference } from "./consent-report.ts";
import { auditText, compareText } from "./consent-report.ts";
import { withDatabase } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { loadMapping } from "../load-mapping.ts";

interface ConsentOptions extends CommonOptions {
  readonly all?: boolean;
  readonly since?: readonly string[];
}

/** Lines of people that are shown unless all are wanted. */
const SHOWN = 20;
const PAGE = 5_000;

export function consentCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  const consent = program
    .command("consent")
    .description("Compare consent in both systems, and prove the ledger.");
  consent
    .command("audit")
    .description(
      "Prove that nothing in the consent ledger was changed, and list each consent change that Tandem made. Writes nothing.",
    )
    .option(
      "--since <head...>",
      "also prove that nothing up to these heads is missing or changed; runs log them",
    )
    .option("--all", "every act, not only the last ones")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<ConsentOptions>();
      const { proof, audit, acts } = await withDatabase(app, options, async (database) => {
        const heads = usableHeads(database, options.since ?? []);
        return {
          proof: await verifyLedger(database, heads.consent ?? null),
          audit: await verifyAudit(database, heads.audit ?? null),
          acts: await everyAct(database),
        };
      });
      const shown = options.all === true ? acts.length : SHOWN;
      app.out(
        options.json
          ? json({ ...proof, audit, acts })
          : auditText(proof, audit, acts, shown, options.since !== undefined),
      );
      exit(isProven(proof) && isProven(audit) ? EXIT.done : EXIT.failing);
    });
  consent
    .command("compare")
    .description("Compare both systems and the ledger for every contact, and explain each difference.")
    .option("--all", "every difference, not only the first ones")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<ConsentOptions>();
      const { mapping } = loadMapping(app, options);
      const found = await withDatabase(app, options, (database) => compare(database, mapping));
      const shown = options.all === true ? found.differences.length : SHOWN;
      app.out(options.json ? json(found) : compareText(found, shown));
      exit(EXIT.done);
    });
}

/** @throws CommandFailure 64 for what is no head of this installation */
function usableHeads(database: Database, texts: readonly string[]): ReturnType<typeof readHeads> {
  try {
    return readHeads(database, texts);
  } catch (error) {
    if (!(error instanceof NotAHead)) throw error;
    const fix =
      "Give a head that a run logged or `tandem consent audit` printed, with the same key in place.";
    throw new CommandFailure(EXIT.usage, `${error.message}.\n  fix: ${fix}`);
  }
}

/** Entries that only another key sealed prove nothing. A ledger that nobody sealed yet is sealed by the next run. */
function isProven({ broken, proven, before }: ChainProof): boolean {
  return broken === null && (proven !== null || before !== "other_key");
}

async function everyAct(database: Database): Promise<readonly ConsentAct[]> {
  const acts: ConsentAct[] = [];
  for (let after = 0n; ;) {
    const page = await consentActs(database, after, PAGE);
    acts.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return acts;
    after = last.seq;
  }
}

async function compare(database: Database, mapping: Mapping): Promise<Comparison> {
  const store = await openStore(database, mapping.name);
  const { consent } = await resolveRemembered(store, mapping);
  const differences: Difference[] = [];
  for (let after = 0n; ;) {
    const page = await unequalConsents(store, after, PAGE);
    for (const person of page) {
      const because = explainDifference(consent, person);
      if (because !== null) differences.push({ email: person.email, because });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    after = last.linkId;
  }
  return { pairs: await consentPairs(store), differences };
}
