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
    emit(state, "Subscribed to List", profile, { List: list.name, Method: how.method });
  }
}

/**
 * Unsubscribes. Only a member of the given list can be unsubscribed from that list alone, and only where the account
 * does not unsubscribe globally; for everybody else it is from everything.
 */
export function unsubscribe(state: KlaviyoState, profile: Profile, actor: Actor, list: List | null): void {
  const member = list !== null && removeFromList(state, list, profile.id, actor);
  if (member) emit(state, "Unsubscribed from List", profile, { List: list.name });
  if (member && !state.settings.global_unsubscribe) {
    setConsent(state, profile, actor, "profile.unsubscribe_from_list", (consent, at) =>
      unsubscribedFromList(consent, list.id, at),
    );
    return;
  }
  setConsent(state, profile, actor, "profile.unsubscribe", unsubscribed);
  emit(state, "Unsubscribed from Email Marketing", profile);
}

export function complain(state: KlaviyoState, profile: Profile): void {
  setConsent(state, profile, "user", "profile.spam_complaint", complained);
  emit(state, "Marked Email as Spam", profile);
}

export function suppress(
  state: KlaviyoState,
  profile: Profile,
  actor: Actor,
  reason: SuppressionReason,
): void {
  setConsent(state, profile, actor, "profile.suppress", (consent, at) => suppressed(consent, reason, at));
  if (reason === "USER_SUPPRESSED") emit(state, "Manually Suppressed from Email Marketing", profile);
}

export function unsuppress(state: KlaviyoState, profile: Profile, actor: Actor): void {
  const before = profile.consent;
  setConsent(state, profile, actor, "profile.unsuppress", unsuppressed);
  if (profile.consent !== before) emit(state, "Manually Unsuppressed from Email Marketing", profile);
}

function setConsent(
  state: KlaviyoState,
  profile: Profile,
  actor: Actor,
  action: string,
  next: (consent: EmailConsent, at: number) => EmailConsent,
): void {
  const change = (changing: Profile): void => {
    changing.consent = next(changing.consent, state.time.micros());
  };
  changeProfile(state, profile, actor, action, change, { touch: state.settings.updated_on_consent });
}
