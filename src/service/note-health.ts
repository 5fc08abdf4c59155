import type { Connector } from "../connectors/connector.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import { saveSideHealth } from "../store/runs/side-health.ts";
import type { Store } from "../store/database/store.ts";

/** What was last kept of a side says nothing more about now than this. */
const AT_LEAST_EVERY_MS = 60_000;

/**
 * Keeps how this process's calls went, for the pages and alerts of every process. A process that made no call since it
 * last did so leaves what another one kept.
 *
 * @param connectors those of the mapping in use
 */
export function noteHealth(
  store: Store,
  connectors: () => PerSide<Connector>,
  now: () => Date,
): () => Promise<void> {
  const kept = new Map<Side, { readonly requests: number; readonly at: number }>();
  return async () => {
    for (const side of SIDES) {
      const connector = connectors()[side];
      const requests = [...connector.requests().values()].reduce((sum, count) => sum + count, 0);
      const before = kept.get(side);
      const { endpoints } = connector.health();
      const quiet = before?.requests === requests || (before === undefined && requests === 0);
      // While calls of the last hour fall out of it, the numbers change without a call.
      const fades = endpoints.length > 0 && now().getTime() - (before?.at ?? 0) >= AT_LEAST_EVERY_MS;
      if (quiet && !fades) continue;
      kept.set(side, { requests, at: now().getTime() });
      await saveSideHealth(store, side, connector.health(), now());
    }
  };
}
