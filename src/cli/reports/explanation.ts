import { consentAnswer } from "../../consent/consent-answer.ts";
import { rememberedVerdict } from "../../consent/remembered-verdict.ts";
import type { Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES, perSide } from "../../model/side.ts";
import type { ContactPlan } from "../../plan/planned.ts";
import type { MergedField } from "../../reconcile/merge-contact.ts";
import type { LedgerEntry } from "../../store/consent/consent-ledger.ts";
import type { HistoryEntry, PersonHistory } from "../../store/people/person-history.ts";
import { blockedBy, lastWriters, nextWords, outcomeWords, shown } from "../../words/field-words.ts";
import { newerWords } from "../../words/newer-words.ts";

/** Entries of the history that are printed; `--json` has all that were read. */
const ENTRIES_SHOWN = 10;

/** One person in full: where they are, what each side shows, what was agreed, what the next run does and why, and what was done. */
export function explanation(
  plan: ContactPlan,
  history: PersonHistory,
  ledger: readonly LedgerEntry[],
): string {
  const { link, sightings, duplicates } = plan.known;
  const rules = SIDES.flatMap((side) => sightings[side]?.rules ?? []);
  const writers = lastWriters(history);
  const lines = [
    `${link.email}   ${plan.state.replace("_", " ")}${plan.reason === "" ? "" : `: ${plan.reason}`}`,
    ...SIDES.map((side) => `  ${SIDE_NAMES[side]}  ${link.ids[side] ?? "no contact linked"}`),
    `  Rules    ${rules.length === 0 ? "none matches" : rules.join(", ")}`,
    ...SIDES.flatMap((side) =>
      duplicates[side].length === 0
        ? []
        : [`  Also in ${SIDE_NAMES[side]} with this address: ${duplicates[side].join(", ")}`],
    ),
    `  Consent  ${consent(plan, ledger)}`,
    "",
    ...plan.merged.flatMap((one) => field(one, plan, writers.get(one.rule.key) ?? null)),
    "",
    ...plan.problems.flatMap(({ code, title, explanation: why, fix }) => [
      `✕ ${title} (${code})`,
      `  ${why}`,
      ...fix.map((step, index) => `  ${index + 1}. ${step}`),
      "",
    ]),
    `Next run: ${nextWords(plan)}`,
    "",
    ...past(history, plan),
  ];
  return lines.join("\n");
}

function consent({ known }: ContactPlan, ledger: readonly LedgerEntry[]): string {
  const consents = perSide((side) => known.sightings[side]?.consent ?? null);
  const { label, because: why } = consentAnswer(consents, rememberedVerdict(ledger));
  return `${label}: ${why}`;
}

/** One line where the sides agree; where they do not, both values, what was agreed, and what becomes of it. */
function field(merged: MergedField, plan: ContactPlan, writer: HistoryEntry | null): readonly string[] {
  const { rule, seen, agreed, ages, merge } = merged;
  const name = `${rule.property.hubspot} ↔ ${rule.property.klaviyo}`;
  const written = writer === null ? "" : `   last written to ${SIDE_NAMES[writer.side]}, ${when(writer)}`;
  if (merge.kind === "settled" && merge.because === "same") {
    return [`  ✓ ${name}   ${shown(seen.hubspot ?? null)}${written}`];
  }
  const value = (side: Side): string => {
    if (seen[side] !== undefined) return shown(seen[side] ?? null);
    return plan.known.sightings[side]?.unreadable[rule.key] === undefined
      ? "(not shown)"
      : "(cannot be read, see below)";
  };
  const base = (side: Side): string => (agreed === undefined ? "(never agreed)" : shown(agreed[side]));
  const mark = blockedBy(merged, plan) !== null ? "✕" : merge.kind === "write" ? "→" : "·";
  const way = { both: "both ways", to_klaviyo: "to Klaviyo only", to_hubspot: "to HubSpot only" };
  return [
    `  ${mark} ${name}   ${way[rule.direction]}${written}`,
    ...SIDES.map((side) => `      ${SIDE_NAMES[side]}  ${value(side)}   agreed ${base(side)}`),
    `      ${outcomeWords(merged, plan)}`,
    ...(ages !== null && merge.kind === "write" && merge.lost !== null
      ? [`      ${newerWords(ages, merge.lost.winner)}`]
      : []),
  ];
}

function past({ entries, conflicts }: PersonHistory, { merged }: ContactPlan): readonly string[] {
  if (entries.length === 0) return ["History: Tandem has written nothing for this person.", ""];
  const name = (key: string, side: Side): string =>
    merged.find(({ rule }) => rule.key === key)?.rule.property[side] ?? key;
  const lines = entries.slice(0, ENTRIES_SHOWN).map((entry) => {
    const what = Object.entries(entry.after).map(([key, value]) => {
      if (key === "list") return `list ${shown(value)}`;
      if (entry.refusedFields.includes(key)) return `${name(key, entry.side)}: rejected`;
      const before = entry.kind === "update" ? `${shown(entry.before[key] ?? null)} -> ` : "";
      return `${name(key, entry.side)} ${before}${shown(value)}`;
    });
    const ended = entry.outcome === "done" ? "" : ` (${entry.outcome})`;
    return `  ${when(entry)}   ${entry.kind.replaceAll("_", " ")} in ${SIDE_NAMES[entry.side]}${ended}: ${what.join(", ")}`;
  });
  const more = entries.length > ENTRIES_SHOWN ? ["  … and earlier ones: --json"] : [];
  const lost = conflicts.map(
    ({ at, field: key, winner, won, lost: value }) =>
      `  ${minute(at)}   ${name(key, winner)}: ${SIDE_NAMES[winner]} won with ${shown(won)}; ${shown(value)} was overwritten`,
  );
  return [
    "History, the latest first:",
    ...lines,
    ...more,
    ...(lost.length > 0 ? ["Conflicts:", ...lost] : []),
    "",
  ];
}

function when({ at, runId }: HistoryEntry): string {
  return `${minute(at)}, run ${runId}`;
}

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
