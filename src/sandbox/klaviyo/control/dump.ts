import type { Profile } from "../state/profile.ts";
import { TEXT_ATTRIBUTES } from "../state/profile.ts";
import type { KlaviyoState } from "../state/state.ts";
import { inMicros } from "../state/vendor-time.ts";

/** A profile with everything a test wants to compare, as it truly is and not as any endpoint shows it. */
export interface DumpedProfile {
  readonly id: string;
  readonly email: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly location: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly consent: string;
  readonly suppression: readonly string[];
  readonly list_suppressions: readonly string[];
  readonly sms_consent: string;
  readonly can_receive_email_marketing: boolean;
  readonly lists: readonly string[];
  readonly segments: readonly string[];
  readonly created: string;
  readonly updated: string;
}

export function dumpProfile(state: KlaviyoState, profile: Profile): DumpedProfile {
  const { consent } = profile;
  const memberships = (groups: KlaviyoState["lists"] | KlaviyoState["segments"]): string[] =>
    [...groups.values()].filter(({ members }) => members.has(profile.id)).map(({ id }) => id);
  return {
    id: profile.id,
    email: profile.email,
    attributes: Object.fromEntries(TEXT_ATTRIBUTES.map((name) => [name, profile[name]])),
    location: profile.location,
    properties: Object.fromEntries(profile.properties),
    consent: consent.consent,
    suppression: consent.suppression.map(({ reason }) => reason),
    list_suppressions: consent.list_suppressions.map(({ list_id }) => list_id),
    sms_consent: profile.sms.consent,
    can_receive_email_marketing: consent.suppression.length === 0,
    lists: memberships(state.lists),
    segments: memberships(state.segments),
    created: inMicros(profile.created),
    updated: inMicros(profile.updated),
  };
}

/** Profiles in the order of their ids, from behind one of them. */
export function dumpPage(
  state: KlaviyoState,
  after: string | null,
  limit: number,
): { readonly profiles: readonly DumpedProfile[]; readonly next: string | null } {
  const profiles: DumpedProfile[] = [];
  const from = after === null ? undefined : { key: after, id: after };
  for (const { id } of state.profiles.order("id").walk(false, from)) {
    if (profiles.length === limit) return { profiles, next: profiles.at(-1)?.id ?? null };
    const profile = state.profiles.get(id);
    if (profile !== undefined) profiles.push(dumpProfile(state, profile));
  }
  return { profiles, next: null };
}
