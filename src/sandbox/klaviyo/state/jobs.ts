export type JobStatus = "queued" | "processing" | "complete" | "cancelled";

export interface ImportError {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly pointer: string;
  readonly original: Readonly<Record<string, unknown>>;
}

/** A bulk profile import. Times are microseconds. */
export interface ImportJob {
  readonly id: string;
  status: JobStatus;
  readonly created_at: number;
  started_at: number | null;
  completed_at: number | null;
  readonly expires_at: number;
  readonly total_count: number;
  completed_count: number;
  failed_count: number;
  readonly list_ids: readonly string[];
  readonly profile_ids: string[];
  readonly errors: ImportError[];
}

/** A suppress or unsuppress job. Times are microseconds. */
export interface SuppressionJob {
  readonly id: string;
  readonly kind: "create" | "delete";
  status: JobStatus;
  readonly created_at: number;
  completed_at: number | null;
  total_count: number;
  completed_count: number;
  skipped_count: number;
  /** The list or segment it is about, where it is not about email addresses. */
  readonly list_id: string | null;
  readonly segment_id: string | null;
}
