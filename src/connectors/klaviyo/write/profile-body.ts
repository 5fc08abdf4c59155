import type { Problem } from "../../../model/problem.ts";
import type { FieldType, Value, Values } from "../../../model/value.ts";
import type { ProfileBody } from "../wire/put-together.ts";
import { nativeFrom, placeOf } from "../fields.ts";
import { valueProblem } from "../problems/own-problems.ts";
import { problemOf } from "../problems/problems.ts";

/** What is to be sent of a contact's values, and what cannot be. */
export interface Draft {
  readonly body: ProfileBody;
  /** The properties that are in the body. */
  readonly properties: readonly string[];
  /** One for each that is not. */
  readonly problems: readonly Problem[];
}

/** Klaviyo's own form: E.164. An import fails the whole row over it, so it is looked at here first. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** Turns values into a profile to write, leaving out what cannot be written, and all in `without`. */
export function draftOf(
  values: Values,
  typeOf: (property: string, value: Value) => FieldType,
  without: ReadonlySet<string>,
  extra: { readonly id?: string; readonly email?: string } = {},
): Draft {
  const attributes: [string, unknown][] = extra.email === undefined ? [] : [["email", extra.email]];
  const location: [string, unknown][] = [];
  const custom: [string, unknown][] = [];
  const unset: string[] = [];
  const properties: string[] = [];
  const problems: Problem[] = [];

  for (const [property, value] of Object.entries(values)) {
    if (without.has(property)) continue;
    const place = placeOf(property);
    const type = typeOf(property, value);
    const native = place === null || place.readOnly ? undefined : nativeFrom(value, type, place);
    if (place === null || place.readOnly || native === undefined) {
      problems.push(unsendable(property, value, type, place !== null && !place.readOnly));
    } else if (property === "phone_number" && value !== null && !E164.test(String(value))) {
      problems.push(refusedHere("/data/attributes/phone_number", property, value));
    } else {
      properties.push(property);
      if (place.kind === "location") location.push([place.name, native]);
      else if (place.kind === "attribute") attributes.push([place.name, native]);
      else if (native === null) unset.push(place.name);
      else custom.push([place.name, native]);
    }
  }
  if (location.length > 0) attributes.push(["location", Object.fromEntries(location)]);
  if (custom.length > 0) attributes.push(["properties", Object.fromEntries(custom)]);
  const id = extra.id === undefined ? {} : { id: extra.id };
  return { body: { ...id, attributes: Object.fromEntries(attributes), unset }, properties, problems };
}

function unsendable(property: string, value: Value, type: FieldType, writable: boolean): Problem {
  if (writable) return valueProblem(property, String(value), type);
  const detail = `'${property}' is not a valid field for the resource 'profile'.`;
  const error = { detail, code: "invalid" };
  return problemOf({ status: 400, html: false, error, about: { property } });
}

function refusedHere(pointer: string, property: string, value: Value): Problem {
  const error = { code: "invalid", source: { pointer } };
  return problemOf({ status: 400, html: false, error, about: { property, value: String(value) } });
}

/** The property of a draft that an error's pointer is about, if it is one. */
export function propertyAt(pointer: string | undefined, { properties }: Draft): string | null {
  const [, path = ""] = /\/attributes\/(.+?)\/?$/s.exec(pointer ?? "") ?? [];
  if (path === "") return null;
  const [first = "", ...rest] = path.split("/");
  const name = first === "properties" ? rest.join("/").replaceAll("~1", "/").replaceAll("~0", "~") : rest[0];
  const property = name === undefined || name === "" ? first : `${first}.${name}`;
  return properties.includes(property) ? property : null;
}

/** The bytes of a profile on the wire, near enough. */
export function sizeOf({ attributes, id }: ProfileBody): number {
  const ENVELOPE = 60;
  return Buffer.byteLength(JSON.stringify(attributes)) + (id?.length ?? 0) + ENVELOPE;
}

/** The three longest values, for somebody who must shorten them. */
export function largestOf(values: Values): readonly string[] {
  const length = (value: Value): number => (value === null ? 0 : String(value).length);
  return Object.entries(values)
    .sort(([, left], [, right]) => length(right) - length(left))
    .slice(0, 3)
    .map(([property]) => property);
}
