import type { SubscribeGate } from "../connectors/consent-port.ts";
import type { Clearance } from "../model/clearance.ts";
import { saveSubscribeRequests, saveBlocked } from "../store/consent/subscribe-requests.ts";
import { holdLease } from "../store/runs/leases.ts";
import { admit } from "../write/admit.ts";
import type { Mark } from "../write/age.ts";
import { markNow } from "../write/age.ts";
import { LEASE_MS } from "../write/lease-gate.ts";
import type { WriteContext } from "../write/write-context.ts";
import type { Subscription } from "./grant-clearance.ts";
import { grantClearance } from "./grant-clearance.ts";
import { atomically } from "../store/database/store.ts";

/** The gate of one batch of subscribe requests. */
export interface BatchSubscribeGate extends SubscribeGate {
  /** Clearances granted on the first reading. */
  readonly cleared: readonly Clearance[];
  /** How many subscribe requests the ledger has, and how many were blocked. */
  counts(): { readonly asked: number; readonly blocked: number };
}

interface Candidate {
  clearance: Clearance | null;
  subscription: Subscription;
  readAt: Mark;
  asked: boolean;
}

/**
 * Decides about each person right before they are subscribed: consent that was read more than seconds ago is read again,
 * and only then does the ledger say that they were asked for. A person who was ever asked for on this list does not pass.
 *
 * @param read what both sides and the ledger know of these people, read now
 */
export function subscribeGate(
  context: WriteContext,
  first: { readonly subscriptions: readonly Subscription[]; readonly readAt: Mark },
  read: (again: readonly Subscription[]) => Promise<readonly Subscription[]>,
): BatchSubscribeGate {
  const { store, runId, now } = context;
  let denied: { readonly email: string; readonly list: string; readonly because: string }[] = [];
  let blocked = 0;
  const keyOf = ({ email, list }: Pick<Subscription, "email" | "list">): string => `${email} ${list}`;
  const clear = (subscription: Subscription): Clearance | null => {
    const verdict = grantClearance(subscription, now().getTime());
    if (!("because" in verdict)) return verdict;
    denied.push({ email: subscription.email, list: subscription.list, because: verdict.because });
    return null;
  };
  const candidates = new Map(
    first.subscriptions.map((subscription): [string, Candidate] => [
      keyOf(subscription),
      { clearance: clear(subscription), subscription, readAt: first.readAt, asked: false },
    ]),
  );

  const readAgain = async (stale: readonly Candidate[]): Promise<void> => {
    const mark = markNow(context);
    const seen = await read(stale.map(({ subscription }) => subscription));
    const byKey = new Map(seen.map((subscription) => [keyOf(subscription), subscription]));
    for (const candidate of stale) {
      const subscription = byKey.get(keyOf(candidate.subscription));
      candidate.readAt = mark;
      candidate.clearance = subscription === undefined ? null : clear(subscription);
      if (subscription !== undefined) candidate.subscription = subscription;
    }
  };

  /** Journals the people about to be subscribed, and those that are blocked with the reason. */
  const journal = async (going: readonly Candidate[]): Promise<void> => {
    const told = denied;
    denied = [];
    const fresh = going.filter(({ asked }) => !asked).map(({ subscription }) => subscription);
    if (told.length + fresh.length === 0) return;
    blocked += told.length;
    const saved = await atomically(store, async (store) => {
      await holdLease(store, context.lease, LEASE_MS);
      await saveBlocked(store, runId, told, now());
      return saveSubscribeRequests(store, runId, fresh, now());
    });
    for (const candidate of going) {
      if (saved.has(keyOf(candidate.subscription))) candidate.asked = true;
      else if (!candidate.asked) candidate.clearance = null;
    }
  };

  return {
    cleared: [...candidates.values()].flatMap(({ clearance }) => clearance ?? []),
    counts: () => ({
      asked: [...candidates.values()].filter(({ asked }) => asked).length,
      blocked: blocked + denied.length,
    }),
    async admit(clearances) {
      const all = clearances.flatMap((clearance) => candidates.get(keyOf(clearance)) ?? []);
      const admitted = await admit(context, {
        going: () => all.filter(({ clearance }) => clearance !== null),
        readAt: ({ readAt }) => readAt,
        read: readAgain,
        journal,
      });
      if (admitted === null) return null;
      return {
        permit: admitted.permit,
        clearances: admitted.items.flatMap(({ clearance }) => clearance ?? []),
      };
    },
  };
}
