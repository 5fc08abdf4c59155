import type { RateWindow } from "../../http/rate-limiter.ts";

/** Calls in a second and in a minute: Klaviyo's fixed windows, per account and operation. */
interface Tier {
  readonly burst: number;
  readonly steady: number;
}

const XS: Tier = { burst: 1, steady: 15 };
const S: Tier = { burst: 3, steady: 60 };
const M: Tier = { burst: 10, steady: 150 };
const L: Tier = { burst: 75, steady: 750 };
const XL: Tier = { burst: 350, steady: 3_500 };

/**
 * Every operation this connector uses, by Klaviyo's operationId, with its limits at revision 2026-07-15. There is none
 * here that suppresses, unsuppresses, merges or deletes anybody, and none of `/client`: what is not in this table cannot
 * be called (P9, P12).
 */
export const OPERATIONS = {
  get_accounts: XS,
  get_lists: L,
  get_segments: L,
  get_list: L,
  /** With `include=flow-triggers`. */
  get_list_flows: L,
  /** With `additional-fields=profile_count`, which is dear. */
  get_list_count: XS,
  get_segment_count: XS,
  get_profiles_for_list: L,
  get_profiles_for_segment: L,
  get_profile_ids_for_list: L,
  get_profile_ids_for_segment: L,
  get_profiles: L,
  /** With `additional-fields=predictive_analytics`: dearer, by what is told of the first and the last of these. */
  get_profiles_for_list_predictions: M,
  get_profiles_for_segment_predictions: M,
  get_profiles_predictions: M,
  create_profile: L,
  update_profile: L,
  bulk_import_profiles: M,
  get_bulk_import_profiles_job: M,
  get_bulk_import_profiles_jobs: M,
  get_errors_for_bulk_import_profiles_job: M,
  get_profiles_for_bulk_import_profiles_job: M,
  add_profiles_to_list: M,
  remove_profiles_from_list: M,
  get_metrics: M,
  get_events: XL,
  /** Only reads, though it is a POST. */
  query_metric_aggregates: S,
  get_campaigns: M,
  get_flows: S,
  /** Paged by the time of the newest suppression. */
  get_suppressed_profiles: L,
  /** Is somebody on a list? */
  get_list_member: L,
  bulk_unsubscribe_profiles: L,
  /** Takes suppressions away: called from `subscribe.ts` alone. */
  bulk_subscribe_profiles: L,
} as const satisfies Record<string, Tier>;

export type OperationName = keyof typeof OPERATIONS;

/** Rolling, because where Klaviyo's fixed windows begin is not known: 75 at one's end and 75 at the next's start are 429. */
export function windowsOf(operation: OperationName): readonly RateWindow[] {
  const { burst, steady } = OPERATIONS[operation];
  return [
    { name: "1", kind: "rolling", calls: burst, perMs: 1_000 },
    { name: "60", kind: "rolling", calls: steady, perMs: 60_000 },
  ];
}
