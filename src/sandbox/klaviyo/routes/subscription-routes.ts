import type { Route } from "../../route.ts";
import type { KlaviyoState } from "../state/state.ts";
import { dataOf, only, relatedId, required, textOf } from "../wire/body-reader.ts";
import { operation } from "../wire/operation.ts";
import { consentRowsOf } from "../writes/subscription-request.ts";
import { listOf } from "./list-routes.ts";

const SUBSCRIBE: ReadonlySet<string> = new Set(["profiles", "custom_source", "historical_import"]);
const UNSUBSCRIBE: ReadonlySet<string> = new Set(["profiles"]);

/** Both answer 202 with nothing: there is no job to ask about, and what happened can only be read back. */
export function subscriptionRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("bulk_subscribe_profiles", "POST", "/api/profile-subscription-bulk-create-jobs", (call) => {
      const data = dataOf(call, "profile-subscription-bulk-create-job");
      const attributes = required(data, "attributes", "/data");
      only(attributes, SUBSCRIBE, "profile-subscription-bulk-create-job", "/data/attributes");
      const historical = attributes["historical_import"] === true;
      const now = state.time.micros();
      const rows = consentRowsOf(attributes, { consent: "SUBSCRIBED", max: 1_000, historical, now });
      const listId = relatedId(data, "list", "list");
      if (listId !== null) listOf(state, listId);
      const source = textOf(attributes, "custom_source", "/data/attributes") ?? null;
      const task = { kind: "subscribe", rows, listId, historical, source } as const;
      state.schedule.after(state.settings.consent_lag_ms, task);
      return { status: 202 };
    }),
    operation("bulk_unsubscribe_profiles", "POST", "/api/profile-subscription-bulk-delete-jobs", (call) => {
      const data = dataOf(call, "profile-subscription-bulk-delete-job");
      const attributes = required(data, "attributes", "/data");
      only(attributes, UNSUBSCRIBE, "profile-subscription-bulk-delete-job", "/data/attributes");
      const now = state.time.micros();
      const rows = consentRowsOf(attributes, { consent: "UNSUBSCRIBED", max: 100, historical: false, now });
      const listId = relatedId(data, "list", "list");
      if (listId !== null) listOf(state, listId);
      state.schedule.after(state.settings.consent_lag_ms, { kind: "unsubscribe", rows, listId });
      return { status: 202 };
    }),
  ];
}
