import type { EngagementPort } from "../../connectors/engagement-port.ts";
import type { RecordAs } from "../../model/engagement.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { Finding } from "./doctor-finding.ts";
import { ok, warning } from "./doctor-finding.ts";
import { ask } from "./doctor-side.ts";

/** The best first: one entry an occurrence in HubSpot's own look before what the account has to be read through. */
const BEST_FIRST: readonly RecordAs[] = ["app_event", "timeline", "custom_event", "note", "properties_only"];

/** Made by `tandem hubspot setup-timeline`, so nothing that keeps the account from it. */
const NOT_SET_UP = "HS-EVENT-SETUP";

/** A way to show engagement, and what keeps this account from it; `null` where nothing does. */
export interface Sink {
  readonly recordAs: RecordAs;
  readonly missing: Pick<Problem, "code" | "title" | "fix"> | null;
}

/** Asks HubSpot about each way of showing engagement, by reading alone. */
export async function askSinks(port: EngagementPort, signal: AbortSignal): Promise<readonly Sink[]> {
  const sinks: Sink[] = [];
  for (const recordAs of BEST_FIRST) {
    const sink = port.sink(recordAs);
    if (sink === null) continue;
    const answer = await ask(() => sink.missing(null, signal));
    const missing = "value" in answer ? (answer.value?.problem ?? null) : answer.refused.problem;
    sinks.push({ recordAs, missing: missing?.code === NOT_SET_UP ? null : missing });
  }
  return sinks;
}

/** Which ways this account has and which is the best; warned of where the mapping's own is not among them. */
export function sinkFindings(sinks: readonly Sink[], { engagement }: Mapping): readonly Finding[] {
  const usable = sinks.filter(({ missing }) => missing === null).map(({ recordAs }) => recordAs);
  const [best] = usable;
  if (best === undefined) return [];
  const cannot = sinks.flatMap(({ recordAs, missing }) =>
    missing === null ? [] : [`${recordAs}: ${missing.title}`],
  );
  const not = cannot.length === 0 ? "" : `. Not: ${cannot.join("; ")}`;
  const says = `Engagement: HubSpot can show it as ${usable.join(", ")}; best is ${best}${not}`;
  const chosen = sinks.find(({ recordAs }) => recordAs === engagement?.recordAs);
  if (chosen === undefined || chosen.missing === null) return [ok("engagement", says)];
  const { recordAs, missing } = chosen;
  return [
    ok("engagement", says),
    warning(
      "engagement.record_as",
      `\`record_as: ${recordAs}\` cannot be used: ${missing.title} (${missing.code})`,
      `Set \`engagement.record_as: ${best}\` in the mapping.`,
      ...missing.fix,
    ),
  ];
}
