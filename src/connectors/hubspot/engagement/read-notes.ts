import { chunks } from "../../../model/chunks.ts";
import type { Account } from "../contacts.ts";
import { BATCH } from "../contacts.ts";
import type { NoteSeen } from "./note-lines.ts";
import { noteTexts } from "./wire.ts";

/** These notes as HubSpot has them now, by id. One that was deleted is not among them. */
export async function readNotes(
  { endpoints, calls }: Account,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, NoteSeen>> {
  const seen = new Map<string, NoteSeen>();
  for (const part of chunks(ids, BATCH)) {
    const { body } = await calls.read(endpoints.notes(part), noteTexts, signal);
    for (const { id, properties } of body.results) {
      const { hs_note_body: text, hs_timestamp: time } = properties;
      seen.set(id, { body: text ?? "", at: momentOf(time) });
    }
  }
  return seen;
}

/** HubSpot tells a time as ISO text, or as milliseconds. */
function momentOf(time: string | null | undefined): number {
  if (time === null || time === undefined) return Number.NaN;
  return /^\d+$/.test(time) ? Number(time) : Date.parse(time);
}
