import { clip } from "../../../model/clip.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { EngagementMetric, NotTold } from "../../engagement-port.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { lacksScope } from "../problems/missing-scopes.ts";

const WHAT = { events: "show", counts: "count" } as const;

/**
 * A vendor error that is about this metric alone: Klaviyo answered 400, 403 or 404 to a request that names it. `null`
 * where the whole side is out: a key that is not accepted, a firewall's page, no answer.
 */
export function notTold(
  error: unknown,
  { name, id }: EngagementMetric,
  what: keyof typeof WHAT,
): NotTold | null {
  const refused = error instanceof KlaviyoFailure || lacksScope(error);
  if (!refused) return null;
  const said =
    error instanceof SystemUnavailable ? error.problem.explanation : saidBy(error as KlaviyoFailure);
  return {
    kind: "not_told",
    problem: {
      code: "KL-METRIC",
      // Not of the connection: contacts and all other metrics are synced.
      level: "mapping",
      side: "klaviyo",
      field: null,
      title: clip(`Klaviyo doesn't ${WHAT[what]} the metric ${name}`, 60),
      explanation: clip(
        `Tandem asked Klaviyo for ${name} (${id}). ${said} All other metrics are synced.`,
        400,
      ),
      fix: [
        "In Klaviyo, check that the metric still exists and that the key has events:read and metrics:read.",
        "If nobody needs the metric, remove it from engagement.metrics. Tandem retries until then.",
      ],
      retry: "soon",
      reference: null,
    },
  };
}

function saidBy({ status, errors }: KlaviyoFailure): string {
  const detail = errors[0]?.detail;
  return `Klaviyo answered ${status ?? "nothing"}${detail === undefined ? "" : `: ${detail.replace(/\.$/, "")}`}.`;
}
