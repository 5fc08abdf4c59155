import type { Contact, ValueVersion } from "./contact.ts";
import { computedNames, touchedAt, valueOf } from "./contact.ts";
import type { HubspotState } from "../state.ts";

/** What a reader asked for. */
export interface Wanted {
  /** Empty: HubSpot's six default properties. */
  readonly properties: readonly string[];
  readonly withHistory: readonly string[];
  /** The moment to show the contact at; search shows the past while its index lags. */
  readonly at?: number;
}

type Values = Record<string, string | null>;

const DEFAULT_PROPERTIES = [
  "createdate",
  "email",
  "firstname",
  "hs_object_id",
  "lastmodifieddate",
  "lastname",
];
/** Come along whatever was asked for. */
const ALWAYS = ["createdate", "hs_object_id", "lastmodifieddate"];
/** HubSpot's older pages speak of 20 and of 45 kept values; a client must not count on more. */
const KEPT_VERSIONS = 45;

/** A contact as reads answer it: unset is null, undefined properties are left out without a word. */
export function contactView(state: HubspotState, contact: Contact, wanted: Wanted): Record<string, unknown> {
  const { properties, withHistory, at = Number.POSITIVE_INFINITY } = wanted;
  const names = properties.length === 0 ? DEFAULT_PROPERTIES : [...ALWAYS, ...properties];
  const values: Values = {};
  for (const name of names) {
    if (isDefined(state, name)) values[name] = valueOf(contact, name, at);
  }
  const view = frame(contact, values, at);
  if (withHistory.length === 0) return view;
  const history: Record<string, unknown> = {};
  for (const name of withHistory) if (isDefined(state, name)) history[name] = historyOf(contact, name);
  return { ...view, propertiesWithHistory: history };
}

/** A contact as writes answer it: what was written and what HubSpot computes, without the rest that is null. */
export function writtenView(
  state: HubspotState,
  contact: Contact,
  written: Iterable<string>,
): Record<string, unknown> {
  const values: Values = {};
  const wanted = new Set(written);
  for (const name of [...wanted, ...computedNames(), "lifecyclestage", "hs_lifecyclestage_lead_date"]) {
    const value = valueOf(contact, name);
    // What was emptied is echoed as it was sent.
    if (value !== null || (wanted.has(name) && contact.values.has(name))) values[name] = value ?? "";
  }
  const { uiDomain, portalId } = state.settings;
  return {
    ...frame(contact, values, Number.POSITIVE_INFINITY),
    url: `https://${uiDomain}/contacts/${portalId}/record/0-1/${contact.id}`,
  };
}

function frame(contact: Contact, properties: Values, at: number): Record<string, unknown> {
  const archived = contact.gone !== null;
  return {
    id: contact.id,
    properties,
    createdAt: new Date(contact.createdAt).toISOString(),
    updatedAt: new Date(touchedAt(contact, at) ?? contact.createdAt).toISOString(),
    archived,
    ...(contact.gone === null ? {} : { archivedAt: new Date(contact.gone.at).toISOString() }),
  };
}

function isDefined(state: HubspotState, name: string): boolean {
  const definition = state.properties.contacts.get(name);
  return definition !== undefined && !definition.archived;
}

/** What a property was and is. HubSpot promises no order, so the newest of several is not the first here. */
export function historyOf({ values }: Pick<Contact, "values">, name: string): readonly unknown[] {
  const versions: unknown[] = [];
  let version: ValueVersion | null = values.get(name) ?? null;
  for (; version !== null && versions.length < KEPT_VERSIONS; version = version.older) {
    const { type, id, label, userId } = version.source;
    versions.push({
      value: version.value,
      timestamp: new Date(version.at).toISOString(),
      sourceType: type,
      sourceId: id,
      ...(label === null ? {} : { sourceLabel: label }),
      ...(userId === null ? {} : { updatedByUserId: userId }),
    });
  }
  return versions.toReversed();
}
