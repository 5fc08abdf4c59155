import type { Contact } from "./contact.ts";
import { emailsOf } from "./contact.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "./write-contact.ts";

/** Takes a contact out of reads, lists and search; its address becomes free. */
export function archiveContact(state: HubspotState, writer: Writer, contact: Contact): void {
  const before = { emails: [...emailsOf(contact)] };
  leaveLists(state, contact);
  state.contacts.remove(contact, state.now(), "archived");
  state.world.truth.applied({
    actor: writer.actor,
    action: "contact.archive",
    id: contact.id,
    before,
    after: null,
  });
}

/** Erases a person for good; the addresses can never be created again. */
export function eraseContact(state: HubspotState, writer: Writer, contact: Contact): void {
  const emails = [...emailsOf(contact)];
  for (const email of emails) state.erasedEmails.add(email);
  leaveLists(state, contact);
  state.contacts.remove(contact, state.now(), "erased");
  contact.values.clear();
  contact.additionalEmails = [];
  state.world.truth.applied({
    actor: writer.actor,
    action: "contact.erase",
    id: contact.id,
    before: { emails },
    after: null,
  });
}

function leaveLists(state: HubspotState, contact: Contact): void {
  for (const list of state.lists.all()) state.lists.remove(list, contact.id);
}
