import type { ConsentRules, FieldRule } from "../../model/mapping.ts";
import { buildField } from "./build-field.ts";
import type { Path, Place } from "../diagnostics/diagnostic.ts";
import type { MappingFile } from "../schema/schema.ts";

type PlaceOf = (path: Path, part: "key" | "value") => Place;

const TO_HUBSPOT = ["consent", "klaviyo_to_hubspot"] as const;

/** What the file says of refusals. Without a word of it none is carried. */
export function consentRules(file: MappingFile, place: PlaceOf): ConsentRules {
  const named = file.consent?.klaviyo_to_hubspot?.unsubscribe_from ?? [];
  return {
    unsubscribeFrom: named.map((nameOrId, index) => {
      const { line, column } = place([...TO_HUBSPOT, "unsubscribe_from", index], "value");
      return { nameOrId: String(nameOrId), line, column };
    }),
    hubspotOptOut: file.consent?.hubspot_to_klaviyo?.opted_out ?? "ignore",
  };
}

/**
 * The properties that show a person's consent in Klaviyo are fields like any other, but that Klaviyo is always right about
 * them and that they are kept for everybody who is linked.
 */
export function consentFields(file: MappingFile, place: PlaceOf): readonly FieldRule[] {
  const { status_property: status, reason_property: reason } = file.consent?.klaviyo_to_hubspot ?? {};
  const field = (hubspot: string | undefined, klaviyo: string, key: string): readonly FieldRule[] => {
    if (hubspot === undefined) return [];
    const entry = {
      hubspot,
      klaviyo,
      direction: "to_hubspot",
      on_empty: "clear",
      on_target_edit: "enforce",
    } as const;
    const { line } = place([...TO_HUBSPOT, key], "key");
    return [{ ...buildField(entry, undefined, line), showsConsent: true }];
  };
  return [
    ...field(status, "consent.email", "status_property"),
    ...field(reason, "consent.email_reason", "reason_property"),
  ];
}
