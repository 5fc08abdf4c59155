import type { Profile } from "../state/profile.ts";
import type { KlaviyoState } from "../state/state.ts";

/** The profile of an id or an e-mail address; a test that names nobody is told so. */
export function person(state: KlaviyoState, idOrEmail: string): Profile {
  state.schedule.settle();
  const found = state.profiles.get(idOrEmail) ?? state.profiles.byEmail(idOrEmail);
  if (found === undefined) throw new RangeError(`there is no profile ${idOrEmail}`);
  return found;
}
