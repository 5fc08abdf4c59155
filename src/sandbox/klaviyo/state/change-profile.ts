import type { Actor } from "../../ground-truth.ts";
import type { Profile } from "./profile.ts";
import { newProfile } from "./profile.ts";
import { profileView, viewDifference } from "./profile-view.ts";
import { noticeBySegments } from "./segment-membership.ts";
import type { KlaviyoState } from "./state.ts";

/** Makes a profile, fills it and writes that down. */
export function createProfile(state: KlaviyoState, actor: Actor, fill: (profile: Profile) => void): Profile {
  const profile = newProfile(state.ids.ulid(state.time.millis()), state.time.micros());
  fill(profile);
  profile.updated = state.time.micros();
  state.profiles.add(profile);
  const after = profileView(profile);
  state.world.truth.applied({ actor, action: "profile.create", id: profile.id, before: null, after });
  noticeBySegments(state, profile.id);
  return profile;
}

/**
 * Changes a profile and writes down what differs. `updated` moves unless told otherwise, also where nothing differs:
 * a write is a write.
 */
export function changeProfile(
  state: KlaviyoState,
  profile: Profile,
  actor: Actor,
  action: string,
  change: (profile: Profile) => void,
  { touch = true }: { readonly touch?: boolean } = {},
): void {
  const before = profileView(profile);
  state.profiles.change(profile, () => {
    change(profile);
    if (touch) profile.updated = state.time.micros();
  });
  const difference = viewDifference(before, profileView(profile));
  if (difference !== null) {
    state.world.truth.applied({ actor, action, id: profile.id, ...difference });
    noticeBySegments(state, profile.id);
  }
}

/** Takes a profile out of everything. Its events stay, as Klaviyo's do, without a profile to resolve to. */
export function deleteProfile(
  state: KlaviyoState,
  profile: Profile,
  actor: Actor,
  action = "profile.delete",
): void {
  for (const group of [...state.lists.values(), ...state.segments.values()]) group.members.remove(profile.id);
  state.profiles.remove(profile);
  const before = profileView(profile);
  state.world.truth.applied({ actor, action, id: profile.id, before, after: null });
}
