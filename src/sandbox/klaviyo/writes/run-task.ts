import { deleteProfile, createProfile } from "../state/change-profile.ts";
import { rebuilt, recomputed } from "../state/segment-membership.ts";
import type { KlaviyoState } from "../state/state.ts";
import type { Task, Target } from "../state/task.ts";
import { mergeProfiles } from "./merge-profiles.ts";
import { runSubscribe, runUnsubscribe } from "./run-consent.ts";
import { importFirstHalf, importRest } from "./run-import.ts";
import { suppress, unsuppress } from "../state/consent-acts.ts";
import type { SuppressionJob } from "../state/jobs.ts";
import type { Profile } from "../state/profile.ts";

/** Does what has fallen due. What it was about may be gone by now. */
export function runTask(state: KlaviyoState, task: Task): void {
  switch (task.kind) {
    case "import_first_half":
      return importFirstHalf(state, task.work);
    case "import_rest":
      return importRest(state, task.work);
    case "rebuild_segment":
      return rebuilt(state, task.segmentId);
    case "recompute_segment":
      return recomputed(state, task.segmentId);
    case "subscribe": {
      const { rows, listId, historical, source } = task;
      for (const row of rows) runSubscribe(state, row, { list: listOf(state, listId), historical, source });
      return;
    }
    case "unsubscribe":
      for (const row of task.rows) runUnsubscribe(state, row, listOf(state, task.listId));
      return;
    case "suppress":
      return runSuppression(state, task.job, task.target);
    case "merge": {
      const [from, into] = [state.profiles.get(task.sourceId), state.profiles.get(task.destinationId)];
      if (from !== undefined && into !== undefined) mergeProfiles(state, from, into, "api");
      return;
    }
    case "delete": {
      const still = state.profiles.get(task.profileId);
      if (still !== undefined) deleteProfile(state, still, "api");
      return;
    }
  }
}

function listOf(state: KlaviyoState, id: string | null) {
  return id === null ? null : (state.lists.get(id) ?? null);
}

/** Suppresses or unsuppresses everybody a job is about, and says so in the job. */
function runSuppression(state: KlaviyoState, job: SuppressionJob, target: Target): void {
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
