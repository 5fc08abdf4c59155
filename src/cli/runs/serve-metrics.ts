import pkg from "../../../package.json" with { type: "json" };
import type { Metrics } from "../../service/metrics/metrics.ts";
import { metrics } from "../../service/metrics/metrics.ts";
import type { MetricsServer } from "../../service/metrics/metrics-server.ts";
import { startMetricsServer } from "../../service/metrics/metrics-server.ts";
import type { MetricsFrom } from "../../status/metric-facts.ts";
import { metricFacts } from "../../status/metric-facts.ts";
import type { App } from "../app.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";

/** The metrics of this process, for one connection. They listen to its calls from now on. */
export function connectionMetrics(app: App, from: MetricsFrom): Metrics {
  const made = metrics(pkg.version);
  app.calls.listen((side, call) => made.called(side, call));
  made.add(from.mapping().name, metricFacts(from));
  return made;
}

/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16;

/** What a scraper has to bear; `null`: this machine alone may read. @throws CommandFailure 78 where it is too short */
export function metricsToken({ env }: Pick<App, "env">): string | null {
  const token = env["TANDEM_METRICS_TOKEN"]?.trim() ?? "";
  if (token === "") return null;
  if (token.length >= SHORTEST_TOKEN) return token;
  throw new CommandFailure(
    EXIT.config,
    `TANDEM_METRICS_TOKEN has fewer than ${SHORTEST_TOKEN} characters.\n  fix: Make one with \`openssl rand -hex 16\`.`,
  );
}

/** Serves metrics on a separate port. @throws CommandFailure 69 where it is taken or may not be used */
export async function serveMetrics(
  made: Metrics,
  options: { readonly token: string | null; readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  try {
    return await startMetricsServer(made, options);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new CommandFailure(
      EXIT.unavailable,
      `Metrics cannot be served on port ${options.port} of ${options.host} (${code}).\n  fix: Choose another with --metrics-port.`,
    );
  }
}
