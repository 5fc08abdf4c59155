import type { Contact, ContactReading } from "../../model/contact.ts";
import { emailKey } from "../../model/email.ts";
import type { Value } from "../../model/value.ts";
import type { PropertyRequest } from "../connector.ts";
import type { ConnectorLog } from "../http/connector-log.ts";
import type { BrokenRecord } from "../unreadable-contact.ts";
import { textOfAny, unreadableContact } from "../unreadable-contact.ts";
import { consentOf } from "./consent/consent.ts";
import { nativeAt, placeOf, ranked, unreadableText, valueFrom } from "./fields.ts";
import { isoOf } from "./wire/times.ts";
import type { ProfileResource, ProfileRows } from "./wire/wire.ts";

/** What was asked for of a profile, as far as its answer tells. */
export function valuesOf(
  { attributes }: ProfileResource,
  properties: readonly PropertyRequest[],
): Pick<Contact, "values" | "unreadable"> {
  const values: [string, Value][] = [];
  const unreadable: [string, string][] = [];
  for (const { property, type } of properties) {
    const place = placeOf(property);
    const native = place === null ? undefined : nativeAt(attributes, place);
    if (place === null || native === undefined) continue;
    const value = valueFrom(ranked(native, place, type), type);
    if (value === undefined) unreadable.push([property, unreadableText(native)]);
    else values.push([property, value]);
  }
  return { values: Object.fromEntries(values), unreadable: Object.fromEntries(unreadable) };
}

/** A bad time keeps a profile from being compared, but never an opt-out from being seen. */
export type TimesNeeded = "times needed" | "times optional";

const NEVER = new Date(0).toISOString();

/** A profile as a contact, or what of it could not be read: its email (which may be null, not missing) or its times. */
function contactOf(
  profile: ProfileResource,
  properties: readonly PropertyRequest[],
  times: TimesNeeded,
): Contact | BrokenRecord {
  const { email, created, updated, subscriptions } = profile.attributes;
  const { id } = profile;
  if (email !== null && typeof email !== "string")
    return { id, email: null, part: "email", value: textOfAny(email) };
  const updatedAt = isoOf(updated ?? created) ?? (times === "times optional" ? NEVER : null);
  if (updatedAt === null) {
    const [part, value] = (updated ?? null) === null ? ["created", created] : ["updated", updated];
    return { id, email: emailKey(email), part, value: textOfAny(value) };
  }
  return {
    side: "klaviyo",
    id,
    email: emailKey(email),
    shownEmail: email,
    otherEmails: [],
    ...valuesOf(profile, properties),
    consent: consentOf(subscriptions),
    createdAt: isoOf(created) ?? updatedAt,
    updatedAt,
    mergedIds: [],
  };
}

/** The contacts of a page, and which of its profiles could not be read: the others are not to wait for them. */
export function contactsOf(
  { data, broken }: ProfileRows,
  properties: readonly PropertyRequest[],
  log: ConnectorLog,
  times: TimesNeeded = "times needed",
): ContactReading {
  const read = data.map((profile) => contactOf(profile, properties, times));
  const unread = [...broken, ...read.filter(isBroken)];
  for (const { id, part } of unread) log("a profile could not be read", { system: "klaviyo", id, part });
  return {
    contacts: read.flatMap((each) => (isBroken(each) ? [] : [each])),
    unreadable: unread.map((record) => unreadableContact("klaviyo", record)),
  };
}

function isBroken(read: Contact | BrokenRecord): read is BrokenRecord {
  return "part" in read;
}
