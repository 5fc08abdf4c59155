import type { Route } from "../../route.ts";
import type { KlaviyoState } from "../state/state.ts";
import { dataOf, listed, required, typed } from "../wire/body-reader.ts";
import { resourceLink, selfLink } from "../wire/document.ts";
import { operation } from "../wire/operation.ts";
import { invalid, notFound } from "../wire/vendor-error.ts";
import { profileOf } from "./profile-read-routes.ts";

export function mergeRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("merge_profiles", "POST", "/api/profile-merge", (call) => {
      const data = dataOf(call, "profile-merge");
      const pointer = "/data/relationships/profiles";
      const relationships = required(data, "relationships", "/data");
      const [source, ...more] = listed(
        required(relationships, "profiles", "/data/relationships"),
        "data",
        pointer,
        1,
      );
      if (source === undefined || more.length > 0)
        throw invalid("Exactly one source profile is required.", pointer);
      typed(source, "profile", `${pointer}/data/0`);
      const destination = profileOf(state, String(data["id"]));
      const gone = profileOf(state, String(source["id"]));
      if (gone === destination) throw invalid("A profile cannot be merged into itself.", pointer);
      // Asynchronous: the source keeps resolving for a while.
      const task = { kind: "merge", sourceId: gone.id, destinationId: destination.id } as const;
      state.schedule.after(state.settings.merge_lag_ms, task);
      const links = { self: resourceLink(call, "profiles", destination.id) };
      return {
        status: 201,
        body: { data: { type: "profile", id: destination.id, links }, links: { self: selfLink(call) } },
      };
    }),
    operation("request_profile_deletion", "POST", "/api/data-privacy-deletion-jobs", (call) => {
      const attributes = required(dataOf(call, "data-privacy-deletion-job"), "attributes", "/data");
      const pointer = "/data/attributes/profile";
      const target = required(required(attributes, "profile", "/data/attributes"), "data", pointer);
      const { email, phone_number: phone } = required(target, "attributes", `${pointer}/data`);
      const given = { id: target["id"], email, phone_number: phone };
      const named = Object.entries(given).filter(([, value]) => typeof value === "string");
      const [only, ...others] = named;
      if (only === undefined || others.length > 0) {
        throw invalid("Exactly one of 'id', 'email' or 'phone_number' is required.", `${pointer}/data`);
      }
      const [kind, value] = [only[0], String(only[1])];
      const { profiles } = state;
      const profile =
        kind === "id"
          ? profiles.get(value)
          : kind === "email"
            ? profiles.byEmail(value)
            : profiles.byPhone(value);
      if (profile === undefined) {
        // Two blanks, as recorded.
        throw notFound(
          `No profile with ${kind} "${value}" found.  The profile may have already been deleted.`,
        );
      }
      state.schedule.after(state.settings.deletion_lag_ms, { kind: "delete", profileId: profile.id });
      return { status: 202 };
    }),
  ];
}
