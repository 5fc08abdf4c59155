import type { UnreadableContact } from "../../model/contact.ts";
import type { Side } from "../../model/side.ts";
import { unreadableContact } from "../unreadable-contact.ts";
import type { MemoryStore, StoredContact } from "./store.ts";

/** A contact whose time of change came out as a word. */
export function broken(side: Side, store: MemoryStore, contact: StoredContact): UnreadableContact {
  const { id, email } = store.show(contact, []);
  return unreadableContact(side, { id, email, part: "updated", value: "yesterday" });
}
