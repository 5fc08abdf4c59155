import type { Call, Reply } from "../../route.ts";
import { batchReply } from "../wire/batch-reply.ts";
import type { ChangeOutcome } from "./change-consent.ts";
import { changeStatus, shownState, unsubscribeFromAll } from "./change-consent.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { invalid, VendorError } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { objectBody, textField } from "../wire/request-parts.ts";
import {
  READ_PREFERENCES,
  READ_PREFERENCES_IN_BATCHES,
  WRITE_PREFERENCES,
  WRITE_PREFERENCES_IN_BATCHES,
} from "../wire/scopes.ts";
import type { HubspotState } from "../state.ts";
import type { SubscriptionDefinition } from "./subscription-store.ts";
import type { Writer } from "../contacts/write-contact.ts";

const STATUSES = "/communication-preferences/v4/statuses";
const LARGEST_BATCH = 100;

/** The newer communication preferences: three states, and the opt-out from everything on its own. */
export function preferencesV4Endpoints(state: HubspotState): readonly Endpoint[] {
  const read = { scopes: READ_PREFERENCES, mutating: false } as const;
  const write = { scopes: WRITE_PREFERENCES, mutating: true } as const;
  const readBatch = { method: "POST", scopes: READ_PREFERENCES_IN_BATCHES, mutating: false } as const;
  const writeBatch = { method: "POST", scopes: WRITE_PREFERENCES_IN_BATCHES, mutating: true } as const;
  const emailIn = (call: Call): string => call.params["subscriberIdString"] ?? "";
  return [
    {
      method: "GET",
      path: `${STATUSES}/{subscriberIdString}`,
      ...read,
      handle(call) {
        demandChannel(call);
        return complete(state, statusesOf(state, emailIn(call)));
      },
    },
    {
      method: "POST",
      path: `${STATUSES}/{subscriberIdString}`,
      ...write,
      handle: (call, { writer }) =>
        complete(state, [written(state, writer, emailIn(call), objectBody(call))]),
    },
    {
      method: "GET",
      path: `${STATUSES}/{subscriberIdString}/unsubscribe-all`,
      ...read,
      handle(call) {
        demandChannel(call);
        return complete(state, optOutOf(state, emailIn(call)));
      },
    },
    {
      method: "POST",
      path: `${STATUSES}/{subscriberIdString}/unsubscribe-all`,
      ...write,
      handle(call, { writer }) {
        demandChannel(call);
        const outcome = unsubscribeFromAll(state, writer, emailIn(call));
        return complete(
          state,
          call.query.get("verbose") === "true" ? statusesOf(state, emailIn(call), outcome) : [],
        );
      },
    },
    {
      ...readBatch,
      path: `${STATUSES}/batch/read`,
      handle(call, { version }) {
        demandChannel(call);
        const results = emails(call).map((email) => ({
          subscriberIdString: email,
          statuses: statusesOf(state, email),
        }));
        return batchReply({ status: 200, version, at: state.now(), results, vendorErrors: [] });
      },
    },
    {
      ...readBatch,
      path: `${STATUSES}/batch/unsubscribe-all/read`,
      handle(call, { version }) {
        demandChannel(call);
        const results = emails(call).flatMap((email) => optOutOf(state, email));
        return batchReply({ status: 200, version, at: state.now(), results, vendorErrors: [] });
      },
    },
    {
      ...writeBatch,
      path: `${STATUSES}/batch/write`,
      handle(call, { writer }) {
        const results: unknown[] = [];
        const vendorErrors: VendorError[] = [];
        for (const input of inputs(call)) {
          try {
            const body = input as JsonObject;
            results.push(written(state, writer, textField(body, "subscriberIdString"), body));
          } catch (error) {
            if (!(error instanceof VendorError)) throw error;
            vendorErrors.push(error);
          }
        }
        // 200 with errors in it, whatever the generation.
        return batchReply({ status: 200, version: "2026-09", at: state.now(), results, vendorErrors });
      },
    },
    {
      ...writeBatch,
      path: `${STATUSES}/batch/unsubscribe-all`,
      handle(call, { writer }) {
        demandChannel(call);
        const results = emails(call).map((email) => {
          const outcome = unsubscribeFromAll(state, writer, email);
          return { subscriberIdString: email, statuses: statusesOf(state, email, outcome) };
        });
        return batchReply({ status: 200, version: "2026-09", at: state.now(), results, vendorErrors: [] });
      },
    },
  ];
}

function complete(state: HubspotState, results: readonly unknown[]): Reply {
  return batchReply({ status: 200, version: "numbered", at: state.now(), results, vendorErrors: [] });
}

function demandChannel(call: Call): void {
  if (call.query.get("channel") !== "EMAIL") throw invalid("channel is required and must be EMAIL");
}

function written(state: HubspotState, writer: Writer, email: string, body: JsonObject): unknown {
  const statusState = textField(body, "statusState");
  if (statusState !== "SUBSCRIBED" && statusState !== "UNSUBSCRIBED" && statusState !== "NOT_SPECIFIED") {
    throw invalid(`statusState must be one of SUBSCRIBED, UNSUBSCRIBED, NOT_SPECIFIED, was ${statusState}`);
  }
  if (body["channel"] !== "EMAIL") throw invalid("channel is required and must be EMAIL");
  const definition = state.subscriptions.definition(Number(textField(body, "subscriptionId")));
  if (definition === undefined)
    throw invalid(`Subscription ${String(body["subscriptionId"])} does not exist`);
  const legalBasis = typeof body["legalBasis"] === "string" ? body["legalBasis"] : null;
  if (state.settings.dataPrivacy && legalBasis === null) {
    throw invalid("A legalBasis is required when data privacy settings are turned on");
  }
  const explanation = body["legalBasisExplanation"];
  const outcome = changeStatus(state, writer, {
    email,
    subscriptionId: definition.id,
    state: statusState,
    legalBasis,
    legalBasisExplanation: typeof explanation === "string" ? explanation : null,
  });
  return statusOf(state, email, definition, outcome);
}

function statusesOf(state: HubspotState, email: string, outcome?: ChangeOutcome): readonly unknown[] {
  return state.subscriptions.definitions.map((definition) => statusOf(state, email, definition, outcome));
}

function statusOf(
  state: HubspotState,
  email: string,
  { id, name }: SubscriptionDefinition,
  outcome?: ChangeOutcome,
): Record<string, unknown> {
  const consent = state.subscriptions.consent(email.trim().toLowerCase());
  const status = consent.statuses.get(id);
  return {
    subscriptionId: id,
    subscriptionName: name,
    status: shownState(state, email, id),
    channel: "EMAIL",
    source: status?.source ?? "",
    subscriberIdString: email,
    timestamp: new Date(consent.optedOutAt ?? status?.at ?? 0).toISOString(),
    ...(status?.legalBasis == null ? {} : { legalBasis: status.legalBasis }),
    ...(status?.legalBasisExplanation == null ? {} : { legalBasisExplanation: status.legalBasisExplanation }),
    ...(outcome === undefined ? {} : { setStatusSuccessReason: outcome }),
  };
}

/** Nothing where the address is not opted out of everything. */
function optOutOf(state: HubspotState, email: string): readonly unknown[] {
  const { optedOutAt } = state.subscriptions.consent(email.trim().toLowerCase());
  if (optedOutAt === null) return [];
  return [
    {
      channel: "EMAIL",
      status: "UNSUBSCRIBED",
      subscriberIdString: email,
      timestamp: new Date(optedOutAt).toISOString(),
      wideStatusType: "PORTAL_WIDE",
    },
  ];
}

function inputs(call: Call): readonly unknown[] {
  const { inputs: list } = objectBody(call);
  if (!Array.isArray(list)) throw invalid("inputs is required");
  if (list.length > LARGEST_BATCH) throw invalid(`The maximum number of inputs is ${LARGEST_BATCH}`);
  return list;
}

function emails(call: Call): readonly string[] {
  return inputs(call).map(String);
}
