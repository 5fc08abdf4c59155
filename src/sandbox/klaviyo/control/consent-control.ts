import { complain, subscribe, suppress, unsubscribe, unsuppress } from "../state/consent-acts.ts";
import type { SuppressionReason } from "../state/email-consent.ts";
import type { List } from "../state/group.ts";
import { emit } from "../state/record-event.ts";
import type { KlaviyoState } from "../state/state.ts";
import { person } from "./person.ts";

/** What the person, or their mail server, does about mail. Everybody is named by id or e-mail. */
export interface ConsentControl {
  /** On a form or the preference page. */
  subscribe(idOrEmail: string, listId?: string): void;
  /** By the link in a mail to a list, or from everything. */
  unsubscribe(idOrEmail: string, listId?: string): void;
  /** Answers the confirmation mail of a double opt-in; false when none was sent. */
  confirmOptIn(idOrEmail: string): boolean;
  complain(idOrEmail: string): void;
  bounce(idOrEmail: string, kind?: "Hard" | "Soft"): void;
  /** By somebody in Klaviyo's pages. */
  suppress(idOrEmail: string, reason?: SuppressionReason): void;
  unsuppress(idOrEmail: string): void;
}

export function consentControl(state: KlaviyoState): ConsentControl {
  const listOf = (id: string | undefined | null): List | null => {
    if (id === undefined || id === null) return null;
    const list = state.lists.get(id);
    if (list === undefined) throw new RangeError(`there is no list ${id}`);
    return list;
  };
  return {
    subscribe: (who, listId) =>
      subscribe(state, person(state, who), "user", { list: listOf(listId), method: "PREFERENCE_PAGE" }),
    unsubscribe: (who, listId) => void unsubscribe(state, person(state, who), "user", listOf(listId)),
    confirmOptIn(who) {
      const profile = person(state, who);
      const at = state.pendingOptIns.findIndex(({ profileId }) => profileId === profile.id);
      const [pending] = at < 0 ? [] : state.pendingOptIns.splice(at, 1);
      if (pending === undefined) return false;
      const { listId, source } = pending;
      const how = { list: listOf(listId), method: "API", source, doubleOptin: true };
      subscribe(state, profile, "user", how);
      return true;
    },
    complain: (who) => void complain(state, person(state, who)),
    bounce(who, kind = "Hard") {
      const profile = person(state, who);
      if (kind === "Hard") suppress(state, profile, "system", "HARD_BOUNCE");
      emit(state, "Bounced Email", profile, { properties: { "Bounce Type": kind } });
    },
    suppress: (who, reason = "USER_SUPPRESSED") => suppress(state, person(state, who), "user", reason),
    unsuppress: (who) => unsuppress(state, person(state, who), "user"),
  };
}
