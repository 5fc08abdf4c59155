import type { Call, Reply, Route } from "../../route.ts";
import { changeProfile, createProfile } from "../state/change-profile.ts";
import type { Profile } from "../state/profile.ts";
import type { KlaviyoState } from "../state/state.ts";
import { dataOf, HUNDRED_KILOBYTES } from "../wire/body-reader.ts";
import { selfLink } from "../wire/document.ts";
import { operation } from "../wire/operation.ts";
import type { ProfileShape } from "../wire/profile-resource.ts";
import { profileResource } from "../wire/profile-resource.ts";
import { invalid } from "../wire/vendor-error.ts";
import { applyChange } from "../writes/apply-change.ts";
import type { AppendAt } from "../writes/apply-change.ts";
import type { ProfileChange } from "../writes/profile-change.ts";
import { profileChangeOf } from "../writes/profile-change.ts";
import { refuseTaken, resolveUpsert } from "../writes/resolve-profile.ts";
import { profileOf } from "./profile-read-routes.ts";

export function profileWriteRoutes(state: KlaviyoState): readonly Route[] {
  const { settings } = state;
  const written = (call: Call, status: number, profile: Profile, times: ProfileShape["times"]): Reply => ({
    status,
    body: { data: profileResource(call, profile, { times }), links: { self: selfLink(call) } },
  });
  const apply = (profile: Profile, change: ProfileChange, appendAt: AppendAt): void =>
    applyChange(profile, change, { settings, appendAt, nulls: "clear" });

  return [
    operation("create_profile", "POST", "/api/profiles", (call) => {
      const change = profileChangeOf(dataOf(call, "profile", HUNDRED_KILOBYTES), "/data");
      refuseTaken(state, null, change);
      // Refuses what has no identifier at all.
      resolveUpsert(state, null, change, "/data");
      const profile = createProfile(state, "api", (fresh) => apply(fresh, change, "back"));
      return written(call, 201, profile, "created");
    }),
    operation("create_or_update_profile", "POST", "/api/profile-import", (call) => {
      const data = dataOf(call, "profile", HUNDRED_KILOBYTES);
      const change = profileChangeOf(data, "/data", { kx: true });
      const id = data["id"] ?? null;
      if (id !== null && typeof id !== "string") throw invalid("Not a valid string.", "/data/id");
      const known = resolveUpsert(state, id, change, "/data");
      if (known === undefined) {
        const profile = createProfile(state, "api", (fresh) => apply(fresh, change, "back"));
        return written(call, 201, profile, "created");
      }
      changeProfile(state, known, "api", "profile.update", (profile) => apply(profile, change, "back"));
      return written(call, 200, known, "updated");
    }),
    operation("update_profile", "PATCH", "/api/profiles/:id", (call) => {
      const data = dataOf(call, "profile", HUNDRED_KILOBYTES);
      const id = call.params["id"] ?? "";
      const known = profileOf(state, id);
      if (data["id"] !== id) throw invalid("The id in the body must be the id in the path.", "/data/id");
      const change = profileChangeOf(data, "/data");
      refuseTaken(state, known, change);
      changeProfile(state, known, "api", "profile.update", (profile) => {
        apply(profile, change, "front");
        if (settings.company_id_on_patch) profile.properties.set("company_id", settings.account_id);
      });
      return written(call, 200, known, "updated");
    }),
  ];
}
