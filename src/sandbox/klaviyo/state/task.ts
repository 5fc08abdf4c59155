import type { ConsentRow } from "../writes/subscription-request.ts";
import type { ImportJob, SuppressionJob } from "./jobs.ts";

/** Whom a job is about: e-mail addresses, some of them perhaps unknown, or the members of a group at that time. */
export type Target = { readonly emails: readonly string[] } | { readonly ids: readonly string[] };

/** A piece of work that Klaviyo does later, as plain data: what waits survives a restart like everything else. */
export type Task =
  | { readonly kind: "import_first_half" | "import_rest"; readonly work: ImportWork }
  | { readonly kind: "rebuild_segment" | "recompute_segment"; readonly segmentId: string }
  | {
      readonly kind: "subscribe";
      readonly rows: readonly ConsentRow[];
      readonly listId: string | null;
      readonly historical: boolean;
      readonly source: string | null;
    }
  | { readonly kind: "unsubscribe"; readonly rows: readonly ConsentRow[]; readonly listId: string | null }
  | { readonly kind: "suppress"; readonly job: SuppressionJob; readonly target: Target }
  | { readonly kind: "merge"; readonly sourceId: string; readonly destinationId: string }
  | { readonly kind: "delete"; readonly profileId: string };

export interface ImportWork {
  readonly job: ImportJob;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly mishap: "stuck" | "cancelled" | null;
}
