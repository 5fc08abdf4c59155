const UNITS: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const DURATION = /^([1-9]\d{0,5})(s|m|h|d)$/;

/** `30s`, `15m`, `6h`, `1d` in milliseconds; `null` where it is none. */
export function durationMs(text: string): number | null {
  const parts = DURATION.exec(text);
  const unit = UNITS[parts?.[2] ?? ""];
  return parts === null || unit === undefined ? null : Number(parts[1]) * unit;
}
