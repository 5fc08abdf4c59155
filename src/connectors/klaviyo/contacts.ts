import type { Contact } from "../../model/contact.ts";
import { emailKey } from "../../model/email.ts";
import type { Value } from "../../model/value.ts";
import type { PropertyRequest } from "../connector.ts";
import type { Log } from "./calls.ts";
import { consentOf } from "./consent.ts";
import { nativeAt, placeOf, ranked, unreadableText, valueFrom } from "./fields.ts";
import { isoOf } from "./times.ts";
import type { ProfileResource } from "./wire.ts";

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

/**
 * A profile as a contact, or `null` where the answer lacks what makes one: an address (which may be null, not missing)
 * and times. Such a profile is left alone, as if it had not been seen.
 */
export function contactOf(profile: ProfileResource, properties: readonly PropertyRequest[]): Contact | null {
  const { email, created, updated, subscriptions } = profile.attributes;
  const updatedAt = isoOf(updated ?? created);
  if (updatedAt === null || (email !== null && typeof email !== "string")) return null;
  return {
    side: "klaviyo",
    id: profile.id,
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

/** The contacts of a page. One that cannot be read at all is left out and said so: the others are not to wait for it. */
export function contactsOf(
  rows: readonly (ProfileResource | null)[],
  properties: readonly PropertyRequest[],
  log: Log,
): readonly Contact[] {
  return rows.flatMap((row) => {
    const contact = row === null ? null : contactOf(row, properties);
    if (contact !== null) return [contact];
    log("a profile could not be read and is left alone", { id: row?.id ?? null });
    return [];
  });
}
