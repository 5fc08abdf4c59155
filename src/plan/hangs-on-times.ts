import type { ContactPlan } from "./planned.ts";

/** Does it depend on which value is newer what is done for this person? Then the times are worth a call. */
export function hangsOnTimes({ merged }: ContactPlan): boolean {
  return merged.some(
    ({ rule, merge }) =>
      rule.newest && merge.kind === "write" && merge.why !== "target_edited" && merge.lost !== null,
  );
}
