/** A stretch of the week without runs, in the mapping's time zone. */
export interface QuietTime {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes since midnight. An end before its beginning is on the next day. */
  readonly from: number;
  readonly to: number;
}

/** Is it quiet at this moment of the week? The end itself is not. */
export function isQuiet(times: readonly QuietTime[], day: number, minute: number): boolean {
  const before = (day + 6) % 7;
  return times.some(({ days, from, to }) => {
    const overnight = to <= from;
    const today = days.includes(day) && minute >= from && (overnight || minute < to);
    return today || (overnight && days.includes(before) && minute < to);
  });
}
