import type { ContactList } from "./list-store.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "../contacts/write-contact.ts";

export interface MemberChanges {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export interface ChangedMembers {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Ids of nobody who exists. */
  readonly missing: readonly string[];
}

/** Adds and removes; who is already there, or not there, is passed over without a word. */
export function changeMembers(
  state: HubspotState,
  { actor }: Writer,
  list: ContactList,
  changes: MemberChanges,
): ChangedMembers {
  const exists = (id: string): boolean => state.contacts.get(id) !== undefined;
  const { truth } = state.world;
  const membership = { listId: list.id, listName: list.name };
  const added = changes.add.filter((id) => exists(id) && state.lists.add(list, id));
  for (const id of added) truth.applied({ actor, action: "list.add", id, before: null, after: membership });
  const removed = changes.remove.filter((id) => exists(id) && state.lists.remove(list, id));
  for (const id of removed)
    truth.applied({ actor, action: "list.remove", id, before: membership, after: null });
  const missing = [...new Set([...changes.add, ...changes.remove])].filter((id) => !exists(id));
  return { added, removed, missing };
}
