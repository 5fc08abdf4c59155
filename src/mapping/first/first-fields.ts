import type { FieldSpec, PropertyRequest, Schema } from "../../connectors/connector.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { perSide } from "../../model/side.ts";
import type { FieldType } from "../../model/value.ts";
import type { Sample } from "../accounts/check-data.ts";

/** A HubSpot property and the Klaviyo attribute that mean the same in every account. */
interface WellKnownPair {
  readonly hubspot: string;
  readonly klaviyo: string;
}

/** In the order of use where nothing is filled. Of two with one Klaviyo attribute, the one that more people have is taken. */
const WELL_KNOWN_PAIRS: readonly WellKnownPair[] = [
  { hubspot: "firstname", klaviyo: "first_name" },
  { hubspot: "lastname", klaviyo: "last_name" },
  { hubspot: "phone", klaviyo: "phone_number" },
  { hubspot: "mobilephone", klaviyo: "phone_number" },
  { hubspot: "company", klaviyo: "organization" },
  { hubspot: "jobtitle", klaviyo: "title" },
  { hubspot: "address", klaviyo: "location.address1" },
  { hubspot: "city", klaviyo: "location.city" },
  { hubspot: "zip", klaviyo: "location.zip" },
  { hubspot: "state", klaviyo: "location.region" },
  { hubspot: "country", klaviyo: "location.country" },
];

/** A pair of properties that a first mapping may have. */
export interface FirstField {
  readonly hubspot: string;
  readonly klaviyo: string;
  /** `null`: not to be written, the name or the default says it. */
  readonly type: FieldType | null;
  readonly direction: "to_klaviyo" | null;
  /** Names that mean the same everywhere; others are only suggested. */
  readonly wellKnown: boolean;
}

/** A pair with the share of looked-at people who have it, 0–1. */
export interface FilledField extends FirstField {
  readonly filled: PerSide<number>;
}

/** Every pair that both accounts have: the well-known ones, and custom properties of one name and of fitting types. */
export function candidateFields(schemas: PerSide<Schema>): readonly FirstField[] {
  const hubspot = new Map(schemas.hubspot.fields.map((field) => [field.property, field]));
  const known = WELL_KNOWN_PAIRS.flatMap((pair): readonly FirstField[] => {
    const spec = hubspot.get(pair.hubspot);
    const exists = schemas.klaviyo.fields.some(({ property }) => property === pair.klaviyo);
    if (spec === undefined || !exists) return [];
    const phone = pair.klaviyo === "phone_number";
    if (!(phone ? ["phone", "text"] : ["text", "option"]).includes(spec.type)) return [];
    const type = spec.type === "option" ? "option" : null;
    return [{ ...pair, type, direction: spec.readOnly ? "to_klaviyo" : null, wellKnown: true }];
  });
  return [...known, ...sameNames(schemas)];
}

function sameNames(schemas: PerSide<Schema>): readonly FirstField[] {
  const taken = new Set(["email", ...WELL_KNOWN_PAIRS.map(({ hubspot }) => hubspot)]);
  const free = schemas.hubspot.fields.filter(({ property }) => !taken.has(property));
  return schemas.klaviyo.fields
    .filter(({ property, readOnly }) => property.startsWith("properties.") && !readOnly)
    .flatMap((klaviyo): readonly FirstField[] => {
      const name = plain(klaviyo.property.slice("properties.".length));
      const found = name === "" ? [] : free.filter((field) => plain(field.property) === name);
      const spec = found[0] ?? free.find((field) => plain(field.label) === name && name !== "");
      if (spec === undefined || !mayPair(spec, klaviyo)) return [];
      return [
        {
          hubspot: spec.property,
          klaviyo: klaviyo.property,
          type: spec.type === "text" ? null : spec.type,
          direction: spec.readOnly ? "to_klaviyo" : null,
          wellKnown: false,
        },
      ];
    });
}

/** `Renewal date`, `renewal_date` and `renewalDate` are one name. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Klaviyo's type is only what values were seen there, and text says least. */
function mayPair(hubspot: FieldSpec, klaviyo: FieldSpec): boolean {
  const asText: readonly FieldType[] = ["text", "option", "phone"];
  return asText.includes(hubspot.type) ? klaviyo.type === "text" : klaviyo.type === hubspot.type;
}

/** What to read of a side to know how filled the candidates are; each property once. */
export function fieldRequests(
  candidates: readonly FirstField[],
  side: Side,
  schema: Schema,
): readonly PropertyRequest[] {
  const wanted = new Set(candidates.map((field) => field[side]));
  return schema.fields
    .filter(({ property }) => wanted.has(property))
    .map(({ property, type }) => ({ property, type }));
}

/** The candidates with how many people have them, fullest first; of two with one target the fuller one. */
export function measureFields(
  candidates: readonly FirstField[],
  samples: PerSide<Sample>,
): readonly FilledField[] {
  const measured = candidates.map((field) => ({
    ...field,
    filled: perSide((side) => share(samples[side], field[side])),
  }));
  const fullness = ({ filled }: FilledField): number => filled.hubspot + filled.klaviyo;
  const ordered = measured.toSorted((a, b) => fullness(b) - fullness(a));
  const seen = new Set<string>();
  return ordered.filter(({ hubspot, klaviyo }) => {
    const again = seen.has(`k:${klaviyo}`) || seen.has(`h:${hubspot}`);
    seen.add(`k:${klaviyo}`).add(`h:${hubspot}`);
    return !again;
  });
}

function share({ contacts }: Sample, property: string): number {
  if (contacts.length === 0) return 0;
  const filled = contacts.filter(
    ({ values, unreadable }) => (values[property] ?? null) !== null || Object.hasOwn(unreadable, property),
  );
  return filled.length / contacts.length;
}
