import type { Actor } from "../../ground-truth.ts";
import { changeProfile, createProfile, deleteProfile } from "../state/change-profile.ts";
import type { Predictions, Profile } from "../state/profile.ts";
import type { KlaviyoState } from "../state/state.ts";
import { applyChange } from "../writes/apply-change.ts";
import { mergeProfiles } from "../writes/merge-profiles.ts";
import { profileChangeOf } from "../writes/profile-change.ts";
import { refuseTaken } from "../writes/resolve-profile.ts";
import type { DumpedProfile } from "./dump.ts";
import { dumpPage, dumpProfile } from "./dump.ts";
import { people } from "./people.ts";
import { person } from "./person.ts";
import type { SeedProfile } from "./seed-profile.ts";
import { seedProfile } from "./seed-profile.ts";

/** Attributes in Klaviyo's names; null clears; `properties` merge; `unset` deletes properties. */
export type ProfileEdit = Readonly<Record<string, unknown>> & { readonly unset?: readonly string[] };

/** What happens to profiles in Klaviyo's own pages, and what was there before. */
export interface ProfileControl {
  /** Ids, in the order given. */
  seed(profiles: Iterable<SeedProfile>): readonly string[];
  seedMany(count: number, lists?: readonly string[]): readonly string[];
  /** Somebody types a new person in. */
  createProfile(attributes: ProfileEdit): string;
  editProfile(idOrEmail: string, attributes: ProfileEdit): void;
  /** Klaviyo computes again; what is not given stays. Nobody wrote to the profile, so its `updated` does not move. */
  predict(idOrEmail: string, predictions: Predictions): void;
  deleteProfile(idOrEmail: string): void;
  /** At once, by a person or by Klaviyo's own identity resolution. */
  mergeProfiles(source: string, destination: string, actor?: Actor): void;
  /** Null where there is nobody. */
  profile(idOrEmail: string): DumpedProfile | null;
  dump(after?: string | null, limit?: number): ReturnType<typeof dumpPage>;
}

export function profileControl(state: KlaviyoState): ProfileControl {
  const changeFrom = ({ unset = [], ...attributes }: ProfileEdit) =>
    profileChangeOf({ attributes, meta: { patch_properties: { unset } } }, "");
  const apply = { settings: state.settings, appendAt: "back", nulls: "clear" } as const;
  const seed = (profiles: Iterable<SeedProfile>): readonly string[] => {
    state.schedule.settle();
    return Array.from(profiles, (given) => seedProfile(state, given).id);
  };
  return {
    seed,
    seedMany: (count, lists) => seed(people(state.world.random, state.profiles.size + 1, count, lists)),
    createProfile(attributes) {
      state.schedule.settle();
      const change = changeFrom(attributes);
      refuseTaken(state, null, change);
      return createProfile(state, "user", (profile) => applyChange(profile, change, apply)).id;
    },
    editProfile(idOrEmail, attributes) {
      const profile = person(state, idOrEmail);
      const change = changeFrom(attributes);
      refuseTaken(state, profile, change);
      changeProfile(state, profile, "user", "profile.update", (editing) =>
        applyChange(editing, change, apply),
      );
    },
    predict(idOrEmail, predictions) {
      const profile = person(state, idOrEmail);
      const compute = (computed: Profile) => {
        computed.predictions = { ...computed.predictions, ...predictions };
      };
      changeProfile(state, profile, "system", "profile.predict", compute, { touch: false });
    },
    deleteProfile: (idOrEmail) => deleteProfile(state, person(state, idOrEmail), "user"),
    mergeProfiles(source, destination, actor = "user") {
      const [from, into] = [person(state, source), person(state, destination)];
      if (from === into) throw new RangeError(`${source} cannot be merged into itself`);
      mergeProfiles(state, from, into, actor);
    },
    profile(idOrEmail) {
      state.schedule.settle();
      const found = state.profiles.get(idOrEmail) ?? state.profiles.byEmail(idOrEmail);
      return found === undefined ? null : dumpProfile(state, found);
    },
    dump(after = null, limit = 1_000) {
      state.schedule.settle();
      return dumpPage(state, after, limit);
    },
  };
}
