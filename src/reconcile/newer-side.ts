import type { EditTime } from "../model/history/edit-time.ts";
import type { PerSide, Side } from "../model/side.ts";

/** Times nearer to each other than this are not told apart, whatever the clocks: vendors round to whole seconds. */
const EPSILON_MS = 2_000;

/**
 * The side whose value is certainly the newer one, or `null` where that cannot be told (CONTRACT.md, The newest wins):
 *
 *   one side's edit began to be possible after the other's was certainly done     that side
 *   the times overlap, or are nearer than two seconds and both clocks' skews       null
 *   a side's time is not known                                                     null
 *
 * Klaviyo knows one time for a whole profile, so its edits have a span; spans are compared, never single ends.
 */
export function newerSide(times: PerSide<EditTime | null>): Side | null {
  const { hubspot, klaviyo } = times;
  if (hubspot === null || klaviyo === null) return null;
  const apart = EPSILON_MS + Math.abs(hubspot.skewMs) + Math.abs(klaviyo.skewMs);
  if (beganAfter(hubspot, klaviyo, apart)) return "hubspot";
  return beganAfter(klaviyo, hubspot, apart) ? "klaviyo" : null;
}

function beganAfter(one: EditTime, other: EditTime, apart: number): boolean {
  // A look that came after the side's own time of the change says nothing more than that time.
  const began = Math.min(Date.parse(one.after ?? ""), Date.parse(one.until));
  return began > Date.parse(other.until) + apart;
}
