import type { Call } from "../../route.ts";
import { LOCATION_FIELDS, TEXT_ATTRIBUTES } from "../state/profile.ts";
import { invalidParameter } from "./vendor-error.ts";

const TIMED = ["created", "updated"] as const;

/** What `fields[…]` may name, by resource. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  account: [
    "contact_information",
    "industry",
    "locale",
    "preferred_currency",
    "public_api_key",
    "test_account",
    "timezone",
  ],
  campaign: [
    "archived",
    "audiences",
    "created_at",
    "name",
    "scheduled_at",
    "send_options",
    "send_strategy",
    "send_time",
    "status",
    "tracking_options",
    "updated_at",
  ],
  "campaign-message": ["created_at", "definition", "send_times", "updated_at"],
  event: ["datetime", "event_properties", "timestamp", "uuid"],
  flow: ["archived", "created", "definition", "name", "status", "trigger_type", "updated"],
  "flow-action": ["created", "definition", "updated"],
  "import-error": ["code", "detail", "original_payload", "source", "source.pointer", "title"],
  list: [...TIMED, "name", "opt_in_process", "profile_count"],
  "metric-aggregate": ["data", "dates"],
  metric: [...TIMED, "integration", "name"],
  profile: [
    ...TEXT_ATTRIBUTES,
    ...TIMED,
    "last_event_date",
    "location",
    ...LOCATION_FIELDS.map((name) => `location.${name}`),
    "properties",
    "joined_group_at",
    "subscriptions",
    "predictive_analytics",
  ],
  "profile-bulk-import-job": [
    "completed_at",
    "completed_count",
    "created_at",
    "expires_at",
    "failed_count",
    "started_at",
    "status",
    "total_count",
  ],
  "profile-suppression-bulk-create-job": [
    "completed_at",
    "completed_count",
    "created_at",
    "skipped_count",
    "status",
    "total_count",
  ],
  segment: [...TIMED, "definition", "is_active", "is_processing", "is_starred", "name", "profile_count"],
  tag: ["name"],
  "tag-group": ["default", "exclusive", "name"],
  attribution: [],
  conversation: ["channel"],
  "push-token": [
    "background",
    "created",
    "enablement_status",
    "metadata",
    "platform",
    "recorded_date",
    "token",
    "vendor",
  ],
  "profile-suppression-bulk-delete-job": [
    "completed_at",
    "completed_count",
    "created_at",
    "skipped_count",
    "status",
    "total_count",
  ],
  webhook: ["created_at", "description", "enabled", "endpoint_url", "name", "updated_at"],
  "webhook-topic": [],
};

/** The attributes a call wants of a resource; null for all of them. */
export function fieldsOf(call: Call, resource: string): ReadonlySet<string> | null {
  const text = call.query.get(`fields[${resource}]`);
  if (text === null) return null;
  const allowed = FIELDS[resource] ?? [];
  const wanted = text.split(",").filter((name) => name !== "");
  for (const name of wanted) {
    // Sub-fields of nested attributes are accepted wherever their parent is.
    const parent = name.split(".", 1)[0] ?? "";
    if (name === "id" || allowed.includes(name) || (name.includes(".") && allowed.includes(parent))) continue;
    const detail = `'${name}' is not a valid field for the resource '${resource}'.`;
    throw invalidParameter(detail, `fields[${resource}]`);
  }
  return new Set(wanted);
}

/** What `additional-fields[…]` may name, by resource. */
const ADDITIONAL: Readonly<Record<string, readonly string[]>> = {
  flow: ["definition"],
  list: ["profile_count"],
  profile: ["subscriptions", "predictive_analytics"],
  segment: ["profile_count"],
};

/** The attributes a call asks for on top. */
export function additionalOf(call: Call, resource: string): ReadonlySet<string> {
  const wanted = (call.query.get(`additional-fields[${resource}]`) ?? "").split(",").filter(Boolean);
  for (const name of wanted) {
    if (ADDITIONAL[resource]?.includes(name) === true) continue;
    const detail = `'${name}' is not a valid additional field for the resource '${resource}'.`;
    throw invalidParameter(detail, `additional-fields[${resource}]`);
  }
  return new Set(wanted);
}

/** Refuses fields that do not exist, also where no row would have shown them. */
export function checkRequestedFields(call: Call): void {
  for (const name of call.query.keys()) {
    const [, additional, resource] = /^(additional-)?fields\[([^\]]+)\]$/.exec(name) ?? [];
    if (resource === undefined) continue;
    if (additional === undefined) fieldsOf(call, resource);
    else additionalOf(call, resource);
  }
}

/** The related resources a call asks for. */
export function includesOf(call: Call, allowed: readonly string[]): ReadonlySet<string> {
  const wanted = (call.query.get("include") ?? "").split(",").filter(Boolean);
  for (const name of wanted) {
    if (!allowed.includes(name))
      throw invalidParameter(`'${name}' is not a valid value for 'include'.`, "include");
  }
  return new Set(wanted);
}

/** Attributes cut down to what was asked for; `location.city` keeps that part of the location. */
export function sparse(
  attributes: Readonly<Record<string, unknown>>,
  wanted: ReadonlySet<string> | null,
): Record<string, unknown> {
  if (wanted === null) return { ...attributes };
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (wanted.has(name)) {
      kept[name] = value;
      continue;
    }
    const parts = [...wanted].filter((field) => field.startsWith(`${name}.`));
    if (parts.length === 0 || typeof value !== "object" || value === null) continue;
    const whole = value as Readonly<Record<string, unknown>>;
    kept[name] = Object.fromEntries(
      parts.map((field) => field.slice(name.length + 1)).map((part) => [part, whole[part]]),
    );
  }
  return kept;
}
