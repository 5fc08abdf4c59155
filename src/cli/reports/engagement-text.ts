import type { MetricTotals } from "../../feeds/engagement/completeness.ts";
import { grouped } from "../../model/count-words.ts";
import { DEED_WORDS, FATE_WORDS, messageWords } from "../../words/engagement-words.ts";
import { olderWords } from "../../words/older-words.ts";
import type { OlderProgress } from "../../store/feeds/engagement-older.ts";
import type { PersonEngagement } from "../../store/feeds/engagement-person.ts";

/** Days of `tandem status`. */
export const DAYS_TOLD = 30;

/** One line a metric: `Opened Email  1,204 of 1,204 seen: 1,170 shown, 31 by machines, 3 repeats`. */
export function completenessText(
  totals: readonly MetricTotals[],
  older: readonly OlderProgress[],
): readonly string[] {
  return [
    ...(totals.length === 0 ? [] : ["", `Engagement of the last ${DAYS_TOLD} days`, ...totals.map(line)]),
    ...(older.length === 0 ? [] : ["", "Engagement of before, for a larger backfill"]),
    ...older.map((one) => `  ${one.metric}  ${olderWords(one)}`),
  ];
}

function line(totals: MetricTotals): string {
  const { metric, counted, seen, seenOfCounted, missing, daysMissing } = totals;
  const parts = [
    `${grouped(totals.recorded)} shown`,
    ...part(totals.repeats, "repeats"),
    ...part(totals.machines, "by machines"),
    ...part(totals.outOfScope, "out of scope"),
    ...part(totals.unknown, "of people unknown to HubSpot"),
    ...part(totals.waiting, "waiting"),
    ...part(totals.failed, "failed"),
  ];
  // What came after the counting is seen and not counted yet.
  const all = Math.max(counted, seenOfCounted);
  const of = counted === 0 ? grouped(seen) : `${grouped(seenOfCounted)} of ${grouped(all)}`;
  const lost = missing === 0 ? "" : `; ${grouped(missing)} missing, last of ${daysMissing[0] ?? ""}`;
  return `  ${metric}  ${of} seen: ${parts.join(", ")}${lost}`;
}

function part(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${grouped(count)} ${what}`];
}

/** What somebody did last, and why any of it is not shown. */
export function engagementText(engagements: readonly PersonEngagement[]): readonly string[] {
  if (engagements.length === 0) return [];
  return ["Engagement, the latest first:", ...engagements.map(ofPerson), ""];
}

function ofPerson({ engagement, fate, reason }: PersonEngagement): string {
  const { at, kind, url } = engagement;
  const why = reason === "" ? "" : ` (${reason})`;
  const link = url === null ? "" : `: ${url}`;
  return `  ${at.slice(0, 16).replace("T", " ")} UTC   ${DEED_WORDS[kind]} ${messageWords(engagement)}${link}   ${FATE_WORDS[fate]}${why}`;
}
