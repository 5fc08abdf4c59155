import type { Profile } from "./profile.ts";
import { LOCATION_FIELDS, TEXT_ATTRIBUTES } from "./profile.ts";
import { inMicros } from "./vendor-time.ts";

/**
 * A profile as one flat record of what it holds: `email`, `location.city`, `properties.plan`, `consent`,
 * `suppression`… Times Klaviyo sets by itself are left out, so that two views differ only where the person does.
 */
export function profileView(profile: Profile): Record<string, unknown> {
  const view: Record<string, unknown> = {};
  for (const name of TEXT_ATTRIBUTES) if (profile[name] !== null) view[name] = profile[name];
  for (const name of LOCATION_FIELDS) {
    const value = profile.location[name] ?? null;
    if (value !== null) view[`location.${name}`] = value;
  }
  for (const [name, value] of profile.properties) view[`properties.${name}`] = value;
  for (const [name, value] of Object.entries(profile.predictions ?? {})) {
    if (value !== null) view[`predictive_analytics.${name}`] = value;
  }
  const { consent } = profile;
  view["consent"] = consent.consent;
  view["suppression"] = consent.suppression.map(({ reason }) => reason);
  view["list_suppressions"] = consent.list_suppressions.map(({ list_id }) => list_id);
  if (consent.consent_timestamp !== null) view["consent_timestamp"] = inMicros(consent.consent_timestamp);
  if (consent.custom_method_detail !== null) view["custom_method_detail"] = consent.custom_method_detail;
  if (profile.sms.consent !== "NEVER_SUBSCRIBED") view["sms_consent"] = profile.sms.consent;
  return view;
}

/** Both views cut down to what differs, or null when nothing does. */
export function viewDifference(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): { readonly before: Record<string, unknown>; readonly after: Record<string, unknown> } | null {
  const was: Record<string, unknown> = {};
  const is: Record<string, unknown> = {};
  let differs = false;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const left = before[key] ?? null;
    const right = after[key] ?? null;
    if (left === right || JSON.stringify(left) === JSON.stringify(right)) continue;
    was[key] = left;
    is[key] = right;
    differs = true;
  }
  return differs ? { before: was, after: is } : null;
}
