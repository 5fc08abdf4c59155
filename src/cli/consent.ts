import type { Command } from "commander";
import type { LedgerProof } from "../consent/verify-ledger.ts";
import { verifyLedger } from "../consent/verify-ledger.ts";
import { counted, grouped } from "../status/count-words.ts";
import { openConnection } from "../store/connections.ts";
import type { ConsentPair } from "../store/consent-ledger.ts";
import { consentPairs } from "../store/consent-ledger.ts";
import type { App, CommonOptions } from "./app.ts";
import { withDatabase } from "./engine.ts";
import type { ExitCode } from "./exit-code.ts";
import { EXIT } from "./exit-code.ts";
import { json } from "./json.ts";
import { loadMapping } from "./load-mapping.ts";

export function consentCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  const consent = program.command("consent").description("what is known of people's consent, and its proof");
  consent
    .command("audit")
    .description("reads the whole consent ledger and proves that nothing in it was changed")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const proof = await withDatabase(app, verifyLedger);
      app.out(options.json ? json(proof) : audit(proof));
      exit(proof.broken === null ? EXIT.done : EXIT.failing);
    });
  consent
    .command("compare")
    .description("how many people are in which state of consent on both sides")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { mapping } = loadMapping(app, options);
      const pairs = await withDatabase(app, async (database) => {
        const { id } = await openConnection(database, mapping.name);
        return consentPairs(database, id);
      });
      app.out(options.json ? json({ pairs }) : compare(pairs));
      exit(EXIT.done);
    });
}

function audit({ entries, hash, broken, kinds }: LedgerProof): string {
  const counts = `${grouped(kinds["opted_out"] ?? 0)} opt-outs, ${grouped(kinds["opted_in"] ?? 0)} people who came back by themselves`;
  if (broken !== null) {
    return [
      `✖ The consent ledger is broken at entry ${broken.seq}: ${broken.how}.`,
      `  The ${counted(entries, "entry", "entries")} before it are whole.`,
      "  Somebody wrote to the database past Tandem. Restore a backup, and compare.",
      "",
    ].join("\n");
  }
  return [
    `✔ The consent ledger is whole: ${counted(entries, "entry", "entries")}, ${counts}.`,
    "  People subscribed by Tandem: 0. There is no code that could.",
    ...(entries > 0
      ? [`  Last hash: ${hash}`, "  Note it down: it proves later that nothing before it was changed."]
      : []),
    "",
  ].join("\n");
}

/** States in which one side sends and the other must not. */
function isMismatch({ hubspot, klaviyo }: ConsentPair): boolean {
  const out = (state: string) => state === "unsubscribed" || state === "suppressed";
  return out(hubspot) !== out(klaviyo) && hubspot !== "none" && klaviyo !== "none";
}

function compare(pairs: readonly ConsentPair[]): string {
  if (pairs.length === 0) return "Nobody is linked yet.\n";
  const rows = pairs.map((pair) => {
    const mark = isMismatch(pair) ? `⚠ one side has opted out, the other has not; like ${pair.example}` : "";
    return `  ${pair.hubspot.padEnd(18)} ${pair.klaviyo.padEnd(18)} ${grouped(pair.people).padStart(9)}   ${mark}`.trimEnd();
  });
  const mismatched = pairs.filter(isMismatch).reduce((sum, { people }) => sum + people, 0);
  return [
    `  ${"HubSpot".padEnd(18)} ${"Klaviyo".padEnd(18)} ${"people".padStart(9)}`,
    ...rows,
    "",
    mismatched === 0
      ? "Nobody is opted out on one side only."
      : `${counted(mismatched, "person is", "people are")} opted out on one side only; \`tandem explain EMAIL\` tells of each.`,
    "",
  ].join("\n");
}
