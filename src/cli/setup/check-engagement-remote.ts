import type { Connector, Schema } from "../../connectors/connector.ts";
import { rollUpProblems } from "../../feeds/engagement/check-roll-ups.ts";
import { noSink } from "../../feeds/engagement/problems.ts";
import { checkEngagement } from "../../mapping/accounts/check-engagement.ts";
import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import type { MappingText } from "../../mapping/diagnostics/tell-at.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { PerSide } from "../../model/side.ts";
import type { App } from "../app.ts";

/** What is made by setting up, whether or not it was, is for the first run to tell: a check has no database. */
const NOT_SET_UP = "HS-EVENT-SETUP";

/** Asks both accounts about what the engagement section names; reads only. */
export async function checkEngagementRemote(
  { signal }: Pick<App, "signal">,
  connectors: PerSide<Connector>,
  { engagement: rules }: Mapping,
  schemas: PerSide<Schema>,
  origin: MappingText,
): Promise<readonly Diagnostic[]> {
  if (rules === null) return [];
  const { source } = connectors.klaviyo.engagement;
  const sink = connectors.hubspot.engagement.sink(rules.recordAs);
  const metrics = source === null ? [] : await source.metrics(new Map(), signal);
  const missing: Problem | null =
    sink === null ? noSink(rules.recordAs) : ((await sink.missing(null, signal))?.problem ?? null);
  const facts = {
    kinds: new Set(metrics.map(({ kind }) => kind)),
    collections: schemas.klaviyo.collections,
    rollUps: rollUpProblems(rules.rollUps, schemas.hubspot.fields),
    missing: missing?.code === NOT_SET_UP ? null : missing,
  };
  return checkEngagement(rules, facts, origin);
}
