import type { Contact } from "../contacts/contact.ts";
import { touchedAt, valueOf } from "../contacts/contact.ts";
import { indexTime } from "./index-lag.ts";
import type { Matcher, Subject } from "./search-match.ts";
import { asNumber, requestMatcher } from "./search-match.ts";
import type { SearchFilter, SearchRequest } from "./search-request.ts";
import type { HubspotState } from "../state.ts";

/** A contact as the index knows it. */
export interface Hit {
  readonly contact: Contact;
  /** The moment the index shows it at. */
  readonly at: number;
}

/** Everybody a search finds, in its order. The index is behind: each contact is seen as it was some moments ago. */
export function searchContacts(state: HubspotState, request: SearchRequest): readonly Hit[] {
  const matches = requestMatcher(contactSubject(state), request);
  const now = state.now();
  const hits: Hit[] = [];
  for (const contact of candidates(state, request)) {
    const at = indexTime(state.settings.indexLagMs, now, contact.number);
    if (touchedAt(contact, at) === null) continue;
    // Archived a moment ago, the index still counts it.
    if (contact.gone !== null && contact.gone.at <= at) continue;
    if (matches(contact, at)) hits.push({ contact, at });
  }
  return sorted(state, hits, request.sort);
}

function contactSubject(state: HubspotState): Subject<Contact> {
  return {
    properties: state.properties.contacts,
    texts: ["email", "firstname", "lastname", "phone", "company"],
    value: valueOf,
    number(contact, name, at) {
      if (name === "lastmodifieddate") return touchedAt(contact, at);
      if (name === "hs_object_id") return contact.number;
      if (name === "createdate") return contact.createdAt;
      return asNumber(valueOf(contact, name, at));
    },
    special: (filter) =>
      filter.propertyName.startsWith("associations.") ? associationMatcher(state, filter) : null,
  };
}

function associationMatcher(
  state: HubspotState,
  { propertyName, operator, value, values }: SearchFilter,
): Matcher<Contact> {
  const type = propertyName.replace("associations.", "");
  const to = type === "company" || type === "companies" ? "companies" : "deals";
  const ids = new Set(value === null ? values : [value]);
  return (contact) => {
    const own = state.associations
      .of("contacts", contact.id, to)
      .map((association) => association.toObjectId);
    if (operator === "HAS_PROPERTY") return own.length > 0;
    if (operator === "NOT_HAS_PROPERTY") return own.length === 0;
    const among = own.some((id) => ids.has(id));
    return operator === "NEQ" || operator === "NOT_IN" ? !among : among;
  };
}

/**
 * Anybody who could match, without looking at everybody where every group says from when or from which id on: the two
 * questions a synchronisation asks all day.
 */
function* candidates(state: HubspotState, { groups }: SearchRequest): Iterable<Contact> {
  const touched = commonRange(groups, "lastmodifieddate");
  const ids = commonRange(groups, "hs_object_id");
  if (touched.from !== Number.NEGATIVE_INFINITY) {
    const seen = new Set<Contact>();
    for (const { contact } of state.contacts.touchesBetween(touched.from, touched.to)) {
      if (contact.number < ids.from || seen.has(contact)) continue;
      seen.add(contact);
      yield contact;
    }
    return;
  }
  for (const contact of state.contacts.fromId(ids.from)) {
    if (contact.number > ids.to) return;
    yield contact;
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const EVERYTHING: Range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** The narrowest span outside of which no group can hold. */
function commonRange(groups: readonly (readonly SearchFilter[])[], name: string): Range {
  if (groups.length === 0) return EVERYTHING;
  return groups
    .map((filters) => filters.filter((filter) => filter.propertyName === name).reduce(narrowed, EVERYTHING))
    .reduce((one, other) => ({ from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) }));
}

function narrowed(range: Range, { operator, value, highValue }: SearchFilter): Range {
  const low = Number(value);
  const isLower = operator === "EQ" || operator === "GT" || operator === "GTE" || operator === "BETWEEN";
  const isUpper = operator === "EQ" || operator === "LT" || operator === "LTE" || operator === "BETWEEN";
  const high = operator === "BETWEEN" ? Number(highValue) : low;
  return {
    from: isLower ? Math.max(range.from, low) : range.from,
    to: isUpper ? Math.min(range.to, high) : range.to,
  };
}

function sorted(state: HubspotState, hits: Hit[], sort: SearchRequest["sort"]): readonly Hit[] {
  const sign = sort?.descending === true ? -1 : 1;
  const key = sortKey(state, sort?.name ?? "hs_object_id");
  // Ties by id, so that pages do not overlap.
  return hits
    .map((hit) => ({ hit, key: key(hit) }))
    .sort(
      (one, other) => sign * compare(one.key, other.key) || one.hit.contact.number - other.hit.contact.number,
    )
    .map(({ hit }) => hit);
}

function sortKey(state: HubspotState, name: string): (hit: Hit) => string | number {
  if (name === "hs_object_id") return ({ contact }) => contact.number;
  if (name === "lastmodifieddate") return ({ contact, at }) => touchedAt(contact, at) ?? 0;
  if (name === "createdate") return ({ contact }) => contact.createdAt;
  const numeric = state.properties.contacts.get(name)?.type === "number";
  return ({ contact, at }) => {
    const value = valueOf(contact, name, at) ?? "";
    return numeric ? Number(value) : value.toLowerCase();
  };
}

function compare(one: string | number, other: string | number): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
