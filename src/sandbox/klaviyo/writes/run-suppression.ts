import { createProfile } from "../state/change-profile.ts";
import { suppress, unsuppress } from "../state/consent-acts.ts";
import type { SuppressionJob } from "../state/jobs.ts";
import type { Profile } from "../state/profile.ts";
import type { KlaviyoState } from "../state/state.ts";
import type { Target } from "../state/task.ts";

/** Suppresses or unsuppresses everybody a job is about, and says so in the job. */
export function runSuppression(state: KlaviyoState, job: SuppressionJob, target: Target): void {
  const people = peopleOf(state, target, job.kind);
  for (const profile of people) {
    if (profile === null) job.skipped_count += 1;
    else if (job.kind === "create") suppress(state, profile, "api", "USER_SUPPRESSED");
    else unsuppress(state, profile, "api");
  }
  job.total_count = people.length;
  job.completed_count = people.length - job.skipped_count;
  job.status = "complete";
  job.completed_at = state.time.micros();
}

/** Null for those there is nothing to do for. Suppressing somebody unknown creates them; unsuppressing does not. */
function peopleOf(
  state: KlaviyoState,
  target: Target,
  kind: SuppressionJob["kind"],
): readonly (Profile | null)[] {
  if ("ids" in target) return target.ids.map((id) => state.profiles.get(id) ?? null);
  return target.emails.map((email) => {
    const known = state.profiles.byEmail(email);
    if (known !== undefined || kind === "delete") return known ?? null;
    return createProfile(state, "api", (profile) => {
      profile.email = email;
    });
  });
}
