import type { Source } from "../contacts/contact.ts";
import { valueOf } from "../contacts/contact.ts";
import { canonicalEmail } from "../properties/property-value.ts";
import type { HubspotState } from "../state.ts";
import type { StatusState, SubscriptionStatus } from "./subscription-store.ts";
import type { Writer } from "../contacts/write-contact.ts";
import { setValue } from "../contacts/write-contact.ts";

/** What is said about one address and one kind of e-mail. */
export interface StatusChange {
  readonly email: string;
  readonly subscriptionId: number;
  readonly state: StatusState;
  readonly legalBasis?: string | null;
  readonly legalBasisExplanation?: string | null;
}

/** HubSpot's word for what came of a change. */
export type ChangeOutcome =
  "REQUESTED_CHANGE_OCCURRED" | "NO_STATUS_CHANGE" | "RESUBSCRIBE_OCCURRED" | "UNSUBSCRIBE_FROM_ALL_OCCURRED";

/** The state HubSpot would show, opt-out from everything included. */
export function shownState(state: HubspotState, email: string, subscriptionId: number): StatusState {
  const consent = state.subscriptions.consent(canonicalEmail(email));
  if (consent.optedOutAt !== null) return "UNSUBSCRIBED";
  return consent.statuses.get(subscriptionId)?.state ?? "NOT_SPECIFIED";
}

/**
 * Sets one status. Every SUBSCRIBED leaves a `subscription.subscribe` in the ground truth, whether or not it changed
 * anything, so that a test can demand that there is none.
 */
export function changeStatus(state: HubspotState, writer: Writer, change: StatusChange): ChangeOutcome {
  const email = canonicalEmail(change.email);
  const consent = state.subscriptions.consent(email);
  const before = shownState(state, email, change.subscriptionId);
  const status: SubscriptionStatus = {
    state: change.state,
    at: state.now(),
    source: writer.actor === "api" ? "Public API" : "Manual change by a user",
    legalBasis: change.legalBasis ?? null,
    legalBasisExplanation: change.legalBasisExplanation ?? null,
  };
  if (before !== change.state) consent.statuses.set(change.subscriptionId, status);
  if (change.state === "SUBSCRIBED") consent.optedOutAt = null;
  if (before !== change.state || change.state === "SUBSCRIBED") {
    state.world.truth.applied({
      actor: writer.actor,
      action: ACTIONS[change.state],
      id: email,
      before: { subscriptionId: change.subscriptionId, state: before },
      after: { subscriptionId: change.subscriptionId, state: change.state },
    });
  }
  showOnContact(state, writer.source, email);
  if (before === change.state) return "NO_STATUS_CHANGE";
  return before === "UNSUBSCRIBED" && change.state === "SUBSCRIBED"
    ? "RESUBSCRIBE_OCCURRED"
    : "REQUESTED_CHANGE_OCCURRED";
}

/** Opts an address out of everything. */
export function unsubscribeFromAll(state: HubspotState, writer: Writer, email: string): ChangeOutcome {
  const address = canonicalEmail(email);
  const consent = state.subscriptions.consent(address);
  if (consent.optedOutAt !== null) return "NO_STATUS_CHANGE";
  consent.optedOutAt = state.now();
  const { actor, source } = writer;
  const action = "subscription.unsubscribe_all";
  const after = { optedOut: true };
  state.world.truth.applied({ actor, action, id: address, before: { optedOut: false }, after });
  showOnContact(state, source, address);
  return "UNSUBSCRIBE_FROM_ALL_OCCURRED";
}

const ACTIONS: Readonly<Record<StatusState, string>> = {
  SUBSCRIBED: "subscription.subscribe",
  UNSUBSCRIBED: "subscription.unsubscribe",
  NOT_SPECIFIED: "subscription.reset",
};

/** The contact that has the address as its primary one shows the opt-out as properties, which moves its date. */
function showOnContact(state: HubspotState, source: Source, email: string): void {
  const contact = state.contacts.byEmail(email);
  if (contact === undefined || valueOf(contact, "email") !== email) return;
  const at = state.now();
  const consent = state.subscriptions.consent(email);
  let changed = setValue(contact, "hs_email_optout", consent.optedOutAt === null ? "" : "true", at, source);
  for (const { id } of state.subscriptions.definitions) {
    const out = shownState(state, email, id) === "UNSUBSCRIBED";
    changed = setValue(contact, `hs_email_optout_${id}`, out ? "true" : "", at, source) || changed;
  }
  if (changed) state.contacts.touch(contact, at);
}
