import type { Consent } from "../model/consent.ts";
import { hasNeverAnswered, hasOptedIn } from "../model/consent.ts";
import type { Problem } from "../model/problem.ts";
import { propertiesFor } from "../pull/sighting-row.ts";
import type { RunContext } from "../pull/run-context.ts";
import type { SubscribeFound, PendingSubscribe } from "../store/consent/subscribe-requests.ts";
import { CHECKED_FOR_MS, pendingSubscribes, saveFound } from "../store/consent/subscribe-requests.ts";
import { recordConsent } from "../store/consent/record-consent.ts";
import { clip } from "../model/clip.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** An opt-out within this time of the subscribe request may have crossed it. A later one is an ordinary opt-out. */
const MET_WITHIN_MS = 10 * MINUTE;
/** After this without any effect somebody should look. */
const UNCONFIRMED_AFTER_MS = HOUR;

/** Result of checking earlier subscribe requests. */
export interface SubscribesFound {
  /** Addresses whose refusal a subscription went over: to be put back now. */
  readonly met: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Looks after everybody that Tandem asked to subscribe: between the reading that allowed it and the moment it was done they
 * may have refused, and Klaviyo's call then took that refusal away. Their refusals are found as events, which Klaviyo
 * keeps, and in what either side showed meanwhile. Nothing is written to a vendor here: what was met makes its person
 * dirty, and the plan puts the refusal back.
 */
export async function verifySubscribes(context: RunContext, runId: bigint): Promise<SubscribesFound> {
  const { store, now } = context;
  const pending = await pendingSubscribes(store, new Date(now().getTime() - CHECKED_FOR_MS));
  if (pending.length === 0) return { met: [], problems: [] };
  const shown = await consentNow(context, pending);
  const refusals = await refusalEvents(context, pending);
  const found: SubscribeFound[] = [];
  const unconfirmed: PendingSubscribe[] = [];
  for (const ask of pending) {
    const { email, list, profile } = ask;
    const consent = shown.get(profile) ?? null;
    const subscribed = consent !== null && hasOptedIn(consent);
    const met = metBy(ask, refusals.get(profile) ?? [], toleranceMs(context));
    const age = now().getTime() - ask.requestedAt.getTime();
    if (subscribed && met !== null) found.push({ email, list, found: "met", evidence: met });
    else if (subscribed && age > CHECKED_FOR_MS - HOUR)
      found.push({ email, list, found: "confirmed", evidence: {} });
    else if (consent !== null && hasNeverAnswered(consent) && age > UNCONFIRMED_AFTER_MS)
      unconfirmed.push(ask);
  }
  await saveFound(store, runId, found, now());
  // Who is confirmed may have come back by their own act meanwhile: until then that could not be told.
  const settled = pending.filter(({ email, list }) =>
    found.some((one) => one.email === email && one.list === list),
  );
  if (settled.length > 0)
    await recordConsent(
      store,
      runId,
      now(),
      settled.map(({ linkId }) => linkId),
    );
  const met = found.filter((one) => one.found === "met").map(({ email }) => email);
  return { met, problems: unconfirmed.length === 0 ? [] : [notConfirmed(unconfirmed)] };
}

async function consentNow(
  context: RunContext,
  pending: readonly PendingSubscribe[],
): Promise<ReadonlyMap<string, Consent | null>> {
  const ids = [...new Set(pending.map(({ profile }) => profile))];
  const properties = propertiesFor(context.fields, "klaviyo");
  const { contacts } = await context.connectors.klaviyo.contacts.read(ids, properties, context.signal);
  return new Map(contacts.map(({ id, consent }) => [id, consent]));
}

/**
 * The evidence of a refusal about the time of the reading and the asking; `null` where there is none. One that came a
 * little before the reading counts too: who is asked for had refused nothing by then, so that one was not done yet when
 * they were read, or a clock is not right.
 *
 * @param toleranceMs so long before and after a refusal counts as met on the way
 */
function metBy(
  { readAt, requestedAt, refusedAt }: PendingSubscribe,
  events: readonly Refusal[],
  toleranceMs: number,
): object | null {
  const until = requestedAt.getTime() + toleranceMs;
  const from = readAt.getTime() - toleranceMs;
  const event = events.find(({ at }) => at >= from && at <= until);
  if (event !== undefined) return { event: event.id, at: new Date(event.at).toISOString() };
  const seen = refusedAt?.getTime() ?? null;
  return seen !== null && seen <= until ? { seen: new Date(seen).toISOString() } : null;
}

interface Refusal {
  readonly id: string;
  /** By Klaviyo's clock. Milliseconds since 1970. */
  readonly at: number;
}

/** A clock may be off by as much in either direction, or have been put right meanwhile. */
function toleranceMs({ connectors }: RunContext): number {
  return MET_WITHIN_MS + Math.abs(connectors.klaviyo.skewMs());
}

async function refusalEvents(
  context: RunContext,
  pending: readonly PendingSubscribe[],
): Promise<ReadonlyMap<string, readonly Refusal[]>> {
  const { consent } = context.connectors.klaviyo;
  const found = new Map<string, Refusal[]>();
  if (consent.optOutEvents === null) return found;
  const from = Math.min(...pending.map(({ readAt }) => readAt.getTime())) - toleranceMs(context);
  for await (const { id, person, at } of consent.optOutEvents(from, context.signal)) {
    const known = found.get(person) ?? [];
    known.push({ id, at });
    found.set(person, known);
  }
  return found;
}

/** SK-UNCONFIRMED: it is not sent again by itself; a person decides. */
function notConfirmed(asks: readonly PendingSubscribe[]): Problem {
  const people = asks.length === 1 ? "1 person was" : `${asks.length} people were`;
  const lists = [...new Set(asks.map(({ list }) => list))].join(", ");
  return {
    code: "SK-UNCONFIRMED",
    level: "connection",
    side: null,
    field: "subscribe",
    title: clip(`${people} asked for and not subscribed yet`, 60),
    explanation: `They were asked for on list ${lists} more than an hour ago, and Klaviyo does not show them as subscribed. On a double opt-in list they have not confirmed; otherwise the subscribe call may have been cut off. Tandem never asks twice.`,
    fix: [
      "If the list is single opt-in, subscribe them by hand in Klaviyo.",
      "Otherwise, wait for them to confirm.",
    ],
    retry: "on_change",
    reference: null,
  };
}

/** SK-OVERRULED: an incident. It was put right, and somebody should know. */
export function overruled(people: number): Problem {
  const who = people === 1 ? "1 person" : `${people} people`;
  return {
    code: "SK-OVERRULED",
    level: "connection",
    side: null,
    field: "subscribe",
    title: `${who} opted out while being subscribed; restored`,
    explanation: `They opted out between Tandem's last reading and its subscribe call, which removed the opt-out. Tandem unsubscribed ${who} again. Klaviyo has lost the original reason of a suppression; the ledger keeps it.`,
    fix: [
      "See who it was: `tandem consent audit` lists them under “restored”.",
      "If it happens often, add people to the list without `subscribe: true`, and let them sign up themselves.",
    ],
    retry: "never",
    reference: null,
  };
}
