import type { EntryGroup } from "../../engagement-port.ts";
import { chunks } from "../chunks.ts";
import { BATCH } from "../contacts.ts";
import { pageGuard } from "../../page-guard.ts";
import type { Account } from "../contacts.ts";
import { answeredStatus } from "../failure.ts";
import { associationPage } from "../parse.ts";
import { messageMarker } from "./note-body.ts";
import { noteTexts } from "./wire.ts";

/** HubSpot's cap for reading who belongs to whom. */
const CONTACTS = 1_000;

/** The notes that an unanswered call may have made, by group: those of the contact that carry the message's marker. */
export async function findNotes(
  account: Account,
  groups: readonly EntryGroup[],
  signal: AbortSignal,
): Promise<ReadonlyMap<EntryGroup, string>> {
  const contacts = [...new Set(groups.map(({ contact }) => contact))];
  const notes = await notesOf(account, contacts, signal);
  const texts = await textsOf(account, [...new Set([...notes.values()].flat())], signal);
  const found = new Map<EntryGroup, string>();
  for (const group of groups) {
    const marker = `${messageMarker(group)}:`;
    const note = (notes.get(group.contact) ?? []).find((id) => texts.get(id)?.includes(marker));
    if (note !== undefined) found.set(group, note);
  }
  return found;
}

async function notesOf(
  { endpoints, calls, log }: Account,
  contacts: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const notes = new Map<string, string[]>();
  const pageOf = async (part: Parameters<typeof endpoints.contactNotes>[0]) => {
    try {
      return (await calls.read(endpoints.contactNotes(part), associationPage, signal, [404])).body.results;
    } catch (error) {
      // None of them is there: then none of their notes is.
      if (answeredStatus(error) === 404) return [];
      throw error;
    }
  };
  const follow = pageGuard({ side: "hubspot", what: "the notes of contacts", log });
  let asked: readonly { readonly id: string; readonly after?: string }[] = contacts.map((id) => ({ id }));
  while (asked.length > 0) {
    const further: { readonly id: string; readonly after: string }[] = [];
    for (const part of chunks(asked, CONTACTS)) {
      for (const { from, to, paging } of await pageOf(part)) {
        notes.set(from.id, [...(notes.get(from.id) ?? []), ...to.map(({ toObjectId }) => toObjectId)]);
        const after = paging?.next?.after;
        if (after !== undefined) further.push({ id: from.id, after });
      }
    }
    asked = further;
    follow(asked.length === 0 ? null : JSON.stringify(asked));
  }
  return notes;
}

async function textsOf(
  { endpoints, calls }: Account,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const part of chunks(ids, BATCH)) {
    const { body } = await calls.read(endpoints.notes(part), noteTexts, signal);
    for (const { id, properties } of body.results) texts.set(id, properties.hs_note_body ?? "");
  }
  return texts;
}
