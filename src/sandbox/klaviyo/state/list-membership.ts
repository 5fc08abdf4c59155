import type { Actor } from "../../ground-truth.ts";
import type { List } from "./group.ts";
import { noticeBySegments } from "./segment-membership.ts";
import type { KlaviyoState } from "./state.ts";

/** Puts a profile on a list. Says nothing about consent. False when it was there already. */
export function addToList(state: KlaviyoState, list: List, profileId: string, actor: Actor): boolean {
  if (!list.members.add(profileId, state.time.micros())) return false;
  note(state, actor, "list.add", profileId, null, list.id);
  return true;
}

/** Takes a profile off a list. Says nothing about consent. False when it was not there. */
export function removeFromList(state: KlaviyoState, list: List, profileId: string, actor: Actor): boolean {
  if (!list.members.remove(profileId)) return false;
  note(state, actor, "list.remove", profileId, list.id, null);
  return true;
}

function note(
  state: KlaviyoState,
  actor: Actor,
  action: string,
  id: string,
  before: string | null,
  after: string | null,
): void {
  state.world.truth.applied({ actor, action, id, before: { list: before }, after: { list: after } });
  noticeBySegments(state, id);
}
