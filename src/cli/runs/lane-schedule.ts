import { carriesConsent } from "../../lanes/consent-lane.ts";
import { showsEngagement } from "../../lanes/run-engagement.ts";
import { isQuietNow } from "../../service/wall-clock.ts";
import { longestGapMs } from "../../mapping/schedule.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { LaneSchedule } from "../../status/overdue-lanes.ts";

/**
 * When the lanes of a mapping run, for telling which of them is overdue.
 *
 * @param contacts schedule of the contact lane
 */
export function laneSchedule(mapping: Mapping, contacts: string): LaneSchedule {
  const { schedule } = mapping;
  return {
    everyMs: {
      contacts: longestGapMs(contacts),
      consent: carriesConsent(mapping) ? longestGapMs(schedule.consent) : null,
      engagement: showsEngagement(mapping) ? longestGapMs(schedule.engagement) : null,
      reconcile: longestGapMs(schedule.reconcile),
    },
    isQuiet: (at) => isQuietNow(mapping, at),
  };
}
