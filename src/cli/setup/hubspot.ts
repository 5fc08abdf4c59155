import type { Command } from "commander";
import { guardAccount } from "../../lanes/guard-account.ts";
import { setUpTimeline } from "../../feeds/engagement/set-up.ts";
import { withConnection } from "../../lanes/connection-lease.ts";
import { leaseGate } from "../../write/lease-gate.ts";
import type { App, CommonOptions } from "../app.ts";
import { withEngine } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";

export function hubspotCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("hubspot")
    .description("Create what Tandem needs in HubSpot beside contacts.")
    .command("setup-timeline")
    .description(
      "makes, or brings up to date, what showing engagement needs: templates, definitions, properties",
    )
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const report = await withEngine(app, options, async (deps, mapping) => {
        const { engagement: rules } = mapping;
        if (rules === null) {
          const message = "The mapping has no `engagement:` section, so there is nothing to set up";
          throw new CommandFailure(EXIT.usage, message);
        }
        return withConnection(deps, mapping.name, async (leased) => {
          const { connection, store, connectors, signal } = leased;
          const expected = mapping.hubspot.portalId ?? connection.hubspotAccount;
          guardAccount("hubspot", await connectors.hubspot.account(signal), expected);
          const gate = leaseGate(leased);
          return setUpTimeline(store, connectors.hubspot, rules, gate, signal);
        });
      });
      app.out(options.json ? json({ report }) : `${report.join("\n")}\n`);
      exit(EXIT.done);
    });
}
