import { createHash } from "node:crypto";
import type { PropertyRequest } from "../connectors/connector.ts";
import { fieldsOf, propertiesOf } from "../values/field-codec.ts";
import { consentState, verdictOf } from "../model/consent.ts";
import type { Contact } from "../model/contact.ts";
import { emailKey } from "../model/email.ts";
import type { FieldRule } from "../model/mapping.ts";
import { EMAIL_FIELD } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { storableText } from "../model/value.ts";
import type { SightingRow } from "../store/snapshots/sightings.ts";

/** The properties of a side that the fields need, each with the type to read it as. */
export function propertiesFor(fields: readonly FieldRule[], side: Side): readonly PropertyRequest[] {
  return fields.map((rule) => ({ property: rule.property[side], type: rule.propertyType[side] }));
}

/** A contact as the mapping sees it, ready for the store. */
export function sightingRow(fields: readonly FieldRule[], contact: Contact, wanted: boolean): SightingRow {
  const turned = fieldsOf(fields, { ...contact, unreadable: storable(contact.unreadable) });
  const isOne = contact.email !== null || contact.shownEmail === null || contact.shownEmail === "";
  const values = withAddress(turned.fields, isOne ? contact.email : undefined);
  return {
    side: contact.side,
    id: contact.id,
    email: contact.email,
    shownEmail: contact.shownEmail === null ? null : storableText(contact.shownEmail),
    otherEmails: contact.otherEmails,
    fields: values,
    unreadable: turned.unreadable,
    consent: contact.consent,
    ...verdictColumns(contact.consent),
    createdAt: contact.createdAt,
    updatedAt: contact.updatedAt,
    digest: digest([contact.email, contact.otherEmails, values, turned.unreadable, contact.consent]),
    wanted,
  };
}

function verdictColumns(
  consent: Contact["consent"],
): Pick<SightingRow, "verdict" | "verdictReason" | "consentState"> {
  const made = consent === null ? null : verdictOf(consent);
  return {
    verdict: made?.verdict ?? null,
    verdictReason: made?.reason ?? null,
    consentState: consentState(consent),
  };
}

/** What fits no type is kept for people to see. */
function storable(unreadable: Contact["unreadable"]): Contact["unreadable"] {
  return Object.fromEntries(
    Object.entries(unreadable).map(([property, raw]) => [property, storableText(raw)]),
  );
}

/** What a side answered that it stores, by field. The address is compared as a key, however it is spelled. */
export function storedFields(fields: readonly FieldRule[], side: Side, stored: Values): Values {
  const turned = fieldsOf(fields, { side, values: stored, unreadable: {} }).fields;
  const address = stored[EMAIL_FIELD.property[side]];
  if (address === null || address === "") return withAddress(turned, null);
  return withAddress(turned, typeof address === "string" ? (emailKey(address) ?? undefined) : undefined);
}

/**
 * What a side shows of fields once they are written to it as they are, by field. Where the way there and back gives
 * another form, that form is what it holds, not what was asked for.
 */
export function shownOnceWritten(fields: readonly FieldRule[], side: Side, written: Values): Values {
  return storedFields(fields, side, propertiesOf(fields, side, written).values);
}

/** @param address `undefined` where it is not known, or is none: a contact without one shows that it is empty */
function withAddress(values: Values, address: string | null | undefined): Values {
  const { [EMAIL_FIELD.key]: _spelled, ...others } = values as Record<string, Value>;
  return address === undefined ? others : { ...others, [EMAIL_FIELD.key]: address };
}

function digest(content: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(content)))
    .digest("base64url")
    .slice(0, 22);
}

/** The same content in the same order, whatever order the keys came in. */
function sorted(content: unknown): unknown {
  if (Array.isArray(content)) return content.map(sorted);
  if (content === null || typeof content !== "object") return content;
  return Object.fromEntries(
    Object.entries(content)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, sorted(value)]),
  );
}
