import { SystemUnavailable } from "../../model/problem.ts";
import type { Timing } from "./governor.ts";

/** What keeps calls from a system that said when it will take them again. */
export interface Door {
  /** Throws what shut it, with what is left of its time, while it is shut. */
  pass(): void;
  /** Nothing is sent for `retryAfterMs` of what it said, or until it is time to ask whether that still holds. */
  shut(out: SystemUnavailable): void;
}

/** An account may be given more calls before its day is over: it is asked so often, and no oftener. */
const ASK_EVERY_MS = 60 * 60_000;

/**
 * A wait beyond this is no call's to sleep through: nobody would see why a run stands still. The call ends, and the door
 * is shut for so long.
 */
export const LONGEST_WAIT_MS = 90_000;

/** Lanes come back every minute; without this each of them would spend a call on hearing the same refusal again. */
export function door({ now: wall, steady: now = wall }: Pick<Timing, "now" | "steady">): Door {
  let last: { readonly out: SystemUnavailable; readonly opensAt: number; readonly askAt: number } | null =
    null;
  return {
    pass() {
      if (last === null) return;
      const { out, opensAt, askAt } = last;
      const time = now();
      if (time < askAt) throw new SystemUnavailable(out.side, out.problem, opensAt - time, out);
      last = null;
    },
    shut(out) {
      const time = now();
      const forMs = out.retryAfterMs ?? 0;
      last = { out, opensAt: time + forMs, askAt: time + Math.min(forMs, ASK_EVERY_MS) };
    },
  };
}
