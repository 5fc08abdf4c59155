import { ListsApi, ProfilesApi } from "klaviyo-api";
import type { ProfileMetaPatchPropertiesUnset } from "klaviyo-api";
import type { Permit } from "../../permit.ts";
import type { ProfileBody, PutMutation, PutTogether } from "./put-together.ts";
import { PROFILES_PER_PAGE, pageCursor } from "./put-together.ts";

const JOBS_PER_PAGE = 100;

/** Klaviyo's endpoints that change profiles and who is on a list, and that tell of import jobs. */
export function writeEndpoints(call: PutTogether, mutation: PutMutation) {
  return {
    create: (permit: Permit, profile: ProfileBody) =>
      mutation(permit, "create_profile", ProfilesApi, (api) =>
        api.createProfile({ data: { type: "profile", attributes: sdkAttributes(profile.attributes) } }),
      ),
    update: (permit: Permit, id: string, { attributes, unset }: ProfileBody) =>
      mutation(permit, "update_profile", ProfilesApi, (api) =>
        api.updateProfile(id, {
          data: {
            type: "profile",
            id,
            attributes: sdkAttributes(attributes),
            // The SDK's type is a union of text and a list that it wraps into an empty class.
            ...(unset.length === 0
              ? {}
              : { meta: { patchProperties: { unset: unset as ProfileMetaPatchPropertiesUnset } } }),
          },
        }),
      ),
    importProfiles: (permit: Permit, profiles: readonly ProfileBody[], list: string | null) =>
      mutation(permit, "bulk_import_profiles", ProfilesApi, (api) =>
        api.bulkImportProfiles({
          data: {
            type: "profile-bulk-import-job",
            attributes: {
              profiles: {
                data: profiles.map(({ id, attributes }) => ({
                  type: "profile" as const,
                  ...(id === undefined ? {} : { id }),
                  attributes: sdkAttributes(attributes),
                })),
              },
            },
            ...(list === null ? {} : { relationships: { lists: { data: [{ type: "list", id: list }] } } }),
          },
        }),
      ),
    importJob: (id: string) =>
      call("get_bulk_import_profiles_job", ProfilesApi, (api) => api.getBulkImportProfilesJob(id)),
    /** The newest first. */
    importJobs: (cursor: string | null) =>
      call("get_bulk_import_profiles_jobs", ProfilesApi, (api) =>
        api.getBulkImportProfilesJobs({
          sort: "-created_at",
          pageSize: JOBS_PER_PAGE,
          ...pageCursor(cursor),
        }),
      ),
    importErrors: (id: string, cursor: string | null) =>
      call("get_errors_for_bulk_import_profiles_job", ProfilesApi, (api) =>
        api.getErrorsForBulkImportProfilesJob(id, { pageSize: PROFILES_PER_PAGE, ...pageCursor(cursor) }),
      ),
    importedProfiles: (id: string, cursor: string | null) =>
      call("get_profiles_for_bulk_import_profiles_job", ProfilesApi, (api) =>
        api.getProfilesForBulkImportProfilesJob(id, { pageSize: PROFILES_PER_PAGE, ...pageCursor(cursor) }),
      ),
    addToList: (permit: Permit, list: string, ids: readonly string[]) =>
      mutation(permit, "add_profiles_to_list", ListsApi, (api) =>
        api.addProfilesToList(list, { data: references(ids) }),
      ),
    removeFromList: (permit: Permit, list: string, ids: readonly string[]) =>
      mutation(permit, "remove_profiles_from_list", ListsApi, (api) =>
        api.removeProfilesFromList(list, { data: references(ids) }),
      ),
  };
}

const references = (ids: readonly string[]) => ids.map((id) => ({ type: "profile" as const, id }));

/** The SDK wants the names it knows in camel case, and drops every other one without a word. */
function sdkAttributes(attributes: Readonly<Record<string, unknown>>): Record<string, object | null> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value as object | null,
    ]),
  );
}
