import { randomUUID } from "node:crypto";
import type { Reply } from "../server.ts";
import type { LimitKind } from "./endpoint.ts";
import { nextMidnight } from "./portal-time.ts";
import type { Settings, Tier } from "./settings.ts";

/** Counts calls against the limits of the portal and of each app. */
export interface RateLimits {
  /** Counts a call; the 429 where there is no room for it. */
  admit(appId: string, kind: LimitKind): Reply | null;
  headers(appId: string, kind: LimitKind): Record<string, string>;
  daily(): { readonly limit: number; readonly used: number; readonly resetsAt: number };
}

const TEN_SECONDS = 10_000;
const ONE_SECOND = 1_000;
const BURST: Readonly<Record<Tier, number>> = {
  free: 100,
  professional: 190,
  enterprise: 190,
  off: Number.POSITIVE_INFINITY,
};
const DAILY: Readonly<Record<Tier, number>> = {
  free: 250_000,
  professional: 625_000,
  enterprise: 1_000_000,
  off: Number.POSITIVE_INFINITY,
};

export function rateLimits(settings: Settings, now: () => number): RateLimits {
  /** Per app; searches are counted for the whole portal. */
  const bursts = new Map<string, Window>();
  const searches = window();
  let usedToday = 0;
  let resetsAt = nextMidnight(now(), settings.timeZone);

  const burstLimit = (): number => settings.burstLimit ?? BURST[settings.tier];
  const dailyLimit = (): number => settings.dailyLimit ?? DAILY[settings.tier];
  const burstOf = (appId: string): Window => {
    const known = bursts.get(appId) ?? window();
    bursts.set(appId, known);
    return known;
  };
  const newDay = (): void => {
    if (now() < resetsAt) return;
    usedToday = 0;
    resetsAt = nextMidnight(now(), settings.timeZone);
  };

  return {
    admit(appId, kind) {
      if (settings.tier === "off") return null;
      newDay();
      if (usedToday >= dailyLimit()) {
        return tooMany("You have reached your daily limit.", {
          policyName: "DAILY",
          requestId: randomUUID(),
        });
      }
      if (kind === "burst" && !burstOf(appId).admit(now(), TEN_SECONDS, burstLimit())) {
        return tooMany("You have reached your ten_secondly_rolling limit.", {
          policyName: "TEN_SECONDLY_ROLLING",
          groupName: `publicapi:private-apps:${settings.portalId}:${appId}`,
        });
      }
      if (kind === "search" && !searches.admit(now(), ONE_SECOND, settings.searchLimit)) {
        // Recorded in this shape: a category, and no policy.
        const message = "You have reached your secondly limit.";
        const body = { status: "error", message, correlationId: randomUUID(), category: "RATE_LIMITS" };
        return { status: 429, body };
      }
      usedToday += 1;
      return null;
    },
    headers(appId, kind) {
      if (settings.tier === "off") return {};
      const daily = {
        "X-HubSpot-RateLimit-Daily": String(dailyLimit()),
        "X-HubSpot-RateLimit-Daily-Remaining": String(Math.max(0, dailyLimit() - usedToday)),
      };
      if (kind !== "burst") return daily;
      const left = Math.max(0, burstLimit() - burstOf(appId).count(now(), TEN_SECONDS));
      return {
        ...daily,
        "X-HubSpot-RateLimit-Interval-Milliseconds": String(TEN_SECONDS),
        "X-HubSpot-RateLimit-Max": String(burstLimit()),
        "X-HubSpot-RateLimit-Remaining": String(left),
        "X-HubSpot-RateLimit-Secondly": String(Math.floor(burstLimit() / 10)),
        "X-HubSpot-RateLimit-Secondly-Remaining": String(Math.min(left, Math.floor(burstLimit() / 10))),
      };
    },
    daily() {
      newDay();
      const limit = dailyLimit();
      return { limit: Number.isFinite(limit) ? limit : DAILY.enterprise, used: usedToday, resetsAt };
    },
  };
}

interface Window {
  admit(now: number, span: number, limit: number): boolean;
  count(now: number, span: number): number;
}

/** A rolling window: refused calls are not counted, so that waiting always helps. */
function window(): Window {
  let times: number[] = [];
  const count = (now: number, span: number): number => {
    const first = times.findIndex((time) => time > now - span);
    if (first !== 0) times = first < 0 ? [] : times.slice(first);
    return times.length;
  };
  return {
    count,
    admit(now, span, limit) {
      if (count(now, span) >= limit) return false;
      times.push(now);
      return true;
    },
  };
}

function tooMany(message: string, more: Readonly<Record<string, string>>): Reply {
  const body = { status: "error", message, errorType: "RATE_LIMIT", correlationId: randomUUID(), ...more };
  return { status: 429, body };
}
