import type { Clearance } from "../../model/consent.ts";
import type { SubscribeResult } from "../connector.ts";
import type { Person } from "./consent-endpoints.ts";
import { KlaviyoFailure } from "./failure.ts";
import { problemOfFailure } from "./problems.ts";
import { TooLate, whileFresh } from "./while-fresh.ts";
import { nothing } from "./wire.ts";
import type { WriteSettings } from "./write-single.ts";

/** Klaviyo takes a thousand; few at once keep what is asked for close to what was read (facts § 5.6). */
const LARGEST_BATCH = 50;

/**
 * The one place that asks Klaviyo to subscribe anybody. The call takes suppressions away, so it takes nothing but
 * clearances, and it is sent once: not even a lost answer brings it out again. One that had to wait for its turn until
 * what was read is no longer fresh is not sent at all. Rejects with `SystemUnavailable` where nothing was sent.
 */
export async function subscribe(
  {
    calls,
    client,
    signal,
    now,
  }: Pick<WriteSettings, "calls" | "client" | "signal"> & { readonly now: () => number },
  clearances: readonly Clearance[],
): Promise<readonly SubscribeResult[]> {
  const results = new Map<Clearance, SubscribeResult>();
  const byList = Map.groupBy(clearances, ({ list }) => list);
  for (const [list, group] of byList) {
    for (let start = 0; start < group.length; start += LARGEST_BATCH) {
      const batch = group.slice(start, start + LARGEST_BATCH);
      const people = batch.map(({ profile, email }) => ({ id: profile, email }));
      const result = await sendOnce(list, people, Math.min(...batch.map(({ readAt }) => readAt)));
      for (const clearance of batch) results.set(clearance, result);
    }
  }
  return clearances.map((clearance) => results.get(clearance) ?? { outcome: "unknown" });

  async function sendOnce(list: string, people: readonly Person[], readAt: number): Promise<SubscribeResult> {
    try {
      await calls.write(whileFresh(client.subscribe(people, list), readAt, now), nothing, signal);
      return { outcome: "accepted" };
    } catch (error) {
      if (error instanceof TooLate) return { outcome: "unknown" };
      if (!(error instanceof KlaviyoFailure)) {
        if (results.size === 0) throw error;
        return { outcome: "unknown" };
      }
      if (error.ambiguous) return { outcome: "unknown" };
      return { outcome: "refused", problem: problemOfFailure(error, { list }) };
    }
  }
}
