import type { Connector } from "../../connectors/connector.ts";
import type { EngagementMapping } from "../../model/mapping.ts";
import type { LeaseGate } from "../../connectors/permit.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import { saveSinkSetup } from "../../store/feeds/engagement-state.ts";
import { noSink } from "./problems.ts";
import { rollUpProperties } from "./roll-up.ts";
import type { Store } from "../../store/database/store.ts";

/**
 * Makes, or brings up to date, what showing engagement needs: what the sink asks for, and the properties for roll-ups.
 * Twice is once; a property that is there already is left as it is.
 *
 * @returns what was done, a line each
 * @throws SystemUnavailable where HubSpot cannot be set up so, with what is in the way
 */
export async function setUpTimeline(
  store: Store,
  hubspot: Connector,
  rules: EngagementMapping,
  gate: LeaseGate,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const sink = hubspot.engagement.sink(rules.recordAs);
  if (sink === null) throw new SystemUnavailable("hubspot", noSink(rules.recordAs), null);
  const setup = await sink.setUp(gate, signal);
  await saveSinkSetup(store, rules.recordAs, setup);
  const wanted = rollUpProperties(rules.rollUps);
  const made =
    wanted.length === 0 ? [] : ((await hubspot.engagement.makeProperties?.(wanted, gate, signal)) ?? []);
  const kept = wanted.filter(({ property }) => !made.includes(property));
  return [
    ...setup.report,
    ...made.map((property) => `made the property ${property}`),
    ...kept.map(({ property }) => `the property ${property} is there already`),
  ];
}
