import type { FieldRule } from "../../model/mapping.ts";
import { canonicalText } from "../../model/value.ts";
import { fieldShape } from "./field-shape.ts";
import type { FieldEntry, MappingFile } from "../schema/schema.ts";

/** What one entry says, with every default filled in. `line` is where it stands in the file, 1-based. */
export function buildField(entry: FieldEntry, defaults: MappingFile["defaults"], line: number): FieldRule {
  const direction = entry.direction ?? defaults?.direction ?? "both";
  const { type, propertyType, transforms } = fieldShape(entry, direction);
  const written = entry.winner ?? defaults?.winner ?? "hubspot";
  const winner = written === "newest" ? (entry.tie ?? defaults?.tie ?? "hubspot") : written;
  return {
    key: `${entry.hubspot}:${entry.klaviyo}:${type}`,
    type,
    property: { hubspot: entry.hubspot, klaviyo: entry.klaviyo },
    propertyType,
    direction,
    // One way, the source is right whatever `winner` says.
    winner: direction === "to_hubspot" ? "klaviyo" : direction === "to_klaviyo" ? "hubspot" : winner,
    newest: direction === "both" && written === "newest",
    onEmpty: entry.on_empty ?? defaults?.on_empty ?? "keep",
    // Both ways there is no target to put back: anybody who edits the side that is out of scope is no less a source.
    onTargetEdit:
      direction === "both" ? "keep" : (entry.on_target_edit ?? defaults?.on_target_edit ?? "keep"),
    onInvalid: entry.on_invalid ?? defaults?.on_invalid ?? "skip_field",
    merge: entry.merge ?? (type === "list" ? "union" : "replace"),
    options: entry.options === undefined ? null : optionTable(entry.options),
    transforms,
    line,
  };
}

function optionTable(options: Readonly<Record<string, string>>): FieldRule["options"] {
  const others = options["*"];
  return {
    pairs: Object.entries(options)
      .filter(([hubspot]) => hubspot !== "*")
      .map(
        ([hubspot, klaviyo]) =>
          [canonicalText(hubspot) ?? hubspot, canonicalText(klaviyo) ?? klaviyo] as const,
      ),
    others: others === "keep" || others === "drop" ? others : "error",
  };
}
