import type { Tier } from "./operation-table.ts";

/** Fixed windows of one second, one minute and sometimes a day, for every operation apart. */
export interface RateLimits {
  /** Counts a call in; or says after how many seconds to come back, counting nothing. */
  enter(operation: string, tier: Tier, nowMillis: number): { readonly retryAfter: number } | RateHeaders;
  /** Forgets all windows. */
  clear(): void;
}

export type RateHeaders = Readonly<Record<string, string>>;

export interface Window {
  readonly length: number;
  readonly limit: number;
  start: number;
  used: number;
}

/** @param windows of each operation; changed in place */
export function rateLimits(windows: Map<string, Window[]>): RateLimits {
  return {
    enter(operation, tier, now) {
      let own = windows.get(operation);
      if (own === undefined) windows.set(operation, (own = windowsOf(tier)));
      for (const window of own) {
        if (now - window.start < window.length) continue;
        window.start = now;
        window.used = 0;
      }
      const full = own.filter((window) => window.used >= window.limit);
      if (full.length > 0) {
        const wait = Math.max(...full.map((window) => window.start + window.length - now));
        return { retryAfter: Math.max(1, Math.ceil(wait / 1_000)) };
      }
      for (const window of own) window.used += 1;
      const [burst] = own;
      const remaining = burst === undefined ? 0 : burst.limit - burst.used;
      const reset = burst === undefined ? 0 : Math.floor((burst.start + burst.length - now) / 1_000);
      return rateHeaders(tier, remaining, reset);
    },
    clear: () => windows.clear(),
  };
}

/** The headers of an answer that was let in; they show the burst window, whatever the documentation says. */
export function rateHeaders(tier: Tier, remaining: number, reset: number): RateHeaders {
  const daily = tier.daily === undefined ? "" : `, ${tier.daily};w=86400`;
  return {
    "ratelimit-limit": `${tier.burst}, ${tier.burst};w=1, ${tier.steady};w=60${daily}`,
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(reset),
  };
}

function windowsOf(tier: Tier): Window[] {
  const window = (length: number, limit: number): Window => ({
    length,
    limit,
    start: Number.NEGATIVE_INFINITY,
    used: 0,
  });
  const own = [window(1_000, tier.burst), window(60_000, tier.steady)];
  if (tier.daily !== undefined) own.push(window(86_400_000, tier.daily));
  return own;
}
