import type { Consent, OptOutFrom } from "../../model/consent.ts";
import type { Clearance } from "../../model/clearance.ts";
import { isByFact, refusesAll } from "../../model/consent.ts";
import type { ExternalId } from "../../model/contact.ts";
import { emailKey } from "../../model/email.ts";
import type { FormerAddress, FormerOptOut, OptOutEvent } from "../consent-port.ts";
import type { MemoryStore } from "./store.ts";

/** What an opt-out makes of a consent. */
function refused(consent: Consent, from: OptOutFrom, at: string): Consent {
  switch (from.kind) {
    case "all":
      return {
        ...consent,
        status: "unsubscribed",
        suppressions: [...consent.suppressions, { reason: "UNSUBSCRIBE", at }],
      };
    case "type":
      return { ...consent, optedOutTypes: [...new Set([...consent.optedOutTypes, from.type])].sort() };
    case "list": {
      const one = { list: from.list, reason: "UNSUBSCRIBE", at };
      return { ...consent, listSuppressions: [...consent.listSuppressions, one] };
    }
  }
}

/** Somebody refuses, by a user's act or by an operation. Leaving a list's e-mail is leaving the list. */
export function refuse(store: MemoryStore, id: ExternalId, from: OptOutFrom, at: string): void {
  const contact = store.get(id);
  if (contact === undefined || contact.consent === null) return;
  store.change(id, { consent: refused(contact.consent, from, at) });
  if (from.kind === "list") store.leave(id, from.list);
}

/** An opt-out of all email that is on its way to an address. */
export interface LateOptOut {
  readonly email: string;
  readonly at: number;
}

/** Applies the opt-outs whose time has come, to anybody who has the address by now. */
export function applyLate(store: MemoryStore, late: LateOptOut[], now: number): void {
  for (const one of late.filter(({ at }) => at <= now)) {
    late.splice(late.indexOf(one), 1);
    const holder = [...store.all()].find(({ shownEmail }) => shownEmail === one.email);
    const { id } = holder ?? store.create(one.email, {});
    refuse(store, id, { kind: "all" }, new Date(one.at).toISOString());
  }
}

/** As Klaviyo documents it: anybody who is subscribed loses every suppression but those of an address that bounces. */
export function subscribed(store: MemoryStore, { profile, list }: Clearance): void {
  const contact = store.get(profile);
  if (contact === undefined || contact.consent === null) return;
  const { consent } = contact;
  const suppressions = consent.suppressions.filter(isByFact);
  const listSuppressions = consent.listSuppressions.filter((one) => one.list !== list);
  store.change(profile, { consent: { ...consent, status: "subscribed", suppressions, listSuppressions } });
  store.join(profile, list);
}

/** Anybody who refuses all e-mail or some of it, and changed since. */
export function refusing(store: MemoryStore, since: number): readonly ExternalId[] {
  return [...store.all()]
    .filter(({ consent }) => consent !== null && (refusesAll(consent) || consent.optedOutTypes.length > 0))
    .filter(({ updatedAt }) => updatedAt >= since)
    .map(({ id }) => id);
}

/** Opt-outs that contacts had when they last left these addresses. */
export function leftOptedOut(store: MemoryStore, left: readonly FormerAddress[]): readonly FormerOptOut[] {
  const versions = [...store.history()];
  return left.flatMap((one) => {
    const last = versions.findLast(
      ({ id, shownEmail }) => id === one.id && emailKey(shownEmail) === one.email,
    );
    const consent = last?.consent ?? null;
    if (consent === null || (!refusesAll(consent) && consent.optedOutTypes.length === 0)) return [];
    return [{ ...one, consent: structuredClone(consent) }];
  });
}

/** Every suppression that ever was, gone or not: events are never taken back. */
export function optOutsOf(store: MemoryStore, since: number): readonly OptOutEvent[] {
  const seen = new Map<string, OptOutEvent>();
  for (const { id, consent } of store.history()) {
    for (const suppression of consent?.suppressions ?? []) {
      const { reason, at } = suppression;
      const event = { id: `${id} ${reason} ${at}`, person: id, at: Date.parse(at) };
      if (!isByFact(suppression) && event.at >= since) seen.set(event.id, event);
    }
  }
  return [...seen.values()];
}
