import type { z } from "zod";
import type { EntryGroup, FoundEntries } from "../../engagement-port.ts";
import { chunks } from "../../../model/chunks.ts";
import { pageGuard } from "../../http/page-guard.ts";
import type { Account } from "../contacts.ts";
import { answeredStatus } from "../problems/failure.ts";
import { associationPage } from "../wire/parse.ts";
import { noteTitle } from "./note-body.ts";
import type { NoteSeen } from "./note-lines.ts";
import { isMarked, namesMessage } from "./note-reference.ts";
import { readNotes } from "./read-notes.ts";

/** HubSpot's cap for reading who belongs to whom. */
const CONTACTS = 1_000;

/**
 * The notes that these contacts have of these messages: those that say so. Where somebody took the reference out of the
 * text, a note is ours that has our title and the time of one of the entries.
 */
export async function findNotes(
  account: Account,
  groups: readonly EntryGroup[],
  passed: ReadonlyMap<string, ReadonlySet<string>>,
  signal: AbortSignal,
): Promise<FoundEntries> {
  const contacts = [...new Set(groups.map(({ contact }) => contact))];
  const all = await notesOf(account, contacts, signal);
  const open = (contact: string): readonly string[] =>
    (all.get(contact) ?? []).filter((id) => passed.get(contact)?.has(id) !== true);
  const seen = await readNotes(account, [...new Set(contacts.flatMap(open))], signal);
  const references = new Map<EntryGroup, string>();
  for (const group of groups) {
    const found =
      open(group.contact).find((id) => namesMessage(seen.get(id)?.body ?? "", group)) ??
      open(group.contact).find((id) => looksLike(seen.get(id), group));
    if (found !== undefined) references.set(group, found);
  }
  const own = new Set(references.values());
  const isOther = (id: string): boolean => !own.has(id) && !isMarked(seen.get(id)?.body ?? "");
  return { references, others: new Map(contacts.map((contact) => [contact, open(contact).filter(isOther)])) };
}

/** Those of these notes that exist. */
export async function existingNotes(
  account: Account,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  return new Set((await readNotes(account, ids, signal)).keys());
}

function looksLike(note: NoteSeen | undefined, { fresh, shown }: EntryGroup): boolean {
  if (note === undefined || isMarked(note.body)) return false;
  const text = textOf(note.body);
  return [...shown, ...fresh].some(
    ({ engagement }) => Date.parse(engagement.at) === note.at && text.includes(textOf(noteTitle(engagement))),
  );
}

/** Letters and digits alone: what a parser of HTML leaves of a text, however it spaces and encodes it. */
function textOf(html: string): string {
  return html.replaceAll(/<[^<>]*>|&#?\w+;/g, "").replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** A contact whose notes are asked for, and behind which page. */
interface Wanted {
  readonly id: string;
  readonly after?: string;
}

async function notesOf(
  { endpoints, calls, log }: Account,
  contacts: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const notes = new Map<string, string[]>();
  /** A 404 to one contact says that it is not there. To several it says that of no one of them, so each half is asked. */
  const pageOf = async (part: readonly Wanted[]): Promise<z.infer<typeof associationPage>["results"]> => {
    try {
      return (await calls.read(endpoints.contactNotes(part), associationPage, signal, [404])).body.results;
    } catch (error) {
      if (answeredStatus(error) !== 404) throw error;
      if (part.length === 1) return [];
      const middle = Math.ceil(part.length / 2);
      return [...(await pageOf(part.slice(0, middle))), ...(await pageOf(part.slice(middle)))];
    }
  };
  const follow = pageGuard({ side: "hubspot", what: "the notes of contacts", log });
  let wanted: readonly Wanted[] = contacts.map((id) => ({ id }));
  while (wanted.length > 0) {
    const further: { readonly id: string; readonly after: string }[] = [];
    for (const part of chunks(wanted, CONTACTS)) {
      for (const { from, to, paging } of await pageOf(part)) {
        notes.set(from.id, [...(notes.get(from.id) ?? []), ...to.map(({ toObjectId }) => toObjectId)]);
        const after = paging?.next?.after;
        if (after !== undefined) further.push({ id: from.id, after });
      }
    }
    wanted = further;
    follow(wanted.length === 0 ? null : JSON.stringify(wanted));
  }
  return notes;
}
