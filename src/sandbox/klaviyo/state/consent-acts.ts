import type { Actor } from "../../ground-truth.ts";
import { changeProfile } from "./change-profile.ts";
import type { EmailConsent, SuppressionReason } from "./email-consent.ts";
import {
  complained,
  subscribed,
  suppressed,
  unsubscribed,
  unsubscribedFromList,
  unsuppressed,
} from "./email-consent.ts";
import type { List } from "./group.ts";
import { addToList, removeFromList } from "./list-membership.ts";
import type { Profile } from "./profile.ts";
import type { Event } from "./events.ts";
import type { Cause } from "./record-event.ts";
import { emit } from "./record-event.ts";
import type { KlaviyoState } from "./state.ts";

/** Subscribes at once, whatever the person said before. */
export function subscribe(
  state: KlaviyoState,
  profile: Profile,
  actor: Actor,
  how: {
    readonly list: List | null;
    readonly method: string;
    readonly source?: string | null;
    readonly consentedAt?: number | null;
    readonly doubleOptin?: boolean;
  },
): void {
  const { list } = how;
  setConsent(state, profile, actor, "profile.subscribe", (consent, at) =>
    subscribed(consent, {
      at,
      consentedAt: how.consentedAt ?? null,
      method: how.method,
      source: how.source ?? null,
      doubleOptin: how.doubleOptin ?? false,
      listId: list?.id ?? null,
    }),
  );
  emit(state, "Subscribed to Email Marketing", profile);
  if (list !== null && addToList(state, list, profile.id, actor)) {
    emit(state, "Subscribed to List", profile, { properties: { List: list.name, Method: how.method } });
  }
}

/**
 * Unsubscribes. Only a member of the given list can be unsubscribed from that list alone, and only where the account
 * does not unsubscribe globally; for everybody else it is from everything. Answers the event that tells of it first.
 */
export function unsubscribe(
  state: KlaviyoState,
  profile: Profile,
  actor: Actor,
  list: List | null,
  cause: Cause = {},
): Event {
  const { at: when } = cause;
  const member = list !== null && removeFromList(state, list, profile.id, actor);
  const told = member
    ? emit(state, "Unsubscribed from List", profile, {
        ...cause,
        properties: { List: list.name, ...cause.properties },
      })
    : null;
  if (told !== null && list !== null && !state.settings.global_unsubscribe) {
    const fromList = (consent: EmailConsent, at: number): EmailConsent =>
      unsubscribedFromList(consent, list.id, at);
    setConsent(state, profile, actor, "profile.unsubscribe_from_list", fromList, when);
    return told;
  }
  setConsent(state, profile, actor, "profile.unsubscribe", unsubscribed, when);
  const everything = emit(state, "Unsubscribed from Email Marketing", profile, cause);
  return told ?? everything;
}

export function complain(state: KlaviyoState, profile: Profile, cause: Cause = {}): Event {
  setConsent(state, profile, "user", "profile.spam_complaint", complained, cause.at);
  return emit(state, "Marked Email as Spam", profile, cause);
}

export function suppress(
  state: KlaviyoState,
  profile: Profile,
  actor: Actor,
  reason: SuppressionReason,
  when?: number,
): void {
  const suppress = (consent: EmailConsent, at: number): EmailConsent => suppressed(consent, reason, at);
  setConsent(state, profile, actor, "profile.suppress", suppress, when);
  if (reason === "USER_SUPPRESSED") emit(state, "Manually Suppressed from Email Marketing", profile);
}

export function unsuppress(state: KlaviyoState, profile: Profile, actor: Actor): void {
  const before = profile.consent;
  setConsent(state, profile, actor, "profile.unsuppress", unsuppressed);
  if (profile.consent !== before) emit(state, "Manually Unsuppressed from Email Marketing", profile);
}

/** @param when microseconds; now by default */
export function setSms(
  state: KlaviyoState,
  profile: Profile,
  actor: Actor,
  consent: "SUBSCRIBED" | "UNSUBSCRIBED",
  when: number | null,
): void {
  const action = consent === "SUBSCRIBED" ? "profile.subscribe_sms" : "profile.unsubscribe_sms";
  const change = (changing: Profile): void => {
    changing.sms = { consent, timestamp: when ?? state.time.micros() };
  };
  changeProfile(state, profile, actor, action, change, { touch: state.settings.updated_on_consent });
}

function setConsent(
  state: KlaviyoState,
  profile: Profile,
  actor: Actor,
  action: string,
  next: (consent: EmailConsent, at: number) => EmailConsent,
  when?: number,
): void {
  const change = (changing: Profile): void => {
    changing.consent = next(changing.consent, when ?? state.time.micros());
  };
  changeProfile(state, profile, actor, action, change, { touch: state.settings.updated_on_consent });
}
