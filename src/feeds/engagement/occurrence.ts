import { createHash } from "node:crypto";
import type { Engagement, RecordWhich } from "../../model/engagement.ts";
import type { KeptEngagement } from "../../store/feeds/engagement-rows.ts";

/**
 * The id of what an event is an occurrence of: opening this message, following this link. Every event of one occurrence
 * gives the same id for ever, in any database, so that showing it again is showing it once (P13).
 *
 * @param whose the person at the source, or the contact that shows it
 */
export function occurrenceId(engagement: Engagement, record: RecordWhich, whose: string): string {
  return idOf(JSON.stringify(occurrence(engagement, record, whose)));
}

/** The id of an occurrence for the person at the source. It goes to the sink, so it is made of the whole link. */
export function entryIdOf(engagement: KeptEngagement, record: RecordWhich): string {
  const { linkEntryId, eventId } = engagement;
  if (record === "first_per_url" && linkEntryId !== null) return linkEntryId;
  return occurrenceId(engagement, record, personOf(engagement) ?? eventId);
}

/** The id of an occurrence for the contact that shows it. It never leaves the database. */
export function shownIdOf(engagement: KeptEngagement, record: RecordWhich, contact: string): string {
  const { linkId, url } = engagement;
  return occurrenceId({ ...engagement, url: linkId ?? url }, record, contact);
}

function occurrence(
  { kind, message, url, eventId }: Engagement,
  record: RecordWhich,
  whose: string,
): readonly (string | null)[] {
  if (record === "every") return [kind, "event", eventId];
  // An event without a message is its own message: nothing says that two of them are one.
  const of = message === null ? ["event", eventId] : ["message", message];
  return record === "first_per_url" ? [kind, ...of, whose, url] : [kind, ...of, whose];
}

/** Whose event it is, as far as the source tells; `null` where it is nobody's. */
export function personOf({ person, email }: Pick<Engagement, "person" | "email">): string | null {
  return person ?? email;
}

/** 128 bits of SHA-256 in the shape of a name-based UUID: systems that check the version know that one. */
export function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, variant + hex.slice(18, 20)];
  return [...parts, hex.slice(20, 32)].join("-");
}
