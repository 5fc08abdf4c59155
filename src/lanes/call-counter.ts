import type { Connector } from "../connectors/connector.ts";
import type { PerSide } from "../model/side.ts";
import type { RunCounts } from "../store/runs/runs.ts";

/** Counts what a run asks of both systems, from here on; asked again it tells all since then. */
export function callCounter(connectors: PerSide<Pick<Connector, "requests">>): () => RunCounts {
  const made = (side: keyof typeof connectors): number =>
    [...connectors[side].requests().values()].reduce((sum, count) => sum + count, 0);
  const before = { hubspot: made("hubspot"), klaviyo: made("klaviyo") };
  return () => ({
    hubspot_calls: made("hubspot") - before.hubspot,
    klaviyo_calls: made("klaviyo") - before.klaviyo,
  });
}
