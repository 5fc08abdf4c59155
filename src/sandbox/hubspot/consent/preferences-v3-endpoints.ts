import type { Reply } from "../../route.ts";
import type { StatusChange } from "./change-consent.ts";
import { changeStatus, shownState } from "./change-consent.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { objectBody, textField } from "../wire/request-parts.ts";
import { READ_PREFERENCES, WRITE_PREFERENCES } from "../wire/scopes.ts";
import type { HubspotState } from "../state.ts";
import type { StatusState, SubscriptionDefinition } from "./subscription-store.ts";

const PREFERENCES = "/communication-preferences/v3";

/** The older communication preferences, the only ones the SDK knows. */
export function preferencesV3Endpoints(state: HubspotState): readonly Endpoint[] {
  const read = { method: "GET", scopes: READ_PREFERENCES, mutating: false } as const;
  const write = { method: "POST", scopes: WRITE_PREFERENCES, mutating: true } as const;
  const subscribe = (resubscribing: boolean): Endpoint["handle"] => {
    return (call, { writer }) => {
      const change = changeIn(state, objectBody(call), "SUBSCRIBED");
      const definition = definitionOf(state, change);
      if (!resubscribing && shownState(state, change.email, change.subscriptionId) === "UNSUBSCRIBED") {
        throw invalid("You cannot subscribe an unsubscribed address.");
      }
      changeStatus(state, writer, change);
      return statusReply(state, change.email, definition);
    };
  };
  return [
    {
      ...read,
      path: `${PREFERENCES}/definitions`,
      handle() {
        const at = new Date(0).toISOString();
        const subscriptionDefinitions = state.subscriptions.definitions.map((definition) => ({
          ...definition,
          id: String(definition.id),
          isActive: true,
          isDefault: true,
          isInternal: false,
          createdAt: at,
          updatedAt: at,
        }));
        return { status: 200, body: { subscriptionDefinitions } };
      },
    },
    {
      ...read,
      path: `${PREFERENCES}/status/email/{emailAddress}`,
      handle(call) {
        const recipient = call.params["emailAddress"] ?? "";
        const subscriptionStatuses = state.subscriptions.definitions.map((definition) =>
          statusView(state, recipient, definition),
        );
        return { status: 200, body: { recipient, subscriptionStatuses } };
      },
    },
    {
      ...write,
      path: `${PREFERENCES}/unsubscribe`,
      handle(call, { writer }) {
        const change = changeIn(state, objectBody(call), "UNSUBSCRIBED");
        const definition = definitionOf(state, change);
        changeStatus(state, writer, change);
        return statusReply(state, change.email, definition);
      },
    },
    { ...write, path: `${PREFERENCES}/subscribe`, handle: subscribe(false) },
    // Only the date-based generations have it.
    { ...write, path: "/communication-preferences/2026-09/resubscribe", handle: subscribe(true) },
  ];
}

function changeIn(state: HubspotState, body: JsonObject, to: StatusState): StatusChange {
  const legalBasis = typeof body["legalBasis"] === "string" ? body["legalBasis"] : null;
  if (state.settings.dataPrivacy && legalBasis === null) {
    throw invalid("A legalBasis is required when data privacy settings are turned on");
  }
  const explanation = body["legalBasisExplanation"];
  return {
    email: textField(body, "emailAddress"),
    subscriptionId: Number(textField(body, "subscriptionId")),
    state: to,
    legalBasis,
    legalBasisExplanation: typeof explanation === "string" ? explanation : null,
  };
}

function definitionOf(state: HubspotState, { subscriptionId }: StatusChange): SubscriptionDefinition {
  const definition = state.subscriptions.definition(subscriptionId);
  if (definition === undefined) throw invalid(`Subscription ${subscriptionId} does not exist`);
  return definition;
}

function statusReply(state: HubspotState, email: string, definition: SubscriptionDefinition): Reply {
  return { status: 200, body: statusView(state, email, definition) };
}

/** Here there are two states only: nobody who never said yes counts as subscribed. */
function statusView(
  state: HubspotState,
  email: string,
  { id, name, description }: SubscriptionDefinition,
): Record<string, unknown> {
  const consent = state.subscriptions.consent(email.trim().toLowerCase());
  const status = consent.statuses.get(id);
  const optedOut = consent.optedOutAt !== null;
  return {
    id: String(id),
    name,
    description,
    status: !optedOut && status?.state === "SUBSCRIBED" ? "SUBSCRIBED" : "NOT_SUBSCRIBED",
    sourceOfStatus: optedOut ? "PORTAL_WIDE_STATUS" : "SUBSCRIPTION_STATUS",
    ...(status?.legalBasis == null ? {} : { legalBasis: status.legalBasis }),
    ...(status?.legalBasisExplanation == null ? {} : { legalBasisExplanation: status.legalBasisExplanation }),
  };
}
