import { randomUUID } from "node:crypto";
import type { Reply } from "../../route.ts";
import { nextMidnight } from "../../time-zone.ts";
import type { Settings, Tier } from "../settings.ts";
import type { Token } from "./token.ts";

/** Counts calls against the limits of the portal and of each app. */
export interface RateLimits {
  /** Counts a call; the 429 where there is no room for it. */
  admit(token: Limited, kind: LimitKind): Reply | null;
  headers(token: Limited, kind: LimitKind): Record<string, string>;
  daily(): { readonly limit: number; readonly used: number; readonly resetsAt: number };
}

/** An app behind a token; apps that sign in with OAuth have their own limit and none a day. */
type Limited = Pick<Token, "appId" | "kind">;

const TEN_SECONDS = 10_000;
const ONE_SECOND = 1_000;
const OAUTH_BURST = 110;
/** Of custom events, which count neither in ten seconds nor in a day. */
const SENDS_A_SECOND = 1_250;
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

/** What was counted so far, as plain data. Times are milliseconds since 1970. */
export interface LimitData {
  /** Calls of the last ten seconds, per app. */
  readonly bursts: Map<string, Window>;
  /** Counted for the whole portal. */
  readonly searches: Window;
  /** Sendings of custom events. */
  readonly sends: Window;
  usedToday: number;
  resetsAt: number;
}

export function noCalls(settings: Settings, now: number): LimitData {
  return {
    bursts: new Map(),
    searches: { times: [] },
    sends: { times: [] },
    usedToday: 0,
    resetsAt: nextMidnight(now, settings.timeZone),
  };
}

export function rateLimits(settings: Settings, now: () => number, data: LimitData): RateLimits {
  const { bursts, searches, sends } = data;

  const burstLimit = ({ kind }: Limited): number =>
    settings.burstLimit ?? (kind === "oauth" && settings.tier !== "off" ? OAUTH_BURST : BURST[settings.tier]);
  const dailyLimit = (): number => settings.dailyLimit ?? DAILY[settings.tier];
  const burstOf = (appId: string): Window => {
    const known = bursts.get(appId) ?? { times: [] };
    bursts.set(appId, known);
    return known;
  };
  const newDay = (): void => {
    if (now() < data.resetsAt) return;
    data.usedToday = 0;
    data.resetsAt = nextMidnight(now(), settings.timeZone);
  };

  return {
    admit(token, kind) {
      const { appId } = token;
      if (settings.tier === "off") return null;
      if (kind === "events") {
        return admit(sends, now(), ONE_SECOND, SENDS_A_SECOND) ? null : secondly();
      }
      newDay();
      const countedDaily = token.kind !== "oauth";
      if (countedDaily && data.usedToday >= dailyLimit()) {
        return tooMany("You have reached your daily limit.", {
          policyName: "DAILY",
          requestId: randomUUID(),
        });
      }
      if (kind === "burst" && !admit(burstOf(appId), now(), TEN_SECONDS, burstLimit(token))) {
        return tooMany("You have reached your ten_secondly_rolling limit.", {
          policyName: "TEN_SECONDLY_ROLLING",
          groupName: `publicapi:${countedDaily ? "private-apps" : "oauth"}:${settings.portalId}:${appId}`,
        });
      }
      if (kind === "search" && !admit(searches, now(), ONE_SECOND, settings.searchLimit)) return secondly();
      if (countedDaily) data.usedToday += 1;
      return null;
    },
    headers(token, kind) {
      if (settings.tier === "off" || kind === "events") return {};
      const daily: Record<string, string> =
        token.kind === "oauth"
          ? {}
          : {
              "X-HubSpot-RateLimit-Daily": String(dailyLimit()),
              "X-HubSpot-RateLimit-Daily-Remaining": String(Math.max(0, dailyLimit() - data.usedToday)),
            };
      if (kind !== "burst") return daily;
      const left = Math.max(0, burstLimit(token) - count(burstOf(token.appId), now(), TEN_SECONDS));
      return {
        ...daily,
        "X-HubSpot-RateLimit-Interval-Milliseconds": String(TEN_SECONDS),
        "X-HubSpot-RateLimit-Max": String(burstLimit(token)),
        "X-HubSpot-RateLimit-Remaining": String(left),
        "X-HubSpot-RateLimit-Secondly": String(Math.floor(burstLimit(token) / 10)),
        "X-HubSpot-RateLimit-Secondly-Remaining": String(Math.min(left, Math.floor(burstLimit(token) / 10))),
      };
    },
    daily() {
      newDay();
      const limit = dailyLimit();
      const { usedToday, resetsAt } = data;
      return { limit: Number.isFinite(limit) ? limit : DAILY.enterprise, used: usedToday, resetsAt };
    },
  };
}

/** A rolling window: when the calls of late came in. */
interface Window {
  times: number[];
}

function count(window: Window, now: number, span: number): number {
  const first = window.times.findIndex((time) => time > now - span);
  if (first !== 0) window.times = first < 0 ? [] : window.times.slice(first);
  return window.times.length;
}

/** Refused calls are not counted, so that waiting always helps. */
function admit(window: Window, now: number, span: number, limit: number): boolean {
  if (count(window, now, span) >= limit) return false;
  window.times.push(now);
  return true;
}

/** Recorded in this shape: a category, and no policy. */
function secondly(): Reply {
  const message = "You have reached your secondly limit.";
  const body = { status: "error", message, correlationId: randomUUID(), category: "RATE_LIMITS" };
  return { status: 429, body };
}

function tooMany(message: string, more: Readonly<Record<string, string>>): Reply {
  const body = { status: "error", message, errorType: "RATE_LIMIT", correlationId: randomUUID(), ...more };
  return { status: 429, body };
}

/** Which limits a call counts against; all but `events` count against the day. */
export type LimitKind = "burst" | "search" | "daily" | "events";
