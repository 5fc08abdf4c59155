import type { ProfileChange } from "./profile-change.ts";
import { duplicateProfile, invalid, noProfile } from "../wire/vendor-error.ts";
import type { Profile } from "../state/profile.ts";
import type { KlaviyoState } from "../state/state.ts";

/**
 * Whom an upsert means: the profile of the id, the e-mail, the phone or the external id; undefined for a new one.
 *
 * Refused with 409 where the identifiers lead to different profiles, or where a profile found by its phone or external
 * id already has another e-mail (what the real one does then is not known; taking the person over would be worst).
 * With an id and an e-mail that is another profile's, Klaviyo answers 404 although the id exists.
 */
export function resolveUpsert(
  state: KlaviyoState,
  id: string | null,
  { text }: ProfileChange,
  pointer: string,
): Profile | undefined {
  const { profiles } = state;
  const byEmail = typeof text.email === "string" ? profiles.byEmail(text.email) : undefined;
  const byPhone = typeof text.phone_number === "string" ? profiles.byPhone(text.phone_number) : undefined;
  const byExternal =
    typeof text.external_id === "string" ? profiles.byExternalId(text.external_id) : undefined;

  if (id !== null) {
    const own = profiles.get(id);
    if (own === undefined || (byEmail !== undefined && byEmail !== own)) throw noProfile(id);
    refuseOthers(own, [byPhone, byExternal]);
    return own;
  }
  const found = byEmail ?? byPhone ?? byExternal;
  if (found === undefined) {
    const given = [text.email, text.phone_number, text.external_id];
    if (!given.some((value) => typeof value === "string" && value !== "")) {
      const detail = "At least one of 'id', 'email', 'phone_number' or 'external_id' is required.";
      throw invalid(detail, `${pointer}/attributes`);
    }
    return undefined;
  }
  refuseOthers(found, [byPhone, byExternal]);
  const otherEmail = typeof text.email === "string" && byEmail === undefined && found.email !== null;
  if (otherEmail) throw duplicateProfile(found.id);
  return found;
}

/** Refuses an identifier that is somebody else's. */
export function refuseTaken(state: KlaviyoState, own: Profile | null, { text }: ProfileChange): void {
  const { profiles } = state;
  const holders = [
    typeof text.email === "string" ? profiles.byEmail(text.email) : undefined,
    typeof text.phone_number === "string" ? profiles.byPhone(text.phone_number) : undefined,
    typeof text.external_id === "string" ? profiles.byExternalId(text.external_id) : undefined,
  ];
  refuseOthers(own, holders);
}

function refuseOthers(own: Profile | null, holders: readonly (Profile | undefined)[]): void {
  const other = holders.find((holder) => holder !== undefined && holder !== own);
  if (other !== undefined) throw duplicateProfile(other.id);
}
