import { createHash } from "node:crypto";
import type { EntryGroup } from "../../engagement-port.ts";

type Entries = Pick<EntryGroup, "fresh" | "shown">;

/**
 * What a note says it is known by: the message, which is the same for ever, and the contact, because the answer to a batch
 * may tell notes apart by it. A merge of contacts leaves the first part as it is.
 */
export function noteReference(entries: Entries, contact: string): string {
  return `${hashOf(aboutOf(entries)).slice(0, 16)}-${hashOf(contact).slice(0, 12)}`;
}

/** A trace id for one request: unique in its batch, and never shown to anybody. */
export function noteTrace(entries: Entries, contact: string): string {
  return `tandem-note:${hashOf(aboutOf(entries)).slice(0, 32)}:${contact}`;
}

/** Does this text of a note name the message? Notes of earlier versions carry a longer mark. */
export function namesMessage(body: string, entries: Entries): boolean {
  const hash = hashOf(aboutOf(entries));
  return body.includes(`${hash.slice(0, 16)}-`) || body.includes(`tandem-note:${hash.slice(0, 32)}:`);
}

const REFERENCE = /\b[0-9a-f]{16}-[0-9a-f]{12}\b/;

/** The reference in a note's text; `null` where it has none. */
export function referenceIn(body: string): string | null {
  return REFERENCE.exec(body)?.[0] ?? null;
}

/** Does a note carry any mark of ours? */
export function isMarked(body: string): boolean {
  return referenceIn(body) !== null || body.includes("tandem-note:");
}

function aboutOf({ fresh, shown }: Entries): string {
  const entries = [...shown, ...fresh];
  const message = entries.find(({ engagement }) => engagement.message !== null)?.engagement.message;
  // Something without a message is on its own: its entry is what it is known by.
  return message ?? entries.map(({ id }) => id).toSorted((one, other) => (one < other ? -1 : 1))[0] ?? "";
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
