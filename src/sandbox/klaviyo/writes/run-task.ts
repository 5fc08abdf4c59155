import { deleteProfile } from "../state/change-profile.ts";
import { rebuilt, recomputed } from "../state/segment-membership.ts";
import type { KlaviyoState } from "../state/state.ts";
import type { Task } from "../state/task.ts";
import { mergeProfiles } from "./merge-profiles.ts";
import { runSubscribe, runUnsubscribe } from "./run-consent.ts";
import { importFirstHalf, importRest } from "./run-import.ts";
import { runSuppression } from "./run-suppression.ts";

/** Does what has fallen due. Whoever and whatever it was about may be gone by now. */
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
