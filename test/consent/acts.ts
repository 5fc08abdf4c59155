import type { Suppression } from "../../src/model/consent.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { EmailKey } from "../../src/model/email.ts";

/** What a person does about e-mail in Klaviyo, with the trace that it leaves there. */
export interface Acts {
  unsubscribe(id: string): void;
  complain(id: string): void;
  suppress(id: string, reason: string): void;
  /** By a form of the shop: their own act. */
  signUp(id: string): void;
}

export function actsIn(klaviyo: MemoryConnector, now: () => number): Acts {
  let events = 0;
  const consentOf = (id: string) => klaviyo.user.see(id)?.consent ?? plainConsent("never_subscribed");
  const event = (id: string, kind: "unsubscribed" | "spam"): void => {
    const person = klaviyo.user.see(id);
    if (person === undefined) return;
    klaviyo.engagement.happen({
      eventId: `event-${(events += 1)}`,
      kind,
      channel: "email",
      person: id,
      email: (person.shownEmail ?? "") as EmailKey,
      at: new Date(now()).toISOString(),
      message: null,
      messageName: null,
      subject: null,
      source: { kind: "unknown", id: null, name: null },
      url: null,
      list: null,
      detail: null,
      byMachine: false,
    });
  };
  const suppressed = (id: string, reason: string): readonly Suppression[] => [
    ...consentOf(id).suppressions,
    { reason, at: new Date(now()).toISOString() },
  ];
  return {
    unsubscribe(id) {
      const suppressions = suppressed(id, "UNSUBSCRIBE");
      klaviyo.user.setConsent(id, { ...consentOf(id), status: "unsubscribed", suppressions });
      event(id, "unsubscribed");
    },
    complain(id) {
      klaviyo.user.setConsent(id, { ...consentOf(id), suppressions: suppressed(id, "SPAM_COMPLAINT") });
      event(id, "spam");
    },
    suppress: (id, reason) =>
      klaviyo.user.setConsent(id, { ...consentOf(id), suppressions: suppressed(id, reason) }),
    signUp: (id) => klaviyo.user.setConsent(id, { ...consentOf(id), status: "subscribed", suppressions: [] }),
  };
}
