import type { Timing } from "./rate-limiter.ts";
import { isUrgent } from "./urgent.ts";

/** A day of a system's daily quota, in the time zone of the account. */
export interface QuotaDay {
  /** `2026-11-30`. */
  readonly day: string;
  /** When the next one begins. Milliseconds since 1970. */
  readonly endsAt: number;
}

/** Where the calls of a day are counted, so that neither a restart nor a second process begins at zero. */
export interface DayCount {
  /**
   * Adds calls to a day before they are made.
   *
   * @param allowed Tandem's part of the day; `null` where the system has not told its limit
   * @returns how many there are of that day now, these included, whichever process made them
   */
  add(day: QuotaDay, calls: number, allowed: number | null): Promise<number>;
}

/** Counts what this process calls: for commands without a database, and for tests. */
export function countHere(): DayCount {
  const days = new Map<string, number>();
  return {
    add({ day }, calls) {
      const total = (days.get(day) ?? 0) + calls;
      days.set(day, total);
      return Promise.resolve(total);
    },
  };
}

/** Why no call may go, and what there was to use. */
export interface DayUsedUp {
  /** `share`: Tandem made its part of the calls. `account`: all tools together have left hardly any. */
  readonly why: "share" | "account";
  readonly limit: number;
  readonly allowed: number;
  readonly reserve: number;
  readonly endsAt: number;
}

/** What one day of an account may cost. */
export interface DayBudget {
  /**
   * Counts one call, or does not let it go.
   *
   * @throws what `out` makes of it
   */
  take(): Promise<void>;
  /** What an answer said of the whole account's day. */
  learn(told: { readonly limit: number; readonly left: number }): void;
  /** Tandem's part of the day and what is left of it; `null` before the system told its limit. */
  state(): { readonly allowed: number; readonly left: number } | null;
}

export interface DayBudgetDeps extends Pick<Timing, "now"> {
  /** The part of the day's calls that may be used, 0–1. */
  readonly share: number;
  readonly count: DayCount;
  readonly today: (now: number) => QuotaDay;
  readonly out: (usedUp: DayUsedUp) => Error;
}

/** Counted this many at a time: so many calls at most are counted and not made when a process ends. */
const BLOCK = 20;
/** Of Tandem's part this much is kept for opt-outs, and at least so many calls: two a minute for a day. */
const RESERVE_SHARE = 0.05;
const SMALLEST_RESERVE = 2_880;
/** What other tools left is asked again after so long: they may have been given more. */
const TOLD_FOR_MS = 60 * 60_000;

/** What is kept of a day for opt-outs: never more than half of it. */
function reserveOf(allowed: number): number {
  return Math.min(Math.floor(allowed / 2), Math.max(SMALLEST_RESERVE, Math.ceil(allowed * RESERVE_SHARE)));
}

/** Bounds a day by a share of the system's daily quota. A system that tells of none has none. */
export function dayBudget({ share, count, today, out, now }: DayBudgetDeps): DayBudget {
  let limit: number | null = null;
  let current = "";
  /** Of this day: counted by anybody, and counted by us for calls that are still to come. */
  let [counted, spare] = [0, 0];
  let account: { readonly left: number; readonly at: number } | null = null;
  let adding: Promise<void> | null = null;

  const allowedOf = (all: number): number => Math.floor(all * share);
  const begin = (day: string): void => {
    if (day === current) return;
    current = day;
    [counted, spare] = [0, 0];
    account = null;
  };
  const check = (endsAt: number): void => {
    if (limit === null) return;
    const allowed = allowedOf(limit);
    const reserve = reserveOf(allowed);
    const kept = isUrgent() ? 0 : reserve;
    const usedUp = { limit, allowed, reserve, endsAt };
    if (allowed - (counted - spare) <= kept) throw out({ ...usedUp, why: "share" });
    const isKnown = account !== null && now() - account.at < TOLD_FOR_MS;
    if (isKnown && (account?.left ?? 0) <= kept) throw out({ ...usedUp, why: "account" });
  };
  /** What was stored of the day last; a limit that was told since is stored with the next call. */
  let stored: number | null = null;
  const add = async (day: QuotaDay): Promise<void> => {
    const calls = spare > 0 ? 0 : BLOCK;
    const allowed = limit === null ? null : allowedOf(limit);
    const total = await count.add(day, calls, allowed);
    stored = allowed;
    if (day.day !== current) return;
    counted = total;
    spare += calls;
  };

  return {
    async take() {
      for (;;) {
        const day = today(now());
        begin(day.day);
        check(day.endsAt);
        if (spare > 0 && (limit === null || stored === allowedOf(limit))) break;
        adding ??= add(day).finally(() => void (adding = null));
        await adding;
      }
      spare -= 1;
      if (account !== null) account = { ...account, left: account.left - 1 };
    },
    learn(told) {
      begin(today(now()).day);
      limit = told.limit;
      account = { left: told.left, at: now() };
    },
    state() {
      if (limit === null) return null;
      begin(today(now()).day);
      const allowed = allowedOf(limit);
      return { allowed, left: Math.max(0, allowed - (counted - spare)) };
    },
  };
}
