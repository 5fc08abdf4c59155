import { createHash } from "node:crypto";
import type { Schema } from "../connectors/connector.ts";
import type { FieldRule, Mapping } from "../model/mapping.ts";
import { commonSide } from "../model/mapping.ts";
import type { PerSide, Side } from "../model/side.ts";
import { phoneCountry } from "./field-problems.ts";

/** Raise it whenever reading a value, or a transform, gives another result than before: every snapshot is then read again. */
const READING_VERSION = 1;

/** Between what the file decides of a shape and what the account decides. */
const SEPARATOR = ".";

/**
 * How a side's snapshots are read: with which properties, types, option tables and transforms. Two snapshots with one
 * shape can be compared; one with another shape lacks something or shows it in another form.
 *
 * @param account what `accountShape` says, now or when it was last asked
 */
export function snapshotShape(
  mapping: Pick<Mapping, "fields" | "consent">,
  side: Side,
  account: string,
): string {
  const fields = mapping.fields.map((rule) => JSON.stringify(readingOf(rule, side)));
  const types = side === "hubspot" ? mapping.consent.unsubscribeFrom.map(({ nameOrId }) => nameOrId) : [];
  return hash([READING_VERSION, fields.sort(), types.sort()]) + SEPARATOR + account;
}

/** The account's part of a shape. */
export function accountPart(shape: string): string {
  return shape.split(SEPARATOR)[1] ?? "";
}

/**
 * What an account adds to the shape: HubSpot leaves a property that it does not have out of every answer, and an option
 * table is read with the options that it has.
 */
export function accountShape(
  fields: readonly FieldRule[],
  { hubspot }: PerSide<Pick<Schema, "fields">>,
  side: Side,
): string {
  const known = new Map(hubspot.fields.map(({ property, options }) => [property, options]));
  const parts = fields.flatMap((rule): readonly string[] => {
    const { property, options } = rule;
    const listed = known.get(property.hubspot);
    const missing = side === "hubspot" && listed === undefined;
    const read = options === null || !listed ? null : [...listed].sort();
    return missing || read !== null ? [JSON.stringify([rule.key, missing, read])] : [];
  });
  return hash(parts.sort());
}

/** Only what changes the reading of this side: a direction matters where it decides the form that values have. */
function readingOf(rule: FieldRule, side: Side): unknown {
  const common = commonSide(rule.direction);
  const { options } = rule;
  return [
    rule.key,
    rule.type,
    rule.property[side],
    rule.propertyType[side],
    side === common ? [] : rule.transforms[common],
    rule.type === "phone" ? phoneCountry(rule) : null,
    options === null ? null : [options.others, options.pairs.map((pair) => JSON.stringify(pair)).sort()],
  ];
}

function hash(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("base64url").slice(0, 16);
}
