import type { Contact, Source } from "./contact.ts";
import { emailsOf, valueOf } from "./contact.ts";
import { invalid } from "../wire/vendor-error.ts";
import { LIFECYCLE_STAGES } from "../properties/seed-properties.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "./write-contact.ts";
import { setValue } from "./write-contact.ts";

const MOST_IDENTITIES = 250;

/**
 * Makes one contact of two. The survivor has a new, third id unless the portal keeps the primary's; both old ids lead
 * to it. The primary's values win, the other fills what the primary left empty, and its addresses become additional.
 */
export function mergeContacts(
  state: HubspotState,
  writer: Writer,
  primary: Contact,
  other: Contact,
): Contact {
  if (primary === other) throw invalid("Contacts cannot be merged with themselves");
  const mergedIds = [...primary.mergedIds, ...other.mergedIds, other.id];
  if (mergedIds.length >= MOST_IDENTITIES) {
    throw invalid("Cannot have more than 250 identities on a profile");
  }
  const survivor = state.settings.mergeKeepsPrimaryId
    ? absorb(state, primary, other, mergedIds)
    : replace(state, primary, other, [primary.id, ...mergedIds]);
  state.world.truth.applied({
    actor: writer.actor,
    action: "contact.merge",
    id: survivor.id,
    before: { ids: [primary.id, other.id] },
    after: {
      emails: [...emailsOf(survivor)],
      hs_merged_object_ids: valueOf(survivor, "hs_merged_object_ids"),
    },
  });
  return survivor;
}

/** The usual way: both vanish, a third appears. */
function replace(
  state: HubspotState,
  primary: Contact,
  other: Contact,
  mergedIds: readonly string[],
): Contact {
  const at = state.now();
  const primaryEmail = valueOf(primary, "email") ?? valueOf(other, "email");
  const survivor: Contact = {
    ...state.nextId(),
    createdAt: Math.min(primary.createdAt, other.createdAt),
    source: primary.source,
    touched: { at, older: null },
    gone: null,
    additionalEmails: [...emailsOf(primary), ...emailsOf(other)].filter((email) => email !== primaryEmail),
    mergedIds,
    values: new Map(primary.values),
  };
  fillFrom(survivor, other, at);
  for (const old of [primary, other]) moveTo(state, old, survivor, at);
  state.contacts.add(survivor);
  return survivor;
}

/** The beta's way: the primary stays. */
function absorb(
  state: HubspotState,
  primary: Contact,
  other: Contact,
  mergedIds: readonly string[],
): Contact {
  const at = state.now();
  const gained = emailsOf(other);
  moveTo(state, other, primary, at);
  state.contacts.readdress(primary, () => {
    fillFrom(primary, other, at);
    const email = valueOf(primary, "email");
    primary.additionalEmails = [...primary.additionalEmails, ...gained].filter(
      (address) => address !== email,
    );
    primary.mergedIds = mergedIds;
  });
  state.contacts.touch(primary, at);
  return primary;
}

function fillFrom(survivor: Contact, other: Contact, at: number): void {
  const source: Source = { type: "MERGE_OBJECTS", id: other.id, label: null, userId: null };
  for (const name of other.values.keys()) {
    const value = valueOf(other, name);
    const kept = valueOf(survivor, name);
    if (value === null) continue;
    if (kept === null || (name === "lifecyclestage" && rank(value) > rank(kept))) {
      setValue(survivor, name, value, at, source);
    }
  }
}

function rank(stage: string): number {
  return (LIFECYCLE_STAGES as readonly string[]).indexOf(stage);
}

function moveTo(state: HubspotState, old: Contact, survivor: Contact, at: number): void {
  for (const list of state.lists.all()) {
    const member = list.members.get(old.id);
    if (member === undefined) continue;
    state.lists.remove(list, old.id);
    state.lists.add(list, survivor.id, member.at);
  }
  state.associations.move("contacts", old.id, survivor.id);
  state.contacts.remove(old, at, "merged");
  state.contacts.alias(old.id, survivor);
}
