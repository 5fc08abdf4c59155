import type { FastifyInstance } from "fastify";
import { mayReadMetrics } from "../../service/metrics/may-read.ts";
import type { Metrics } from "../../service/metrics/metrics.ts";
import { neededFor } from "./access/permissions.ts";

export interface ServedMetrics {
  readonly metrics: Pick<Metrics, "text" | "contentType">;
  /** What a scraper has to bear; `null`: this machine alone may read. */
  readonly token: string | null;
}

/** Metrics for Prometheus on the page's port. They have their own guard: a scraper has no session. */
export function metricsRoute(app: FastifyInstance, served: ServedMetrics | null): void {
  const config = { needed: neededFor("GET", "/metrics"), guardsItself: true };
  app.get("/metrics", { config }, async ({ headers, socket }, reply) => {
    const plain = reply.type("text/plain; charset=utf-8");
    if (served === null) return plain.code(404).send("no metrics are served here\n");
    const request = { headers, remoteAddress: socket.remoteAddress };
    if (!mayReadMetrics(served.token, request)) return plain.code(401).send("not allowed\n");
    return reply.type(served.metrics.contentType).send(await served.metrics.text());
  });
}
