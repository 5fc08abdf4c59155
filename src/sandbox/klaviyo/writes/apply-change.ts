import type { ProfileChange } from "./profile-change.ts";
import type { Profile } from "../state/profile.ts";
import { LOCATION_FIELDS, TEXT_ATTRIBUTES } from "../state/profile.ts";
import type { KlaviyoSettings } from "../settings.ts";

/** Where an appended value lands: a PATCH was recorded putting it first, an upsert putting it last. */
export type AppendAt = "front" | "back";

/**
 * Writes a change into a profile. Properties merge; so do the parts of a location (not verified of the real one, nor
 * that `properties: {k: null}` keeps the key with a null).
 */
export function applyChange(
  profile: Profile,
  change: ProfileChange,
  {
    settings,
    appendAt,
    nulls,
  }: {
    readonly settings: KlaviyoSettings;
    readonly appendAt: AppendAt;
    /** The bulk import leaves a field alone where it is given null. */
    readonly nulls: "clear" | "ignore";
  },
): void {
  const keep = (value: unknown): boolean => value === null && nulls === "ignore";
  for (const name of TEXT_ATTRIBUTES) {
    const value = change.text[name];
    if (value === undefined || keep(value)) continue;
    const lower = name === "email" && settings.lowercase_emails;
    profile[name] = lower && value !== null ? value.toLowerCase() : value;
  }
  if (change.location === null && nulls === "clear") {
    for (const name of LOCATION_FIELDS) delete profile.location[name];
  }
  for (const name of LOCATION_FIELDS) {
    const value = change.location?.[name];
    if (value !== undefined && !keep(value)) profile.location[name] = value;
  }
  for (const [name, value] of Object.entries(change.properties)) {
    if (!keep(value)) profile.properties.set(name, value);
  }
  for (const [name, value] of Object.entries(change.append)) {
    const had = asList(profile.properties.get(name));
    const added = asList(value).filter((one) => !had.includes(one));
    profile.properties.set(name, appendAt === "front" ? [...added, ...had] : [...had, ...added]);
  }
  for (const [name, value] of Object.entries(change.unappend)) {
    const gone = asList(value);
    const had = profile.properties.get(name);
    if (had !== undefined) {
      profile.properties.set(
        name,
        asList(had).filter((one) => !gone.includes(one)),
      );
    }
  }
  for (const name of change.unset) profile.properties.delete(name);
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}
