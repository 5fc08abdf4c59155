import { ABILITIES } from "../model/abilities.ts";
import type { Consent, OptOutFrom } from "../model/consent.ts";
import { isSubscribed, objectionOf, refusesAll } from "../model/consent.ts";
import type { ExternalId } from "../model/contact.ts";
import type { KnownLink } from "../model/link.ts";
import type { ResolvedConsent, ResolvedRule } from "../model/scope.ts";
import type { Side } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import type { PlannedOperation } from "./planned.ts";

/**
 * Takes a refusal that one side shows to the other, for everybody who is linked, whatever rule they match: it is their
 * will, and no field. Never the other way: what is not refused is nobody's consent.
 */
export function planOptOuts(rules: ResolvedConsent, known: KnownLink): readonly PlannedOperation[] {
  const { hubspot, klaviyo } = known.sightings;
  const restoring = planRestoring(known);
  if (restoring.length > 0 || hubspot === null || klaviyo === null) return restoring;
  const operations: PlannedOperation[] = [];
  const owed = perSide((side) => owesInherited(rules, known, side));
  if (klaviyo.consent !== null && hubspot.consent !== null && (refusesAll(klaviyo.consent) || owed.hubspot)) {
    const { consent } = hubspot;
    const open = rules.types.filter((type) => !refusesAll(consent) && !consent.optedOutTypes.includes(type));
    operations.push(...open.map((type) => optOut("hubspot", hubspot.id, { kind: "type", type })));
  }
  if (
    hubspot.consent !== null &&
    klaviyo.consent !== null &&
    (owed.klaviyo || refusesWhatKlaviyoSends(rules, withoutTakenBack(hubspot.consent, known.takenBack))) &&
    !refusesAll(klaviyo.consent) &&
    !known.optOutUnderWay
  ) {
    operations.push(optOut("klaviyo", klaviyo.id, { kind: "all" }));
  }
  return operations;
}

/**
 * Where a person is left on one side only, what is still to be done to that one: an opt-out that a subscription of ours went
 * over, and one that a merge lost. A contact that is linked to them later is opted out because they show it.
 */
export function planOwed(rules: ResolvedConsent, known: KnownLink): readonly PlannedOperation[] {
  const restoring = planRestoring(known);
  if (restoring.length > 0) return restoring;
  return SIDES.flatMap((side): readonly PlannedOperation[] => {
    const contact = known.sightings[side];
    const isGone = known.link.deletedOn === side || known.link.missingOn === side;
    if (isGone || contact?.consent == null || !owesInherited(rules, known, side)) return [];
    if (refusesAll(contact.consent)) return [];
    if (ABILITIES[side].optsOutOfAll) return [optOut(side, contact.id, { kind: "all" })];
    const { optedOutTypes } = contact.consent;
    const open = rules.types.filter((type) => !optedOutTypes.includes(type));
    return open.map((type) => optOut(side, contact.id, { kind: "type", type }));
  });
}

/** An opt-out under another email address of the person is carried to a side once. What they choose there later stays. */
function owesInherited(rules: ResolvedConsent, { inherited }: KnownLink, side: Side): boolean {
  return inherited.some(
    ({ from, carriedTo }) =>
      !carriedTo.includes(side) && (from === "klaviyo" || rules.hubspotOptOut === "unsubscribe"),
  );
}

/**
 * Puts back a refusal that a subscription of ours went over. What Tandem has done it undoes, whatever became of the contact
 * on the other side since.
 */
function planRestoring({ overruled, link, sightings }: KnownLink): readonly PlannedOperation[] {
  const { klaviyo } = sightings;
  const isGone = link.deletedOn === "klaviyo" || link.missingOn === "klaviyo";
  if (!overruled || isGone || klaviyo === null || klaviyo.consent === null) return [];
  return refusesAll(klaviyo.consent) ? [] : [optOut("klaviyo", klaviyo.id, { kind: "all" })];
}

/**
 * What somebody refuses in HubSpot themselves. A type that Tandem opted them out of stood for their refusal in Klaviyo, and
 * ends with it: carried back, it would undo their own act.
 */
function withoutTakenBack(consent: Consent, takenBack: readonly string[]): Consent {
  return { ...consent, optedOutTypes: consent.optedOutTypes.filter((type) => !takenBack.includes(type)) };
}

/** All e-mail, or every type that stands for Klaviyo's: anybody who kept one of them still wants some. */
export function refusesWhatKlaviyoSends(
  { types, hubspotOptOut }: ResolvedConsent,
  consent: Consent,
): boolean {
  if (hubspotOptOut === "ignore") return false;
  if (refusesAll(consent)) return true;
  return types.length > 0 && types.every((type) => consent.optedOutTypes.includes(type));
}

/** What somebody opted out of in HubSpot keeps them from being created in Klaviyo, where the mapping syncs that. */
export function refusesCreation(rules: ResolvedConsent, { sightings }: KnownLink, missing: Side): boolean {
  const consent = sightings.hubspot?.consent ?? null;
  return missing === "klaviyo" && consent !== null && refusesWhatKlaviyoSends(rules, consent);
}

/**
 * Off the lists of a rule that the person left, where it says so. From a list, never from everything: the connector looks
 * whether they are still on it, because Klaviyo unsubscribes anybody who is not from all e-mail.
 */
export function planUnsubscribes(left: readonly ResolvedRule[], lists: readonly string[], id: ExternalId) {
  const rules = left.filter(({ onLeave }) => onLeave === "unsubscribe");
  const own = new Set(rules.flatMap((rule) => rule.lists));
  return lists
    .filter((list) => own.has(list))
    .map((list) => ({ kind: "opt_out", side: "klaviyo", id, from: { kind: "list", list } }) as const);
}

/** A list that a rule wants a person subscribed to, and what speaks against it as far as was seen. */
export interface WantedSubscription {
  readonly list: string;
  readonly objection: string | null;
}

/** The lists that rules want this person subscribed to. Those that they are on, or were ever asked for, are left out. */
export function wantedSubscriptions(
  matched: readonly ResolvedRule[],
  { sightings, optedOut, subscribeRequested }: KnownLink,
): readonly WantedSubscription[] {
  const klaviyo = sightings.klaviyo?.consent ?? null;
  if (sightings.klaviyo === null || (klaviyo !== null && isSubscribed(klaviyo))) return [];
  const hubspot = sightings.hubspot?.consent ?? null;
  const wanted = new Set(matched.filter(({ subscribe }) => subscribe).flatMap(({ lists }) => lists));
  // A HubSpot contact that shows no consent is read again before anybody is subscribed.
  const known = { klaviyo, hubspot, isInHubSpot: false, refusedBefore: optedOut };
  return [...wanted]
    .filter((list) => !subscribeRequested.includes(list))
    .map((list) => ({ list, objection: objectionOf({ ...known, list }) }));
}

/**
 * Asks to subscribe whom a rule wants subscribed, as far as can be told from what was seen: `consent/` reads again, and
 * has the last word (P9).
 */
export function planSubscribes(
  matched: readonly ResolvedRule[],
  known: KnownLink,
): readonly PlannedOperation[] {
  const id = known.sightings.klaviyo?.id;
  if (id === undefined) return [];
  return wantedSubscriptions(matched, known)
    .filter(({ objection }) => objection === null)
    .map(({ list }) => ({ kind: "subscribe", side: "klaviyo", id, list }));
}

function optOut(side: Side, id: string, from: OptOutFrom) {
  return { kind: "opt_out", side, id, from } as const;
}
