import type { EngagementDay } from "../../store/feeds/engagement-days.ts";

/** What became of one metric's events over some days. */
export interface MetricTotals extends Omit<EngagementDay, "day" | "counted" | "countedAt"> {
  /** Over the days that the source was asked about. */
  readonly counted: number;
  /** Of these days, what was seen. */
  readonly seenOfCounted: number;
  /** Days of which something is missing, the latest first. */
  readonly daysMissing: readonly string[];
}

/** The days of each metric added up: `opened 1,204 of 1,204`. */
export function totalsOf(days: readonly EngagementDay[]): readonly MetricTotals[] {
  return [...Map.groupBy(days, ({ metric }) => metric).values()].flatMap((own): readonly MetricTotals[] => {
    const [first] = own;
    if (first === undefined) return [];
    const sum = (figure: (day: EngagementDay) => number): number =>
      own.reduce((total, day) => total + figure(day), 0);
    const { metric, kind, channel } = first;
    return [
      {
        metric,
        kind,
        channel,
        counted: sum(({ counted }) => counted ?? 0),
        seenOfCounted: sum(({ counted, seen }) => (counted === null ? 0 : seen)),
        seen: sum(({ seen }) => seen),
        recorded: sum(({ recorded }) => recorded),
        repeats: sum(({ repeats }) => repeats),
        machines: sum(({ machines }) => machines),
        outOfScope: sum(({ outOfScope }) => outOfScope),
        unknown: sum(({ unknown }) => unknown),
        waiting: sum(({ waiting }) => waiting),
        failed: sum(({ failed }) => failed),
        missing: sum(({ missing }) => missing),
        daysMissing: own.filter(({ missing }) => missing > 0).map(({ day }) => day),
      },
    ];
  });
}
