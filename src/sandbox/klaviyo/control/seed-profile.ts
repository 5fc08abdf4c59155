import type { SuppressionReason } from "../state/email-consent.ts";
import { NEVER_SUBSCRIBED } from "../state/email-consent.ts";
import type { Predictions, Profile, TextAttribute } from "../state/profile.ts";
import { newProfile } from "../state/profile.ts";
import type { KlaviyoState } from "../state/state.ts";
import { microsFrom } from "../state/vendor-time.ts";
import { applyChange } from "../writes/apply-change.ts";

/** Somebody who was there before the story begins. What is not given is empty. */
export interface SeedProfile extends Partial<Record<TextAttribute, string | null>> {
  readonly id?: string;
  readonly location?: Readonly<Record<string, string | number | null>>;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly predictions?: Predictions;
  readonly consent?: "SUBSCRIBED" | "UNSUBSCRIBED" | "NEVER_SUBSCRIBED";
  readonly suppression?: readonly SuppressionReason[];
  /** Ids of lists that suppress this person. */
  readonly list_suppressions?: readonly string[];
  /** Ids of lists and segments. */
  readonly lists?: readonly string[];
  readonly segments?: readonly string[];
  /** ISO 8601; now by default. */
  readonly created?: string;
  readonly updated?: string;
  readonly joined?: string;
}

/**
 * Puts somebody into the account without a trace in the ground truth, and without any of the checks of the API: old
 * accounts hold phone numbers and addresses that could not be written today.
 */
export function seedProfile(state: KlaviyoState, seed: SeedProfile): Profile {
  const now = state.time.micros();
  const created = timeOf(seed.created) ?? now;
  const id = seed.id ?? state.ids.ulid(Math.floor(created / 1_000));
  const profile = newProfile(id, created);
  profile.updated = timeOf(seed.updated) ?? created;
  if (seed.predictions !== undefined) profile.predictions = seed.predictions;
  const { profiles, settings } = state;
  const taken = [
    profiles.get(id),
    seed.email == null ? undefined : profiles.byEmail(seed.email),
    seed.phone_number == null ? undefined : profiles.byPhone(seed.phone_number),
    seed.external_id == null ? undefined : profiles.byExternalId(seed.external_id),
  ];
  if (taken.some((other) => other !== undefined)) {
    throw new RangeError(`somebody already has an identifier of ${seed.email ?? id}`);
  }
  const change = {
    text: seed,
    location: seed.location,
    properties: seed.properties ?? {},
    append: {},
    unappend: {},
    unset: [],
  };
  applyChange(profile, change, { settings, appendAt: "back", nulls: "clear" });
  if (seed.consent !== undefined || seed.suppression !== undefined || seed.list_suppressions !== undefined) {
    const consent = seed.consent ?? "NEVER_SUBSCRIBED";
    profile.consent = {
      ...NEVER_SUBSCRIBED,
      consent,
      consent_timestamp: consent === "NEVER_SUBSCRIBED" ? null : created,
      last_updated: created,
      method: consent === "SUBSCRIBED" ? "PREFERENCE_PAGE" : null,
      suppression: (seed.suppression ?? []).map((reason) => ({ reason, timestamp: created })),
      list_suppressions: (seed.list_suppressions ?? []).map((list_id) => ({
        list_id,
        reason: "UNSUBSCRIBE",
        timestamp: created,
      })),
    };
  }
  profiles.add(profile);
  const joined = timeOf(seed.joined) ?? now;
  for (const list of seed.lists ?? []) group(state.lists, list, "list").members.add(id, joined);
  for (const segment of seed.segments ?? []) {
    group(state.segments, segment, "segment").members.add(id, joined);
  }
  return profile;
}

function group<G>(groups: ReadonlyMap<string, G>, id: string, kind: string): G {
  const found = groups.get(id);
  if (found === undefined) throw new RangeError(`there is no ${kind} ${id}`);
  return found;
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const micros = microsFrom(text);
  if (micros === null) throw new RangeError(`${text} is not an ISO 8601 time`);
  return micros;
}
