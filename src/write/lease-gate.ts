import type { LeaseGate, Permit } from "../connectors/permit.ts";
import { PermitExpired } from "../connectors/permit.ts";
import type { Store } from "../store/database/store.ts";
import type { Lease } from "../store/runs/leases.ts";
import { holdLease } from "../store/runs/leases.ts";
import type { Clocks, Mark } from "./age.ts";
import { ageMs, markNow } from "./age.ts";

/**
 * A lease is prolonged every few seconds while its run makes progress, so that it can be short: after a kill another
 * process writes within half a minute, and one that was stopped for longer has lost its right to write.
 */
export const LEASE_MS = 20_000;

/** A write goes at most so long after its lease was found in the database (P16). */
const CHECKED_MS = 5_000;
/** Checked again a little before that, so that the permit is not over before its request is built. */
const CHECK_AGAIN_MS = 3_500;

/** What a permit needs. */
export interface Held extends Clocks {
  readonly store: Store;
  readonly lease: Lease;
}

/** When the lease was last found to be ours, whichever side asked. */
const checked = new WeakMap<Lease, Mark>();

/**
 * Makes sure that the lease is ours now. Costs one statement in some seconds.
 *
 * @throws LeaseLost
 */
export async function checkLease(held: Held): Promise<void> {
  const last = checked.get(held.lease);
  if (last !== undefined && ageMs(last, held) <= CHECK_AGAIN_MS) return;
  // Before the question: the answer may be on its way for a while.
  const begun = markNow(held);
  checked.delete(held.lease);
  await holdLease(held.store, held.lease, LEASE_MS);
  checked.set(held.lease, begun);
}

/**
 * The one place that grants a permit.
 *
 * @param mayGo is asked in the moment the request goes
 * @param went told of that moment
 */
export function grantPermit(held: Held, mayGo: () => boolean, went: () => void): Permit {
  let used = false;
  const use = (): void => {
    const last = checked.get(held.lease);
    const isHeld = last !== undefined && ageMs(last, held) <= CHECKED_MS;
    if (used || !isHeld || !mayGo()) throw new PermitExpired();
    used = true;
    went();
  };
  return { use } as Permit;
}

/** Grants permits for requests that rest on no reading, only on the lease. */
export function leaseGate(held: Held): LeaseGate {
  return {
    async permit() {
      await checkLease(held);
      return grantPermit(
        held,
        () => true,
        () => {},
      );
    },
  };
}
