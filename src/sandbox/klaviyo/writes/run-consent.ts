import { createProfile } from "../state/change-profile.ts";
import { setSms, subscribe, unsubscribe } from "../state/consent-acts.ts";
import type { List } from "../state/group.ts";
import type { Profile } from "../state/profile.ts";
import type { KlaviyoState } from "../state/state.ts";
import type { ConsentRow } from "./subscription-request.ts";

/** How a subscribe request wants everybody in it subscribed. */
export interface SubscribeOrder {
  readonly list: List | null;
  readonly historical: boolean;
  readonly source: string | null;
}

/**
 * Subscribes one person of a bulk request, as documented and recorded: anybody who unsubscribed, complained or was
 * suppressed by hand is subscribed again. A double opt-in only asks and changes nothing until answered. Somebody
 * unknown becomes a profile only with a list or a historical import.
 */
export function runSubscribe(state: KlaviyoState, row: ConsentRow, order: SubscribeOrder): void {
  const { list, historical, source } = order;
  let profile = find(state, row);
  if (profile === undefined) {
    if (list === null && !historical) return;
    profile = create(state, row);
  }
  if (row.smsMarketing) setSms(state, profile, "api", "SUBSCRIBED", row.consentedAt);
  if (!row.emailMarketing) return;
  const optIn = list?.opt_in_process ?? state.settings.default_opt_in;
  if (optIn === "double_opt_in" && !historical) {
    state.pendingOptIns.push({ profileId: profile.id, listId: list?.id ?? null, source });
    return;
  }
  subscribe(state, profile, "api", { list, method: "API", source, consentedAt: row.consentedAt });
}

/** Unsubscribes one person of a bulk request; somebody unknown is created first, only to be unsubscribed. */
export function runUnsubscribe(state: KlaviyoState, row: ConsentRow, list: List | null): void {
  const profile = find(state, row) ?? create(state, row);
  if (row.smsMarketing) setSms(state, profile, "api", "UNSUBSCRIBED", null);
  if (row.emailMarketing) unsubscribe(state, profile, "api", list);
}

function find({ profiles }: KlaviyoState, { id, email, phone }: ConsentRow): Profile | undefined {
  return (
    (id === null ? undefined : profiles.get(id)) ??
    (email === null ? undefined : profiles.byEmail(email)) ??
    (phone === null ? undefined : profiles.byPhone(phone))
  );
}

function create(state: KlaviyoState, { email, phone }: ConsentRow): Profile {
  return createProfile(state, "api", (profile) => {
    profile.email = email;
    // A number that is somebody else's stays theirs.
    profile.phone_number = phone !== null && state.profiles.byPhone(phone) === undefined ? phone : null;
  });
}
