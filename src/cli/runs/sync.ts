import type { Command } from "commander";
import { Option } from "commander";
import type { ConsentRun } from "../../lanes/consent-lane.ts";
import { carriesConsent, runConsent } from "../../lanes/consent-lane.ts";
import type { ContactRun } from "../../lanes/contacts/run-contacts.ts";
import { runContacts } from "../../lanes/contacts/run-contacts.ts";
import type { Deps } from "../../lanes/deps.ts";
import { performUndos } from "../../lanes/plans/perform-undos.ts";
import type { EngagementRun } from "../../lanes/run-engagement.ts";
import { runEngagement, showsEngagement } from "../../lanes/run-engagement.ts";
import { emailKey } from "../../model/email.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { App, CommonOptions } from "../app.ts";
import { engagementExitCode, engagementReport } from "../reports/engagement-report.ts";
import { withEngine } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { tellHead } from "../ledger-key.ts";
import { useMapping } from "./mapping-in-use.ts";
import type { PausableOptions } from "./refuse-paused.ts";
import { EVEN_IF_PAUSED, refusePaused } from "./refuse-paused.ts";
import { refuseUnfitMapping } from "./refuse-unfit-mapping.ts";
import { consentExitCode, consentReport, exitCodeOf, runReport } from "./run-report.ts";

interface SyncOptions extends CommonOptions, PausableOptions {
  readonly only?: "contacts" | "consent" | "engagement";
  readonly email?: string;
}

export function syncCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("sync")
    .description("Run one complete sync, then exit.")
    .addOption(new Option("--only <lane>", "only this lane").choices(["contacts", "consent", "engagement"]))
    .option("--email <address>", "only this person")
    .option(...EVEN_IF_PAUSED)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<SyncOptions>();
      const email = parseAddress(options.email);
      const run = await withEngine(app, options, async (deps, mapping, loaded) => {
        await refuseUnfitMapping(app, options, deps, loaded);
        // Opt-outs pass a pause.
        if (options.only !== "consent") await refusePaused(options, deps, mapping);
        await useMapping(deps, mapping, loaded.text);
        if (options.only === "engagement")
          return { carried: null, contacts: null, engagement: await syncEngagement(deps, mapping) };
        // A refusal goes before everything else.
        const consent = carriesConsent(mapping) || options.only === "consent";
        const carried = consent ? await runConsent(deps, mapping, "cli") : null;
        if (options.only === "consent") {
          await tellHead(app, options, deps);
          return { carried, contacts: null, engagement: null };
        }
        if (email === null) await performUndos(deps, mapping);
        const contacts = await runContacts(deps, mapping, {
          trigger: "cli",
          ...(email === null ? {} : { email }),
        });
        await tellHead(app, options, deps);
        const whole = options.only === undefined && email === null && contacts.stoppedBy === null;
        const engagement = whole && showsEngagement(mapping) ? await syncEngagement(deps, mapping) : null;
        return { carried, contacts, engagement };
      });
      app.out(options.json ? json(syncDocument(run)) : `${syncReport(run)}\n`);
      const codes = [
        run.contacts === null ? EXIT.done : exitCodeOf(run.contacts),
        consentExitCode(run.carried),
        run.engagement === null ? EXIT.done : engagementExitCode(run.engagement),
      ];
      exit(codes.find((code) => code !== EXIT.done) ?? EXIT.done);
    });
}

interface Synced {
  readonly carried: ConsentRun | null;
  readonly contacts: ContactRun | null;
  readonly engagement: EngagementRun | null;
}

/** The contact lane's run, with the engagement lane's in it; of one lane alone its own. */
function syncDocument({ carried, contacts, engagement }: Synced): unknown {
  if (contacts === null) return engagement ?? carried;
  return engagement === null ? contacts : { ...contacts, engagement };
}

function syncReport({ carried, contacts, engagement }: Synced): string {
  const parts = [
    carried === null || (carried.runId === null && contacts !== null) ? "" : consentReport(carried),
    contacts === null ? "" : runReport(contacts),
    engagement === null ? "" : engagementReport(engagement),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** @throws CommandFailure 64 where the mapping has nothing of it, or it is paused */
async function syncEngagement(deps: Deps, mapping: Mapping): Promise<EngagementRun> {
  const { engagement } = mapping;
  if (engagement === null)
    throw new CommandFailure(
      EXIT.usage,
      "The mapping has no `engagement:` section, so there is nothing to show",
    );
  if (engagement.paused)
    throw new CommandFailure(
      EXIT.usage,
      "`engagement.paused` is true in the mapping: nothing is read or shown",
    );
  return runEngagement(deps, mapping, engagement, { trigger: "cli", turnMs: null });
}

/** @throws CommandFailure 64 where it is given and no address */
export function parseAddress(given: string | undefined) {
  if (given === undefined) return null;
  const email = emailKey(given);
  if (email === null) throw new CommandFailure(EXIT.usage, `"${given}" is not an email address`);
  return email;
}
