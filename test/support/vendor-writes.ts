import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";

/**
 * Calls that may have changed something at a vendor, so far. Whether a key may change subscriptions is asked by unsubscribing
 * nobody at all: such a call counts by whom it changed.
 */
export function vendorWrites({ hubspot, klaviyo }: Pick<Rehearsal, "hubspot" | "klaviyo">): number {
  const calls = [hubspot, klaviyo].flatMap(({ world }) => world.truth.calls);
  const writing = calls.filter(
    ({ mutating, operation }) => mutating && operation !== "bulk_unsubscribe_profiles",
  );
  const optOuts = klaviyo.world.truth.changes.filter(
    ({ actor, action }) => actor === "api" && action.startsWith("profile.unsubscribe"),
  );
  return writing.length + optOuts.length;
}
