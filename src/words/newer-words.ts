import type { EditTime } from "../model/history/edit-time.ts";
import type { Side } from "../model/side.ts";
import { SIDE_NAMES, otherSide } from "../model/side.ts";
import type { Ages } from "../reconcile/merge-contact.ts";

/** Why this side's value stands where both changed and the newest is to win. Times are in UTC. */
export function newerWords({ times, newer }: Ages, winner: Side): string {
  if (newer === null) {
    const told = [spoken("hubspot", times.hubspot), spoken("klaviyo", times.klaviyo)].join(", ");
    return `${told}: too close to call, ${SIDE_NAMES[winner]} wins by \`tie\``;
  }
  const [one, other] = [newer, otherSide(newer)];
  const than = `${spoken(one, times[one])} is newer than ${spoken(other, times[other])}`;
  return winner === newer ? than : `${than}, but a value beats an emptied one`;
}

function spoken(side: Side, time: EditTime | null): string {
  return `${SIDE_NAMES[side]} ${time === null ? "at an unknown time" : span(time)}`;
}

function span({ after, until }: EditTime): string {
  if (after === null) return `not after ${clock(until)}`;
  if (Date.parse(after) >= Date.parse(until)) return clock(until);
  return `between ${clock(after)} and ${clock(until)}`;
}

/** `2026-11-01 14:02:10` */
function clock(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}
