import { actReason } from "../../consent/act-reason.ts";
import { provenWords } from "../../consent/proven-words.ts";
import type { LedgerProof } from "../../consent/verify-ledger.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import type { ConsentPair } from "../../store/consent/consent-ledger.ts";
import type { ChainProof } from "../../store/chains/prove-chain.ts";
import type { ConsentAct } from "../../store/consent/consent-report.ts";
import { exact } from "../../words/time-words.ts";

/** Somebody whom one side e-mails and the other does not, or whom the ledger remembers; and why that is so. */
export interface Difference {
  readonly email: string;
  readonly because: string;
}

export interface Comparison {
  readonly pairs: readonly ConsentPair[];
  readonly differences: readonly Difference[];
}

/** The ledger's proof, and the last acts. */
export function auditText(
  proof: LedgerProof,
  audit: ChainProof,
  acts: readonly ConsentAct[],
  shown: number,
  comparesHead = false,
): string {
  const { entries, broken, kinds, head } = proof;
  if (broken !== null) {
    return lines([
      `✖ The consent ledger is broken at entry ${broken.seq}: ${broken.how}.`,
      `  The ${counted(entries, "entry", "entries")} before it are whole.`,
      "  Someone wrote to the database without Tandem. Restore a backup and compare.",
      ...auditLines(audit),
    ]);
  }
  const of = (kind: string): string => grouped(kinds[kind] ?? 0);
  return lines([
    `✔ The consent ledger is whole: ${counted(entries, "entry", "entries")}.`,
    ...(comparesHead ? ["  Nothing up to the given heads is missing or changed."] : []),
    ...provenWords(proof).map((line) => `  ${line}`),
    `  Seen: ${of("opted_out")} opt-outs, ${of("first_opted_in")} first opt-ins, ${of("opted_in")} people who opted back in.`,
    `  Done by Tandem: ${of("carried")} opt-outs synced, ${of("asked")} subscribe requests, ${of("restored")} opt-outs restored.`,
    `  Not done: ${of("blocked")} people who were not subscribed because something spoke against it.`,
    ...(head === null
      ? []
      : [
          `  Head: ${head}`,
          "  Keep it outside of the database: `tandem consent audit --since HEAD` proves later that nothing before it is missing or changed.",
        ]),
    ...auditLines(audit),
    ...acts.slice(-shown).map(actLine),
    ...(acts.length > shown ? [`  … and ${grouped(acts.length - shown)} before; --all for every one`] : []),
  ]);
}

/** Who did what is chained and sealed as the ledger is. */
function auditLines(audit: ChainProof): readonly string[] {
  const { entries, broken, head, cut } = audit;
  if (broken !== null) return [`✖ The audit is broken at row ${broken.seq}: ${broken.how}.`];
  return [
    `✔ The audit is whole: ${counted(entries, "row")}.`,
    ...(cut === null
      ? []
      : [
          `  Rows 1 to ${cut.seq} were removed on ${cut.at.toISOString().slice(0, 10)}, as \`privacy.keep_audit\` says.`,
        ]),
    ...provenWords(audit).map((line) => `  ${line}`),
    ...(head === null ? [] : [`  Head: ${head}`]),
  ];
}

const WORDS: Readonly<Partial<Record<ConsentAct["kind"], string>>> = {
  carried: "opt-out synced",
  asked: "subscribe request",
  restored: "opt-out restored",
  confirmed: "confirmed",
  blocked: "not subscribed",
};

function actLine({ at, kind, side, list, evidence, email }: ConsentAct): string {
  const when = exact(at);
  const where = SIDE_NAMES[side];
  const on = list === null ? "" : ` list ${list}`;
  return `  ${when}  ${(WORDS[kind] ?? kind).padEnd(20)} ${email ?? "(no longer linked)"}  ${where}${on}: ${actReason(evidence)}`;
}

/** How many are in which state on both sides, and each difference with its reason. */
export function compareText({ pairs, differences }: Comparison, most: number): string {
  if (pairs.length === 0) return "No contacts are linked yet.\n";
  const rows = pairs.map(({ hubspot, klaviyo, people }) =>
    `  ${hubspot.padEnd(18)} ${klaviyo.padEnd(18)} ${grouped(people).padStart(9)}`.trimEnd(),
  );
  return lines([
    `  ${"HubSpot".padEnd(18)} ${"Klaviyo".padEnd(18)} ${"people".padStart(9)}`,
    ...rows,
    "",
    differences.length === 0
      ? "HubSpot, Klaviyo and the ledger agree for every contact."
      : `${counted(differences.length, "person", "people")} with a difference, or with an entry in the ledger only:`,
    ...differences.slice(0, most).map(({ email, because: why }) => `  ${email}: ${why}`),
    ...(differences.length > most
      ? [`  … and ${grouped(differences.length - most)} more; --all for every one`]
      : []),
  ]);
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
