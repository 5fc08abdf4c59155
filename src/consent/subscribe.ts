import { chunks } from "../model/chunks.ts";
import type { Consent } from "../model/consent.ts";
import type { Contact } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { Problem } from "../model/problem.ts";
import { subscribingLists } from "../model/scope.ts";
import { SystemUnavailable } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { matchedRules } from "../plan/matched-rules.ts";
import { wantedSubscriptions } from "../plan/plan-consent.ts";
import type { ContactPlan, PlannedOperation } from "../plan/planned.ts";
import { storePeople } from "../pull/pull-side.ts";
import { propertiesFor } from "../pull/sighting-row.ts";
import { saveBlocked } from "../store/consent/subscribe-requests.ts";
import { recordConsent } from "../store/consent/record-consent.ts";
import { saveOptOuts } from "../store/consent/opt-outs.ts";
import { refusedAmong } from "../store/consent/tombstones.ts";
import type { WriteContext } from "../write/write-context.ts";
import { markNow } from "../write/age.ts";
import type { Subscription } from "./grant-clearance.ts";
import { subscribeGate } from "./subscribe-gate.ts";
import { watchOptOuts } from "./watch-opt-outs.ts";
import { atomically } from "../store/database/store.ts";

/** Result of subscribe requests, in numbers. */
export interface SubscribeCounts {
  readonly asked: number;
  readonly blocked: number;
}

/** Few at once: what is asked for stays close to what was read. */
const PEOPLE_AT_ONCE = 50;

interface Wanted {
  readonly plan: ContactPlan;
  readonly ask: Extract<PlannedOperation, { readonly kind: "subscribe" }>;
}

/**
 * Subscribes in Klaviyo the people whose plans want it: reads the latest opt-outs, reads each person again, and asks
 * once for those whom the gate clears and writes into the ledger. A kill at any point asks for nobody twice: who is in the
 * ledger is not asked again, even if the call was never sent.
 */
export async function subscribePeople(
  context: WriteContext,
  plans: readonly ContactPlan[],
): Promise<SubscribeCounts> {
  const wanted = plans.flatMap((plan) =>
    plan.operations.flatMap((ask): readonly Wanted[] => (ask.kind === "subscribe" ? [{ plan, ask }] : [])),
  );
  let [asked, blocked] = [0, await saveObjections(context, plans)];
  if (wanted.length === 0) return { asked, blocked };
  // A person in the ledger is never asked for again, so a key without the scope must be noticed before.
  if ((await context.connectors.klaviyo.consent.mayWrite(context.signal)) === false) {
    throw new SystemUnavailable("klaviyo", mayNotSubscribe(), null);
  }
  for (const some of chunks(wanted, PEOPLE_AT_ONCE)) {
    context.stopping.throwIfAborted();
    const done = await subscribeSome(context, some);
    asked += done.asked;
    blocked += done.blocked;
  }
  return { asked, blocked };
}

/**
 * Puts into the ledger whom a rule wants subscribed and the plan does not ask for, with what speaks against it.
 *
 * @returns how many were not known before
 */
async function saveObjections(
  { store, runId, scope, now }: WriteContext,
  plans: readonly ContactPlan[],
): Promise<number> {
  const rows = plans.flatMap(({ known }) =>
    known.link.state === "ignored"
      ? []
      : wantedSubscriptions(matchedRules(scope, known), known).flatMap(({ list, objection }) =>
          objection === null ? [] : [{ email: known.link.email, list, because: objection }],
        ),
  );
  return saveBlocked(store, runId, rows, now());
}

async function subscribeSome(context: WriteContext, wanted: readonly Wanted[]): Promise<SubscribeCounts> {
  const { store, runId, now, signal } = context;
  const { subscribe } = context.connectors.klaviyo.consent;
  if (subscribe === null) return { asked: 0, blocked: 0 };
  await watchOptOuts(context, runId);
  const readAt = markNow(context);
  const subscriptions = await readAnew(context, wanted);
  const gate = subscribeGate(context, { subscriptions, readAt }, (again) =>
    readAnew(
      context,
      wanted.filter(({ plan, ask }) =>
        again.some(({ email, list }) => email === plan.known.link.email && list === ask.list),
      ),
    ),
  );
  if (gate.cleared.length === 0) {
    await gate.admit([]);
    return gate.counts();
  }
  const results = await subscribe(gate.cleared, gate, signal);
  const refused = gate.cleared.flatMap(({ email, list }, index) => {
    const result = results[index];
    return result?.outcome === "refused"
      ? [{ email, list, because: `Klaviyo rejected the request: ${result.problem.title}` }]
      : [];
  });
  await saveBlocked(store, runId, refused, now());
  const { asked, blocked } = gate.counts();
  return { asked, blocked: blocked + refused.length };
}

/** What both sides and the ledger know of these people now. */
async function readAnew(context: WriteContext, wanted: readonly Wanted[]): Promise<readonly Subscription[]> {
  const { store, runId, now } = context;
  const readAt = now().getTime();
  const hubspot = await readSide(
    context,
    "hubspot",
    wanted.flatMap(({ plan }) => plan.known.link.ids.hubspot ?? []),
  );
  const klaviyo = await readSide(
    context,
    "klaviyo",
    wanted.map(({ ask }) => ask.id),
  );
  const unsure = await readUnderOtherAddresses(context, [...hubspot.values()]);
  const links = wanted.map(({ plan }) => plan.known.link.id);
  const lists = subscribingLists(context.scope);
  await recordConsent(store, runId, now(), links);
  const refused = await refusedAmong(
    store,
    wanted.map(({ plan }) => plan.known.link.email),
  );
  return wanted.flatMap(({ plan, ask }): readonly Subscription[] => {
    const { email, ids } = plan.known.link;
    const profile = klaviyo.get(ask.id);
    // Gone, merged, or of another address now: planned again from what was read.
    if (profile === undefined || profile.email !== email) return [];
    const contact = ids.hubspot === null ? undefined : hubspot.get(ids.hubspot);
    // Somebody who has a contact that cannot be read may have refused there.
    if (ids.hubspot !== null && contact === undefined) return [];
    if (contact?.otherEmails.some((other) => unsure(other)) === true) return [];
    // Its opt-outs may be those of the address that it has left.
    if (contact !== undefined && contact.email !== email && !contact.otherEmails.includes(email)) return [];
    const consents: Record<Side, Consent | null> = {
      hubspot: contact?.consent ?? null,
      klaviyo: profile.consent,
    };
    return [
      {
        email,
        profile: profile.id,
        list: ask.list,
        subscribingLists: lists,
        consents,
        isInHubSpot: contact !== undefined,
        refusedBefore: refused.has(email),
        readAt,
      },
    ];
  });
}

/**
 * Somebody may have refused under another address long before anybody looked: whose profile that is, no list of a rule
 * need tell. What is found goes into the ledger, from which it follows its person.
 *
 * @returns whether nobody can tell what stands under an address
 */
async function readUnderOtherAddresses(
  context: WriteContext,
  contacts: readonly Contact[],
): Promise<(address: EmailKey) => boolean> {
  const { store, runId, now, connectors, signal } = context;
  const others = [...new Set(contacts.flatMap(({ otherEmails }) => otherEmails))];
  if (others.length === 0) return () => false;
  const found = await connectors.klaviyo.contacts.find(others, [], signal);
  const refusing = found.contacts.filter(({ email, consent }) => email !== null && consent !== null);
  await atomically(store, (store) => saveOptOuts(store, runId, refusing, now()));
  // An unreadable profile may have opted out under that email address, or any other.
  return (address) => found.unreadable.some(({ email }) => email === null || email === address);
}

async function readSide(
  context: WriteContext,
  side: Side,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Contact>> {
  if (ids.length === 0) return new Map();
  const unique = [...new Set(ids)];
  const properties = propertiesFor(context.fields, side);
  const reading = await context.connectors[side].contacts.read(unique, properties, context.signal);
  await atomically(context.store, (store) => storePeople({ ...context, store }, side, reading, () => false));
  return new Map(reading.contacts.map((contact) => [contact.id, contact]));
}

/** KL-SCOPE, before anybody is written down as asked for. */
function mayNotSubscribe(): Problem {
  return {
    code: "KL-SCOPE",
    level: "connection",
    side: "klaviyo",
    field: null,
    title: "The Klaviyo key can't subscribe anybody",
    explanation:
      "A rule says `subscribe: true`, and the key lacks the scope `subscriptions:write`. Nobody was subscribed.",
    fix: [
      "In Klaviyo, open Settings > Account > API keys, and create a private key that has `subscriptions:write` too.",
      "Or remove `subscribe: true` from the mapping.",
    ],
    retry: "on_change",
    reference: null,
  };
}
