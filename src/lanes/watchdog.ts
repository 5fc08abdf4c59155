import type { Connector } from "../connectors/connector.ts";
import type { PerSide } from "../model/side.ts";

/** When a lane is given up, and how. Milliseconds, by a clock that never jumps. */
export interface LaneTimes {
  /** So often a lease is prolonged, while there is progress. */
  readonly beatMs: number;
  /** A run without progress for so long is ended. More than any single wait: a request, a Retry-After, a statement. */
  readonly stuckMs: number;
  /** Time that stopped work gets to end, before the run ends without it. */
  readonly endMs: number;
}

export const LANE_TIMES: LaneTimes = { beatMs: 4_000, stuckMs: 120_000, endMs: 5_000 };

/** The run ended because it made no progress. The next one recovers what it had sent. */
export class LaneStuck extends Error {
  constructor(name: string, ms: number) {
    super(`${name} made no progress for ${Math.round(ms / 1_000)} s and was ended; the next run recovers`);
    this.name = "LaneStuck";
  }
}

/** Watches one run for progress. */
export interface Watchdog {
  /** Aborts when there was no progress for too long. */
  readonly stuck: AbortSignal;
  progressed(): void;
  /** How long ago the last progress was. Milliseconds. */
  idleMs(): number;
  stop(): void;
}

/**
 * Progress is a page or step that was told, or another request made to a vendor: each of those has an end,
 * and so few tries that trying is no endless progress.
 *
 * @param connectors `undefined` where the work asks no vendor
 */
export function watchdog(
  name: string,
  connectors: PerSide<Pick<Connector, "requests">> | undefined,
  { stuckMs }: Pick<LaneTimes, "stuckMs">,
): Watchdog {
  const stuck = new AbortController();
  let last = performance.now();
  let made = requestsOf(connectors);
  const check = (): void => {
    const now = requestsOf(connectors);
    if (now !== made) last = performance.now();
    made = now;
    const idle = performance.now() - last;
    if (idle >= stuckMs && !stuck.signal.aborted) stuck.abort(new LaneStuck(name, idle));
  };
  const timer = setInterval(check, Math.min(1_000, stuckMs / 4));
  return {
    stuck: stuck.signal,
    progressed: () => void (last = performance.now()),
    idleMs: () => performance.now() - last,
    stop: () => clearInterval(timer),
  };
}

function requestsOf(connectors: PerSide<Pick<Connector, "requests">> | undefined): number {
  if (connectors === undefined) return 0;
  const sides = [connectors.hubspot, connectors.klaviyo];
  return sides.flatMap((side) => [...side.requests().values()]).reduce((sum, count) => sum + count, 0);
}
