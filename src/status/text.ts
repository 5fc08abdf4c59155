import type { Overview, RunRow } from "../store/pages/overview.ts";
import { grouped } from "../model/count-words.ts";
import type { Health } from "./health.ts";
import { HEALTH_LABELS } from "../words/health-words.ts";
import { RUN_COUNTS, STATES, resultWords } from "../words/state-words.ts";
import { exact, fromNow, took } from "../words/time-words.ts";

/** What fits a terminal beside the rest; the errors page has them all. */
const CAUSES_SHOWN = 3;
const RUNS_SHOWN = 3;

/** The overview as lines of plain text, for `tandem status`. */
export function overviewText(overview: Overview, health: Health, now: Date): readonly string[] {
  return [
    `${overview.name}: ${HEALTH_LABELS[health.word].label}`,
    health.sentence,
    "",
    ...counters(overview),
    "",
    `Last sync              ${when(overview.lastFinishedAt, now, "not yet")}`,
    `Oldest waiting change  ${when(overview.oldestWaiting, now, "none")}`,
    ...connectionProblems(overview),
    ...causes(overview),
    ...runs(overview.runs, now),
  ].map(printable);
}

function counters({ counters: links, total }: Overview): readonly string[] {
  const rows = [
    ...STATES.map(({ state, label }) => [label, links[state]] as const),
    ["Total", total] as const,
  ];
  const width = Math.max(...rows.map(([, count]) => grouped(count).length));
  return rows.map(([label, count]) => `  ${label.padEnd(9)} ${grouped(count).padStart(width)}`);
}

function connectionProblems({ connectionProblems: problems }: Overview): readonly string[] {
  if (problems.length === 0) return [];
  const lines = problems.flatMap(({ code, title, explanation, fix, firstSeen }) => [
    `  ${code}  ${title}`,
    `    ${explanation}`,
    `    Since ${exact(firstSeen)}.`,
    ...fix.map((step, index) => `    ${index + 1}. ${step}`),
  ]);
  return ["", "The whole connection", ...lines];
}

function causes({ causes: all }: Overview): readonly string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, CAUSES_SHOWN);
  const width = Math.max(...shown.map(({ contacts }) => grouped(contacts).length));
  const lines = shown.map(
    ({ contacts, code, title }) => `  ${grouped(contacts).padStart(width)}  ${title} (${code})`,
  );
  const left = all.length - shown.length;
  return ["", "Needs you", ...lines, ...(left > 0 ? [`  and ${left} more on the errors page`] : [])];
}

function runs(rows: readonly RunRow[], now: Date): readonly string[] {
  if (rows.length === 0) return [];
  return ["", "Latest runs", ...rows.slice(0, RUNS_SHOWN).map((run) => `  ${runLine(run, now)}`)];
}

function runLine(run: RunRow, now: Date): string {
  const end = run.finishedAt;
  const counts = RUN_COUNTS.flatMap(({ key, label }) => {
    const count = run.counts[key];
    return count === undefined ? [] : [`${label.toLowerCase()} ${grouped(count)}`];
  });
  return [
    `run ${run.id}  ${fromNow(run.startedAt, now)}  ${run.kind}  ${resultWords(run).label}`,
    ...(end === null ? [] : [took(end.getTime() - run.startedAt.getTime())]),
    ...(counts.length === 0 ? [] : [counts.join(", ")]),
    ...(run.note === "" ? [] : [run.note]),
  ].join("  ");
}

function when(time: Date | null, now: Date, never: string): string {
  return time === null ? never : fromNow(time, now);
}

/** A value from outside must not steer the terminal, nor begin a new line. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, " ");
}
