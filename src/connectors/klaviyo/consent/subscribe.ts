import { chunks } from "../../../model/chunks.ts";
import type { Clearance } from "../../../model/clearance.ts";
import type { SubscribeGate, SubscribeResult } from "../../consent-port.ts";
import type { Person } from "../wire/consent-endpoints.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { problemOfFailure } from "../problems/problems.ts";
import { nothing } from "../wire/wire.ts";
import type { WriteSettings } from "../write/write-single.ts";

/** Klaviyo takes a thousand; few at once keep what is asked for close to what was read. */
const LARGEST_BATCH = 50;

/**
 * The one place that asks Klaviyo to subscribe anybody. The call takes suppressions away, so it takes nothing but
 * clearances, and it is sent once: not even a lost answer brings it out again. The gate takes out anybody who is no longer
 * cleared when its turn comes. Rejects with `SystemUnavailable` where nothing was sent.
 */
export async function subscribe(
  { calls, client, signal }: Pick<WriteSettings, "calls" | "client" | "signal">,
  gate: SubscribeGate,
  clearances: readonly Clearance[],
): Promise<readonly SubscribeResult[]> {
  const results = new Map<Clearance, SubscribeResult>();
  const byList = Map.groupBy(clearances, ({ list }) => list);
  for (const [list, group] of byList) {
    for (const batch of chunks(group, LARGEST_BATCH)) {
      await sendOnce(list, batch);
    }
  }
  return clearances.map((clearance) => results.get(clearance) ?? { outcome: "unknown" });

  async function sendOnce(list: string, batch: readonly Clearance[]): Promise<void> {
    let sent: ReadonlySet<string> = new Set();
    const prepare = async () => {
      sent = new Set();
      const admitted = await gate.admit(batch);
      if (admitted === null) return null;
      sent = new Set(admitted.clearances.map(({ profile }) => profile));
      const people = admitted.clearances.map(({ profile, email }): Person => ({ id: profile, email }));
      return client.subscribe(admitted.permit, people, list);
    };
    const all = (result: SubscribeResult): void => {
      for (const clearance of batch)
        results.set(clearance, sent.has(clearance.profile) ? result : { outcome: "not_sent" });
    };
    try {
      if ((await calls.write("bulk_subscribe_profiles", prepare, nothing, signal)) === null) sent = new Set();
      all({ outcome: "accepted" });
    } catch (error) {
      if (!(error instanceof KlaviyoFailure)) {
        if (results.size === 0) throw error;
        all({ outcome: "unknown" });
      } else if (error.ambiguous) all({ outcome: "unknown" });
      else all({ outcome: "refused", problem: problemOfFailure(error, { list }) });
    }
  }
}
