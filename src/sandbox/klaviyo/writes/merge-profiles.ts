import type { Actor } from "../../ground-truth.ts";
import { changeProfile, deleteProfile } from "../state/change-profile.ts";
import { mergedConsent } from "../state/email-consent.ts";
import { addToList } from "../state/list-membership.ts";
import type { Profile } from "../state/profile.ts";
import { LOCATION_FIELDS, TEXT_ATTRIBUTES } from "../state/profile.ts";
import { emit } from "../state/record-event.ts";
import type { KlaviyoState } from "../state/state.ts";

/**
 * Makes one person of two: what the destination has stays, what it lacks comes from the source, the stricter consent
 * wins, memberships and events move, and the source is gone.
 */
export function mergeProfiles(
  state: KlaviyoState,
  source: Profile,
  destination: Profile,
  actor: Actor,
): void {
  const events = [...state.events.ofProfile(source.id)];
  const lists = [...state.lists.values()].filter(({ members }) => members.has(source.id));
  const segments = [...state.segments.values()].filter(({ members }) => members.has(source.id));
  // The source goes first, so that an identifier never belongs to two.
  deleteProfile(state, source, actor, "profile.merge_away");
  changeProfile(state, destination, actor, "profile.merge", (profile) => {
    for (const name of TEXT_ATTRIBUTES) profile[name] ??= source[name];
    for (const name of LOCATION_FIELDS) profile.location[name] ??= source.location[name] ?? null;
    for (const [name, value] of source.properties) {
      if (!profile.properties.has(name)) profile.properties.set(name, value);
    }
    profile.consent = mergedConsent(profile.consent, source.consent, state.time.micros());
    if (profile.sms.consent === "NEVER_SUBSCRIBED") profile.sms = source.sms;
  });
  for (const event of events) state.events.reassign(event, destination.id);
  for (const list of lists) addToList(state, list, destination.id, actor);
  for (const segment of segments) segment.members.add(destination.id, state.time.micros());
  emit(state, "Merged Profile", destination);
}
