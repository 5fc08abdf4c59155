import type { FieldSpec, Schema } from "../../connectors/connector.ts";
import { typesFit } from "../../values/type-pairs.ts";
import type { FieldRule } from "../../model/mapping.ts";
import { directionAllows } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { PerSide } from "../../model/side.ts";
import { clip } from "../../model/clip.ts";

type HubSpotSchema = Pick<PerSide<Schema>, "hubspot">;

/**
 * The fields without those whose HubSpot property has another type now than the mapping can use. `check` refuses such a
 * mapping; an account changes after it was checked (P8). Reading on with the wrong type would make a problem of
 * every contact, or carry values that only a changed type made. Klaviyo's properties have no type.
 */
export function withoutClashes(fields: readonly FieldRule[], schemas: HubSpotSchema): readonly FieldRule[] {
  const off = new Set(clashes(fields, schemas).map(([{ key }]) => key));
  return off.size === 0 ? fields : fields.filter(({ key }) => !off.has(key));
}

/** HS-TYPE for each of these fields. */
export function clashingTypes(fields: readonly FieldRule[], schemas: HubSpotSchema): readonly Problem[] {
  return clashes(fields, schemas).map(([{ key, property, propertyType, line }, { type }]) => ({
    code: "HS-TYPE",
    level: "mapping",
    side: "hubspot",
    field: key,
    title: clip(`${property.hubspot} has another type in HubSpot now`, 60),
    explanation: `HubSpot's ${property.hubspot} is of type ${type}, and line ${line} of the mapping uses it as ${propertyType.hubspot}. This field is off for everyone. The others keep syncing.`,
    fix: [
      `Change the type back in HubSpot, or fix line ${line} of the mapping. \`tandem check --remote\` shows which types fit.`,
    ],
    retry: "soon",
    reference: null,
  }));
}

function clashes(
  fields: readonly FieldRule[],
  { hubspot }: HubSpotSchema,
): readonly (readonly [FieldRule, FieldSpec])[] {
  const specs = new Map(hubspot.fields.map((spec) => [spec.property, spec]));
  return fields.flatMap((rule) => {
    const spec = specs.get(rule.property.hubspot);
    const use = {
      source: directionAllows(rule.direction, "hubspot"),
      target: directionAllows(rule.direction, "klaviyo"),
    };
    if (spec === undefined || typesFit(spec.type, rule.propertyType.hubspot, use)) return [];
    // A locked property is never written, so only reading counts; HS-READONLY tells of the rest.
    const readable = typesFit(spec.type, rule.propertyType.hubspot, { source: true, target: false });
    return spec.readOnly && readable ? [] : [[rule, spec] as const];
  });
}
