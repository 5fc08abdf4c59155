import { Cron } from "croner";

/** When a lane runs: a duration after its last start, or at the times of a cron expression. */
export type Times =
  { readonly kind: "every"; readonly ms: number } | { readonly kind: "cron"; readonly cron: string };

/** A schedule as it is kept, or what is wrong with it. */
export type Schedule =
  | { readonly text: string; readonly shortestMinutes: number }
  | { readonly wrong: string; readonly help: string };

const CRON_HELP =
  'write `every 15m`, `every 2h`, `every 1d`, or a cron expression in quotes such as `"0 3 * * *"`';

const EVERY = /^every\s+(\d{1,4})\s?(s|m|h|d)$/;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `every 15m` or a five-field cron expression. */
export function schedule(text: string): Schedule {
  const every = EVERY.exec(text.trim());
  if (every !== null) return interval(Number(every[1]), every[2] ?? "");
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return { wrong: `\`${text}\` is not a schedule`, help: CRON_HELP };
  for (const [index, field] of fields.entries()) {
    const rule = FIELDS[index];
    if (rule !== undefined && !fits(field, rule)) {
      const range = `${rule.low}–${rule.high}`;
      return { wrong: `\`${field}\` is not a ${rule.name} (${range})`, help: CRON_HELP };
    }
  }
  const cron = fields.join(" ");
  if (new Cron(cron, { timezone: "UTC", paused: true }).nextRun() === null)
    return { wrong: `\`${cron}\` is a time that never comes`, help: CRON_HELP };
  return { text: cron, shortestMinutes: shortestMinutes(fields[0] ?? "") };
}

/**
 * The times of a schedule that `schedule` accepted. The demo's interval, and a test's, may be of seconds.
 *
 * @throws RangeError where the text is no schedule
 */
export function timesOf(text: string): Times {
  const every = EVERY.exec(text);
  if (every === null) return { kind: "cron", cron: text };
  const ms = Number(every[1]) * (UNITS[every[2] ?? ""] ?? 0);
  if (ms === 0) throw new RangeError(`${text} is not a schedule`);
  return { kind: "every", ms };
}

function interval(count: number, unit: string): Schedule {
  const text = `every ${count}${unit}`;
  if (unit !== "s" && count > 0)
    return { text, shortestMinutes: Math.min(60, (count * (UNITS[unit] ?? 0)) / 60_000) };
  const help = "the shortest is `every 1m`, and `every 5m` or longer leaves room for the API limits";
  return { wrong: `\`${text}\` is too short`, help };
}

interface CronField {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const FIELDS: readonly CronField[] = [
  { name: "minute", low: 0, high: 59, names: [] },
  { name: "hour", low: 0, high: 23, names: [] },
  { name: "day of the month", low: 1, high: 31, names: [] },
  { name: "month", low: 1, high: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { name: "day of the week", low: 0, high: 7, names: "sun mon tue wed thu fri sat".split(" ") },
];

/** `*`, `5`, `1-5`, `mon-fri`, each with `/step` where it is a range, and lists of these. */
function fits(field: string, rule: CronField): boolean {
  return field.split(",").every((part) => {
    const [range = "", step, more] = part.split("/");
    const ends = range.split("-");
    const spans = range === "*" || ends.length === 2;
    if (more !== undefined || ends.length > 2) return false;
    if (step !== undefined && !(spans && /^[1-9]\d?$/.test(step))) return false;
    if (range === "*") return true;
    const numbers = ends.map((end) => ordinal(end, rule));
    return numbers.every((number) => number !== null) && (numbers[0] ?? 0) <= (numbers[1] ?? numbers[0] ?? 0);
  });
}

function ordinal(end: string, rule: CronField): number | null {
  const named = rule.names.indexOf(end.toLowerCase());
  if (named !== -1) return named + rule.low;
  const number = /^\d{1,2}$/.test(end) ? Number(end) : -1;
  return number >= rule.low && number <= rule.high ? number : null;
}

/**
 * The longest time between two runs of a schedule, in milliseconds: later than that, one is missing. Days that are not
 * all named count by their widest gap, months by the year.
 */
export function longestGapMs(text: string): number {
  const times = timesOf(text);
  return times.kind === "every" ? times.ms : longestGapOfCron(times.cron);
}

function longestGapOfCron(cron: string): number {
  const fields = cron.trim().split(/\s+/);
  const [minutes, hours, days, months, weekdays] = fields.map((field, index) => valuesOf(field, index));
  if (!minutes || !hours || !days || !months || !weekdays) throw new RangeError(`${cron} is not a schedule`);
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  // With both kinds of days given, cron takes either: the nearer one is soon enough.
  const named = [
    ...(fields[2] === "*" ? [] : [Math.max(...gaps(days, 31))]),
    ...(fields[4] === "*" ? [] : [Math.max(...gaps([...new Set(weekdays.map((day) => day % 7))], 7))]),
  ];
  const dayGap = fields[3] === "*" ? Math.min(...(named.length === 0 ? [1] : named)) : 366;
  return (Math.max(...gaps(times, MINUTES_A_DAY)) + (dayGap - 1) * MINUTES_A_DAY) * 60_000;
}

const MINUTES_A_DAY = 24 * 60;

/** The shortest time between two runs that the minute field allows; an hour or more counts as an hour. */
function shortestMinutes(field: string): number {
  return Math.min(60, ...gaps(valuesOf(field, 0), 60));
}

/** What a field that fits stands for, by its place. */
function valuesOf(field: string, place: number): readonly number[] {
  const rule = FIELDS[place];
  if (rule === undefined) return [];
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step = "1"] = part.split("/");
    const [low = 0, high = low] =
      range === "*" ? [rule.low, rule.high] : range.split("-").map((end) => ordinal(end, rule) ?? 0);
    for (let value = low; value <= high; value += Number(step)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

/** From each to the next, and from the last round to the first. */
function gaps(sorted: readonly number[], round: number): readonly number[] {
  return sorted.map((value, index) => (sorted[index + 1] ?? (sorted[0] ?? 0) + round) - value);
}
