import type { WhichSources } from "../../model/engagement-mapping.ts";
import type { EngagementMapping } from "../../model/mapping.ts";
import type { Engagement, MessageSource } from "../../model/engagement.ts";
import type { DecidedRow } from "../../store/feeds/engagement-decisions.ts";
import type { KeptEngagement } from "../../store/feeds/engagement-rows.ts";
import { entryIdOf } from "./occurrence.ts";

/** What a decision needs to know beside the event and the mapping. */
export interface Around {
  readonly now: Date;
  /** Is the person in one of the lists and segments that count? */
  readonly isMember: boolean;
}

/**
 * Decides: is this event shown? Pure; of several events of one occurrence each may be, and the store takes the first.
 * What waits has the id of its occurrence, and nothing else has one.
 */
export function decide(rules: EngagementMapping, engagement: KeptEngagement, around: Around): DecidedRow {
  const { eventId, byMachine } = engagement;
  const rule = rules.metrics[engagement.kind];
  const not = (fate: "future" | "machine" | "out_of_scope", reason: string): DecidedRow => ({
    eventId,
    fate,
    reason,
    entryId: null,
  });
  if (Date.parse(engagement.at) > around.now.getTime())
    return not("future", "Dated in the future; waits until then");
  if (rule === undefined) return not("out_of_scope", `The mapping does not name \`${engagement.kind}\``);
  if (byMachine && rule.excludeBots) return not("machine", "Klaviyo takes it for the work of a machine");
  const outside = outOfScope(rules, engagement, around);
  if (outside !== null) return not("out_of_scope", outside);
  const entryId = entryIdOf(engagement, rule.record);
  return { eventId, fate: "waiting", reason: "", entryId };
}

function outOfScope(
  { onlyFrom }: EngagementMapping,
  { source }: Engagement,
  { isMember }: Around,
): string | null {
  if (!isMember) return "The person is in none of the lists and segments that count";
  const { flows, campaigns } = onlyFrom;
  switch (source.kind) {
    case "flow":
      return counts(flows, source) ? null : `The flow ${nameOf(source)} does not count`;
    case "campaign":
      return counts(campaigns, source) ? null : `The campaign ${nameOf(source)} does not count`;
    case "unknown":
      // It may be of either: where one of them counts whatever its name, so does this.
      return flows === "all" || campaigns === "all" ? null : "Of no flow or campaign that counts";
  }
}

function counts(which: WhichSources, { id, name }: MessageSource): boolean {
  return which === "all" || which.some((one) => one === id || one === name);
}

function nameOf({ id, name }: MessageSource): string {
  return name === null ? (id ?? "of the message") : `"${name}"`;
}
