import type { Command } from "commander";
import type { Connector } from "../../connectors/connector.ts";
import { subscribingFindings, whatSubscribes } from "../../mapping/accounts/check-subscribing.ts";
import { readMapping } from "../../mapping/read-mapping.ts";
import type { MappingText } from "../../mapping/diagnostics/tell-at.ts";
import type { Mapping } from "../../model/mapping.ts";
import { SIDES } from "../../model/side.ts";
import type { App, CommonOptions } from "../app.ts";
import { checkEngagementRemote } from "../setup/check-engagement-remote.ts";
import { askDatabase } from "./doctor-database.ts";
import { askSinks, sinkFindings } from "./doctor-engagement.ts";
import type { Finding } from "./doctor-finding.ts";
import { findingsText, fromProblem, ok, verdict } from "./doctor-finding.ts";
import { nameFindings } from "./doctor-names.ts";
import {
  fromDiagnostic,
  mappingFindings,
  nodeFinding,
  secretFindings,
  withoutNotes,
} from "./doctor-offline.ts";
import type { CheckedSide } from "./doctor-side.ts";
import { ask, askSide } from "./doctor-side.ts";
import { supportFinding } from "./doctor-support.ts";
import type { ExitCode } from "../exit-code.ts";
import { json } from "../json.ts";
import { mappingFile } from "../load-mapping.ts";

export function doctorCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("doctor")
    .description("Check the database, keys, scopes, lists and clocks. Prints a fix for each problem.")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      if (app.watched && options.quiet !== true) app.talk("Asking the database, HubSpot and Klaviyo\n");
      const findings = await examine(app, mappingFile(app, options));
      const exitCode = verdict(findings);
      const count = (level: Finding["level"]) => findings.filter((one) => one.level === level).length;
      const told = findings.map(({ what, level, says, fix }) => ({ what, level, says, fix }));
      app.out(
        options.json
          ? json({ findings: told, problems: count("error"), warnings: count("warning"), exitCode })
          : findingsText(findings),
      );
      exit(exitCode);
    });
}

/** Asks everything, whatever is wrong with some of it. Nothing is written to a vendor. */
export async function examine(app: App, path: string): Promise<readonly Finding[]> {
  const { mapping, diagnostics, text } = readMapping(path);
  const refused = diagnostics.some(({ severity }) => severity === "error");
  const usable = refused ? null : mapping;
  return [
    nodeFinding(process.versions.node),
    ...mappingFindings(path, usable, diagnostics),
    ...(await askDatabase(app, usable)),
    ...(usable === null ? [] : await askAccounts(app, usable, { file: path, text })),
  ];
}

async function askAccounts(app: App, mapping: Mapping, origin: MappingText): Promise<readonly Finding[]> {
  const { findings, secrets, missing } = secretFindings(mapping, app.env);
  const connectors = await app.connect(mapping, secrets, null);
  const sides = await Promise.all(
    SIDES.map(async (side): Promise<CheckedSide> => {
      const version = supportFinding(side, mapping, app.now());
      if (missing.has(side)) return { findings: [version], schema: null };
      const checked = await askSide(connectors[side], mapping, app.signal);
      return { ...checked, findings: [version, ...checked.findings] };
    }),
  );
  const found = [...findings, ...sides.flatMap((side) => side.findings)];
  const [hubspot = null, klaviyo = null] = sides.map(({ schema }) => schema);
  if (hubspot !== null && klaviyo !== null) {
    found.push(...nameFindings(mapping, { hubspot, klaviyo }, origin));
    const what = "engagement.names";
    const shown = await ask(() =>
      checkEngagementRemote(app, connectors, mapping, { hubspot, klaviyo }, origin),
    );
    // The way of showing it has its own lines.
    const told = "value" in shown ? shown.value.filter(({ code }) => code !== "M332") : [];
    if ("refused" in shown) found.push(fromProblem(what, shown.refused.problem));
    found.push(...withoutNotes(told).map((one) => fromDiagnostic(what, one)));
  }
  if (klaviyo !== null) found.push(...(await askSubscribing(app, connectors.klaviyo, mapping, origin)));
  if (hubspot !== null)
    found.push(...sinkFindings(await askSinks(connectors.hubspot.engagement, app.signal), mapping));
  return found;
}

/** May the key do what the mapping needs, and no more? */
async function askSubscribing(
  { signal }: App,
  klaviyo: Connector,
  mapping: Mapping,
  origin: MappingText,
): Promise<readonly Finding[]> {
  const what = "klaviyo.subscriptions";
  const answer = await ask(() => klaviyo.consent.mayWrite(signal));
  if ("refused" in answer) return [fromProblem(what, answer.refused.problem)];
  const told = subscribingFindings(mapping, answer.value, origin);
  if (told.length > 0) return told.map((one) => fromDiagnostic(what, one));
  if (answer.value === null)
    return [ok(what, "Whether the Klaviyo key may change subscriptions is not told")];
  const needs = whatSubscribes(mapping);
  return [
    needs === null
      ? ok(what, "The Klaviyo key cannot change subscriptions, and nothing needs it to")
      : ok(what, `The Klaviyo key may change subscriptions: ${needs}`),
  ];
}
