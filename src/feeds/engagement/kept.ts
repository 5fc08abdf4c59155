import { withoutQuery } from "../../model/clicked-link.ts";
import type { Engagement } from "../../model/engagement.ts";
import { canonicalText } from "../../model/value.ts";
import type { KeptEngagement } from "../../store/feeds/engagement-rows.ts";
import { idOf, occurrenceId, personOf } from "./occurrence.ts";

/**
 * An event as it is stored: of a clicked link the query string is left out, and ids made of the whole link stay. With
 * them the same link is still told once, also where an earlier version stored it whole.
 */
export function kept(engagement: Engagement): KeptEngagement {
  const whole = cleaned(engagement.url);
  const url = whole === null ? null : withoutQuery(whole);
  if (whole === null || url === whole) return { ...engagement, url, linkId: null, linkEntryId: null };
  const told = { ...engagement, message: cleaned(engagement.message), url: whole };
  const whose = personOf(engagement) ?? engagement.eventId;
  const linkEntryId = occurrenceId(told, "first_per_url", whose);
  return { ...engagement, url, linkId: idOf(whole), linkEntryId };
}

function cleaned(text: string | null): string | null {
  return text === null ? null : canonicalText(text);
}
