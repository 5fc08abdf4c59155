import type { Contact } from "../contacts/contact.ts";
import { storedValue, touchedAt } from "../contacts/contact.ts";

/** A company, a deal or a note: what reading and searching them needs. */
export interface PlainObject extends Pick<Contact, "id" | "number" | "createdAt" | "values"> {
  touched: Contact["touched"];
  /** When it was archived. */
  gone: number | null;
}

/** A new object without values. */
export function newObject(portal: {
  now(): number;
  nextId(): Pick<PlainObject, "id" | "number">;
}): PlainObject {
  const at = portal.now();
  return { ...portal.nextId(), createdAt: at, touched: { at, older: null }, gone: null, values: new Map() };
}

/** The value at a moment (default: now); null when unset or cleared. */
export function plainValue(object: PlainObject, name: string, at = Number.POSITIVE_INFINITY): string | null {
  switch (name) {
    case "hs_object_id":
      return object.id;
    case "createdate":
    case "hs_createdate":
      return new Date(object.createdAt).toISOString();
    case "hs_lastmodifieddate":
      return new Date(touchedAt(object, at) ?? object.createdAt).toISOString();
    default:
      return storedValue(object, name, at);
  }
}
