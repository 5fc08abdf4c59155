import { ListsApi, ProfilesApi } from "klaviyo-api";
import type { Permit } from "../../permit.ts";
import type { PutMutation, PutTogether } from "./put-together.ts";
import { PROFILES_PER_PAGE, pageCursor } from "./put-together.ts";

export interface Person {
  readonly id: string;
  readonly email: string;
}

const SUPPRESSED_AT = "subscriptions.email.marketing.suppression.timestamp";

/** Klaviyo's endpoints for what people want to be sent. */
export function consentEndpoints(call: PutTogether, mutation: PutMutation) {
  return {
    /** Anybody who was suppressed at or after a moment, the earliest first. */
    suppressedSince: (since: string, cursor: string | null) =>
      call("get_suppressed_profiles", ProfilesApi, (api) =>
        api.getProfiles({
          filter: `greater-or-equal(${SUPPRESSED_AT},${since})`,
          sort: SUPPRESSED_AT,
          pageSize: PROFILES_PER_PAGE,
          additionalFieldsProfile: ["subscriptions"],
          ...pageCursor(cursor),
        }),
      ),
    /** Which of these addresses are on the list. At most a hundred. */
    membersAmong: (list: string, filter: string) =>
      call("get_list_member", ListsApi, (api) =>
        api.getProfilesForList(list, { filter, pageSize: PROFILES_PER_PAGE }),
      ),
    /** Unsubscribes no one: only tells whether the key might, by how it is answered. */
    unsubscribeNobody: () =>
      call("bulk_unsubscribe_profiles", ProfilesApi, (api) =>
        api.bulkUnsubscribeProfiles({
          data: { type: "profile-subscription-bulk-delete-job", attributes: { profiles: { data: [] } } },
        }),
      ),
    /** Without a list: of all e-mail. With one, anybody who is not on it is unsubscribed of all e-mail. */
    unsubscribe: (permit: Permit, people: readonly Person[], list: string | null) =>
      mutation(permit, "bulk_unsubscribe_profiles", ProfilesApi, (api) =>
        api.bulkUnsubscribeProfiles({
          data: {
            type: "profile-subscription-bulk-delete-job",
            attributes: {
              profiles: {
                data: people.map(({ email }) => ({
                  type: "profile" as const,
                  attributes: { email, subscriptions: { email: { marketing: { consent: "UNSUBSCRIBED" } } } },
                })),
              },
            },
            ...(list === null ? {} : { relationships: { list: { data: { type: "list", id: list } } } }),
          },
        }),
      ),
    /** Only for `subscribe.ts`. */
    subscribe: (permit: Permit, people: readonly Person[], list: string) =>
      mutation(permit, "bulk_subscribe_profiles", ProfilesApi, (api) =>
        api.bulkSubscribeProfiles({
          data: {
            type: "profile-subscription-bulk-create-job",
            attributes: {
              customSource: "Tandem",
              profiles: {
                data: people.map(({ id, email }) => ({
                  type: "profile" as const,
                  id,
                  attributes: { email, subscriptions: { email: { marketing: { consent: "SUBSCRIBED" } } } },
                })),
              },
            },
            relationships: { list: { data: { type: "list", id: list } } },
          },
        }),
      ),
  };
}
