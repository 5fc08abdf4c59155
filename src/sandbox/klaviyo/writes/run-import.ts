import { changeProfile, createProfile } from "../state/change-profile.ts";
import type { ImportJob } from "../state/jobs.ts";
import { addToList } from "../state/list-membership.ts";
import type { KlaviyoState } from "../state/state.ts";
import type { ImportWork } from "../state/task.ts";
import { objectOf } from "../wire/object-of.ts";
import { VendorError } from "../wire/vendor-error.ts";
import { applyChange } from "./apply-change.ts";
import { profileChangeOf } from "./profile-change.ts";
import { resolveUpsert } from "./resolve-profile.ts";

/**
 * Runs an import through its states. Half the rows are there before the job says `complete`, as a reader in between
 * may well find; a job that is cancelled or stuck never gets to the other half.
 */
export function startImport(
  state: KlaviyoState,
  job: ImportJob,
  rows: readonly Readonly<Record<string, unknown>>[],
): void {
  const work = { job, rows, mishap: state.importMishaps.shift() ?? null };
  state.schedule.after(state.settings.import_queued_ms, { kind: "import_first_half", work });
}

export function importFirstHalf(state: KlaviyoState, work: ImportWork): void {
  const { job, rows, mishap } = work;
  job.status = "processing";
  job.started_at = state.time.micros();
  for (let at = 0; at < halfOf(rows); at += 1) importRow(state, job, rows[at] ?? {}, at);
  if (mishap === "stuck") return;
  state.schedule.after(state.settings.import_processing_ms, { kind: "import_rest", work });
}

export function importRest(state: KlaviyoState, { job, rows, mishap }: ImportWork): void {
  if (mishap === null) {
    for (let at = halfOf(rows); at < rows.length; at += 1) importRow(state, job, rows[at] ?? {}, at);
  }
  job.status = mishap === null ? "complete" : "cancelled";
  job.completed_at = state.time.micros();
}

function halfOf(rows: readonly unknown[]): number {
  return Math.ceil(rows.length / 2);
}

/** One row: created or updated, nulls ignored, put on the lists, consent untouched; or an import error. */
function importRow(
  state: KlaviyoState,
  job: ImportJob,
  row: Readonly<Record<string, unknown>>,
  at: number,
): void {
  const pointer = `/data/attributes/profiles/data/${at}`;
  try {
    const change = profileChangeOf(row, pointer, { kx: true });
    const id = typeof row["id"] === "string" ? row["id"] : null;
    const apply = (profile: Parameters<typeof applyChange>[0]): void =>
      applyChange(profile, change, { settings: state.settings, appendAt: "back", nulls: "ignore" });
    const known = resolveUpsert(state, id, change, pointer);
    if (known !== undefined) changeProfile(state, known, "api", "profile.update", apply);
    const profile = known ?? createProfile(state, "api", apply);
    for (const listId of job.list_ids) {
      const list = state.lists.get(listId);
      if (list !== undefined) addToList(state, list, profile.id, "api");
    }
    job.profile_ids.push(profile.id);
    job.completed_count += 1;
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const [told] = (error.reply.body as { errors: readonly Readonly<Record<string, unknown>>[] }).errors;
    const place = objectOf(told?.["source"])?.["pointer"];
    job.failed_count += 1;
    job.errors.push({
      id: state.ids.uuid(),
      code: String(told?.["code"]),
      title: String(told?.["title"]).replace(/\.$/, ""),
      detail: String(told?.["detail"]),
      pointer: typeof place === "string" ? place : pointer,
      original: row,
    });
  }
}
