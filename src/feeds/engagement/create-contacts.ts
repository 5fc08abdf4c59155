import { fieldsOf } from "../../values/field-codec.ts";
import { chunks } from "../../model/chunks.ts";
import type { ExternalId } from "../../model/contact.ts";
import type { NewContactField } from "../../model/mapping.ts";
import type { KnownLink } from "../../model/link.ts";
import { EMAIL_FIELD, syncedFields } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import { NO_CONSENT_RULES } from "../../model/scope.ts";
import type { Values } from "../../model/value.ts";
import { allowedOf } from "../../plan/limits.ts";
import type { ContactPlan } from "../../plan/planned.ts";
import { propertiesFor } from "../../pull/sighting-row.ts";
import type { UnknownPerson } from "../../store/feeds/engagement-contacts.ts";
import {
  makeLinksFor,
  markEmailsDirty,
  postponeUnknown,
  unknownPeople,
} from "../../store/feeds/engagement-contacts.ts";
import { knownLinks } from "../../store/links/known-links.ts";
import { countLinks } from "../../store/links/links.ts";
import { holdLease } from "../../store/runs/leases.ts";
import type { WriteContext } from "../../write/write-context.ts";
import { LEASE_MS } from "../../write/lease-gate.ts";
import { writePage } from "../../write/write-page.ts";
import type { EngagementContext } from "./context.ts";
import { findContacts } from "./find-contacts.ts";
import { NIGHTLY_WINDOW_MS } from "./passes.ts";
import { tooManyToMake } from "./problems.ts";
import { pageDone } from "../../pull/run-context.ts";
import { atomically } from "../../store/database/store.ts";

/** Result of creating contacts. */
export interface MadeContacts {
  readonly created: number;
  readonly problem: Problem | null;
}

const PEOPLE_PER_PAGE = 500;

/** Anybody who could not be made now is not tried again before that. */
const POSTPONED_MS = 6 * 3_600_000;

/**
 * Makes HubSpot contacts of the people nobody knows, where the mapping says so: by address, through the one way that all
 * contacts are made, never by an event (P14). HubSpot was asked for each address at that moment; anybody who was
 * deleted there is never made again (P11). More than the mapping's limit are not made at all.
 */
export async function createContacts(context: EngagementContext): Promise<MadeContacts> {
  const { store, rules, mapping, now } = context;
  const none = { created: 0, problem: null };
  if (rules.unknownContacts !== "create") return none;
  const since = new Date(now().getTime() - NIGHTLY_WINDOW_MS);
  const people = await unknownPeople(store, since, now());
  if (people.length === 0) return none;
  const allowed = allowedOf("creates", mapping.limits, await countLinks(store, "live"));
  if (people.length > allowed) return { created: 0, problem: tooManyToMake(people.length, allowed) };
  let created = 0;
  for (const some of chunks(people, PEOPLE_PER_PAGE)) {
    created += await createPage(context, some);
    await pageDone(context);
  }
  return { created, problem: null };
}

async function createPage(context: EngagementContext, people: readonly UnknownPerson[]): Promise<number> {
  const { store, now, lease } = context;
  const found = await findContacts(context, people);
  const absent = people.filter(({ person }) => !found.has(person));
  const emails = absent.map(({ email }) => email);
  await atomically(store, async (store) => {
    await holdLease(store, lease, LEASE_MS);
    await makeLinksFor(store, emails);
  });
  const links = await knownLinks(store, [], { kind: "emails", emails }, 0n, emails.length, now());
  const values = await valuesOf(context, absent);
  const plans = links.flatMap((known) => {
    const who = absent.find(({ email }) => email === known.link.email);
    const given = who === undefined ? undefined : values.get(who.person);
    return given !== undefined && mayBeMade(known) ? [planOf(known, given)] : [];
  });
  const counts = await writePage(writing(context), plans, new Set());
  const made = new Set(plans.map(({ known }) => known.link.email));
  const left = absent.filter(({ email }) => !made.has(email));
  const until = new Date(now().getTime() + POSTPONED_MS);
  await atomically(store, async (store) => {
    await markEmailsDirty(store, emails, now());
    const reason = "HubSpot had a contact of this person, which is deleted; it is not made again";
    await postponeUnknown(store, left, reason, until);
    // Anybody who was made is linked by now; anybody who was refused has a problem, and time.
    await postponeUnknown(
      store,
      absent.filter(({ email }) => made.has(email)),
      "HubSpot did not take the contact; see its problem",
      until,
    );
  });
  return counts.created;
}

/** Nobody is made twice, beside another contact with the address, or again after they were deleted. */
function mayBeMade({ link, made, claimed, duplicates }: KnownLink): boolean {
  return (
    link.ids.hubspot === null &&
    link.deletedOn === null &&
    !made.hubspot &&
    claimed.hubspot === null &&
    duplicates.hubspot.length === 0
  );
}

function planOf(known: KnownLink, values: Values): ContactPlan {
  const fields = { [EMAIL_FIELD.key]: known.link.email, ...values };
  return {
    known,
    merged: [],
    operations: [{ kind: "create", side: "hubspot", fields, lists: [] }],
    problems: [],
    state: "waiting",
    reason: "Made for what this person did with a message",
  };
}

/** What each is given, by field, with what their profile says. */
async function valuesOf(
  { rules, connectors, signal }: EngagementContext,
  people: readonly UnknownPerson[],
): Promise<ReadonlyMap<ExternalId, Values>> {
  const constants = Object.fromEntries(rules.newContact.flatMap(constantOf));
  const fields = rules.newContact.flatMap((one) => (one.kind === "field" ? [one.rule] : []));
  const ids = people.map(({ person }) => person);
  const given = new Map<ExternalId, Values>(ids.map((id) => [id, constants]));
  if (fields.length === 0 || ids.length === 0) return given;
  const reading = await connectors.klaviyo.contacts.read(ids, propertiesFor(fields, "klaviyo"), signal);
  // Made without their fields they would stay so: nothing changes later that would fill them.
  for (const { id } of reading.unreadable) if (id !== null) given.delete(id);
  for (const contact of reading.contacts) {
    const shown = Object.entries(fieldsOf(fields, contact).fields).filter(([, value]) => value !== null);
    for (const id of [contact.id, ...contact.mergedIds])
      if (given.has(id)) given.set(id, { ...constants, ...Object.fromEntries(shown) });
  }
  return given;
}

function constantOf(field: NewContactField): readonly (readonly [string, Values[string]])[] {
  return field.kind === "constant" && field.value !== null ? [[field.rule.key, field.value]] : [];
}

/** No rule and no refusal has a part in it: a contact is made, and nothing else. */
function writing(context: EngagementContext): WriteContext {
  const { mapping, rules } = context;
  return {
    ...context,
    fields: [...syncedFields(mapping), ...rules.newContact.map(({ rule }) => rule)],
    scope: [],
    consent: NO_CONSENT_RULES,
    // The contact lane reads them whole.
    shapes: { hubspot: "", klaviyo: "" },
    comparison: null,
    candidates: { hubspot: [], klaviyo: [] },
    identity: mapping.identity,
    retry: mapping.retry,
  };
}
