import type { Call } from "../../route.ts";

/** Calls allowed in one second, in one minute, and (lists only) in one day. */
export interface Tier {
  readonly burst: number;
  readonly steady: number;
  readonly daily?: number;
}

/** What the gate knows of an operation. */
export interface Operation {
  readonly tier: Tier;
  readonly scopes: readonly string[];
  /** Every query parameter it takes. */
  readonly query: readonly string[];
  /** A dearer way of asking, with its own windows. */
  readonly penalty?: { readonly applies: (call: Call) => boolean; readonly tier: Tier };
}

const XS: Tier = { burst: 1, steady: 15 };
const S: Tier = { burst: 3, steady: 60 };
const M: Tier = { burst: 10, steady: 150 };
const L: Tier = { burst: 75, steady: 750 };
const XL: Tier = { burst: 350, steady: 3_500 };

const PAGE = ["page[cursor]", "page[size]"];
const PROFILE = ["fields[profile]", "additional-fields[profile]"];
const GROUP_FIELDS = ["fields[tag]", "fields[flow]", "include"];
const MEMBERS = [...PAGE, "filter", "sort"];
const EVENT_FIELDS = ["fields[attribution]", "fields[event]", "fields[metric]", "fields[profile]", "include"];
const CAMPAIGN = ["fields[campaign-message]", "fields[campaign]", "fields[tag]", "include"];
const FLOW = ["fields[flow-action]", "fields[flow]", "fields[tag]", "include"];
const IMPORT_JOB = "fields[profile-bulk-import-job]";
const SUPPRESS_JOB = "fields[profile-suppression-bulk-create-job]";
const UNSUPPRESS_JOB = "fields[profile-suppression-bulk-delete-job]";

const asks = (parameter: string, value: string) => (call: Call) =>
  (call.query.get(parameter) ?? "").split(",").includes(value);
const PREDICTIONS = { applies: asks("additional-fields[profile]", "predictive_analytics"), tier: M };

/** Every operation served, by Klaviyo's operationId: limits, scopes and parameters of revision 2026-07-15. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  get_accounts: { tier: XS, scopes: ["accounts:read"], query: ["fields[account]"] },
  get_lists: {
    tier: L,
    scopes: ["lists:read"],
    query: [...MEMBERS, "fields[list]", ...GROUP_FIELDS],
  },
  get_list: {
    tier: L,
    scopes: ["lists:read"],
    query: ["fields[list]", "additional-fields[list]", ...GROUP_FIELDS],
    penalty: { applies: asks("additional-fields[list]", "profile_count"), tier: XS },
  },
  create_list: { tier: { ...M, daily: 150 }, scopes: ["lists:write"], query: ["fields[list]"] },
  get_profiles_for_list: {
    tier: L,
    scopes: ["lists:read", "profiles:read"],
    query: [...MEMBERS, ...PROFILE],
    penalty: PREDICTIONS,
  },
  get_profile_ids_for_list: { tier: L, scopes: ["lists:read", "profiles:read"], query: MEMBERS },
  add_profiles_to_list: { tier: M, scopes: ["lists:write", "profiles:write"], query: [] },
  remove_profiles_from_list: { tier: M, scopes: ["lists:write", "profiles:write"], query: [] },
  get_segments: {
    tier: L,
    scopes: ["segments:read"],
    query: [...MEMBERS, "fields[segment]", ...GROUP_FIELDS],
  },
  get_segment: {
    tier: L,
    scopes: ["segments:read"],
    query: ["fields[segment]", "additional-fields[segment]", ...GROUP_FIELDS],
    penalty: { applies: asks("additional-fields[segment]", "profile_count"), tier: XS },
  },
  get_profiles_for_segment: {
    tier: L,
    scopes: ["profiles:read", "segments:read"],
    // The specification states no dearer limit for predictions here, as it does for lists.
    query: [...MEMBERS, ...PROFILE],
  },
  get_profile_ids_for_segment: { tier: L, scopes: ["profiles:read", "segments:read"], query: MEMBERS },
  get_profiles: {
    tier: L,
    scopes: ["profiles:read"],
    query: [...MEMBERS, ...PROFILE, "fields[conversation]", "fields[push-token]", "include"],
    penalty: PREDICTIONS,
  },
  get_profile: {
    tier: L,
    scopes: ["profiles:read"],
    query: [
      ...PROFILE,
      "fields[conversation]",
      "fields[list]",
      "fields[push-token]",
      "fields[segment]",
      "include",
    ],
  },
  create_profile: { tier: L, scopes: ["profiles:write"], query: PROFILE },
  create_or_update_profile: { tier: L, scopes: ["profiles:write"], query: PROFILE },
  update_profile: { tier: L, scopes: ["profiles:write"], query: PROFILE },
  merge_profiles: { tier: M, scopes: ["profiles:write"], query: ["fields[profile]"] },
  get_lists_for_profile: { tier: S, scopes: ["lists:read", "profiles:read"], query: ["fields[list]"] },
  get_list_ids_for_profile: { tier: S, scopes: ["lists:read", "profiles:read"], query: [] },
  get_segments_for_profile: {
    tier: S,
    scopes: ["profiles:read", "segments:read"],
    query: ["fields[segment]"],
  },
  get_segment_ids_for_profile: { tier: S, scopes: ["profiles:read", "segments:read"], query: [] },
  bulk_import_profiles: { tier: M, scopes: ["lists:write", "profiles:write"], query: [IMPORT_JOB] },
  get_bulk_import_profiles_jobs: {
    tier: M,
    scopes: ["lists:read", "profiles:read"],
    query: [...MEMBERS, IMPORT_JOB],
  },
  get_bulk_import_profiles_job: {
    tier: M,
    scopes: ["lists:read", "profiles:read"],
    query: [IMPORT_JOB, "fields[list]", "include"],
  },
  get_errors_for_bulk_import_profiles_job: {
    tier: M,
    scopes: ["profiles:read"],
    query: [...PAGE, "fields[import-error]"],
  },
  get_profiles_for_bulk_import_profiles_job: {
    tier: M,
    scopes: ["profiles:read"],
    query: [...PAGE, ...PROFILE],
  },
  bulk_subscribe_profiles: {
    tier: L,
    scopes: ["lists:write", "profiles:write", "subscriptions:write"],
    query: [],
  },
  bulk_unsubscribe_profiles: {
    tier: L,
    scopes: ["lists:write", "profiles:write", "subscriptions:write"],
    query: [],
  },
  bulk_suppress_profiles: {
    tier: L,
    scopes: ["profiles:write", "subscriptions:write"],
    query: [SUPPRESS_JOB],
  },
  get_bulk_suppress_profiles_jobs: {
    tier: L,
    scopes: ["subscriptions:read"],
    query: ["page[cursor]", "filter", "sort", SUPPRESS_JOB],
  },
  get_bulk_suppress_profiles_job: { tier: L, scopes: ["subscriptions:read"], query: [SUPPRESS_JOB] },
  bulk_unsuppress_profiles: { tier: L, scopes: ["subscriptions:write"], query: [UNSUPPRESS_JOB] },
  get_bulk_unsuppress_profiles_jobs: {
    tier: L,
    scopes: ["subscriptions:read"],
    query: ["page[cursor]", "filter", "sort", UNSUPPRESS_JOB],
  },
  get_bulk_unsuppress_profiles_job: { tier: L, scopes: ["subscriptions:read"], query: [UNSUPPRESS_JOB] },
  get_metrics: {
    tier: M,
    scopes: ["metrics:read"],
    query: ["page[cursor]", "filter", "fields[metric]", "fields[flow]", "include"],
  },
  get_metric: {
    tier: M,
    scopes: ["metrics:read"],
    query: ["fields[metric]", "fields[flow]", "include"],
  },
  query_metric_aggregates: { tier: S, scopes: ["metrics:read"], query: ["fields[metric-aggregate]"] },
  get_campaigns: { tier: M, scopes: ["campaigns:read"], query: [...MEMBERS, ...CAMPAIGN] },
  get_campaign: { tier: M, scopes: ["campaigns:read"], query: CAMPAIGN },
  get_flows: { tier: S, scopes: ["flows:read"], query: [...MEMBERS, ...FLOW] },
  get_flow: { tier: S, scopes: ["flows:read"], query: ["additional-fields[flow]", ...FLOW] },
  get_events: { tier: XL, scopes: ["events:read"], query: [...MEMBERS, ...EVENT_FIELDS] },
  get_event: { tier: M, scopes: ["events:read"], query: EVENT_FIELDS },
  create_event: { tier: XL, scopes: ["events:write"], query: [] },
  bulk_create_events: { tier: M, scopes: ["events:write"], query: [] },
  get_tags: {
    tier: S,
    scopes: ["tags:read"],
    query: [...MEMBERS, "fields[tag]", "fields[tag-group]", "include"],
  },
  request_profile_deletion: { tier: S, scopes: ["data-privacy:write"], query: [] },
  get_webhooks: {
    tier: XS,
    scopes: ["webhooks:read"],
    query: ["fields[webhook]", "fields[webhook-topic]", "include"],
  },
  create_webhook: { tier: XS, scopes: ["webhooks:write"], query: ["fields[webhook]"] },
  get_webhook_topics: { tier: XS, scopes: ["webhooks:read"], query: ["fields[webhook-topic]"] },
};
