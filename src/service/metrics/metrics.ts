import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { ALERT_TYPES } from "../../model/watch/alerting.ts";
import type { MadeCall } from "../../model/watch/api-health.ts";
import type { Side } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import { knownLabel } from "./known-label.ts";
import type { MetricFacts } from "./metric-facts.ts";

/** The metrics of one process. */
export interface Metrics {
  readonly contentType: string;
  /** In Prometheus's text format. A connection whose facts cannot be read keeps its last ones, and says so. */
  text(): Promise<string>;
  called(side: Side, call: MadeCall): void;
  /** @param readFacts asked at most every ten seconds */
  add(connection: string, readFacts: () => Promise<MetricFacts>): void;
}

/** Asked more often, it tells the same: what it costs does not depend on who asks. */
const READ_EVERY_MS = 10_000;
/** Labels that are bounded in number. There are 39 operations of HubSpot and 33 of Klaviyo, and 77 codes of problems. */
const MOST_ENDPOINTS = 40;
const MOST_CODES = 90;

const KINDS: ReadonlySet<string> = new Set(["contacts", "consent", "engagement", "retention", "dry_run"]);
const OPERATIONS: ReadonlySet<string> = new Set([
  "create",
  "update",
  "add_to_list",
  "remove_from_list",
  "opt_out",
]);

/** @param steady milliseconds by a clock that nobody sets */
export function metrics(version: string, steady: () => number = () => performance.now()): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `tandem_${name}`, help, labelNames, registers });
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name: `tandem_${name}`, help, labelNames, registers });

  gauge("build_info", "Always 1; the label is the version.", "version").set({ version }, 1);
  const own = {
    up: gauge("facts_up", "Could the connection's state be read from the database?", "connection"),
    health: gauge(
      "health",
      "0 healthy or empty, 1 needs attention, degraded or held, 2 delayed, 3 paused, 4 stopped.",
      "connection",
    ),
    contacts: gauge("contacts", "Contacts by state.", "connection", "state"),
    lastSuccess: gauge(
      "last_success_timestamp_seconds",
      "When the lane last finished; 0: never.",
      "connection",
      "kind",
    ),
    lastPoll: gauge(
      "last_poll_timestamp_seconds",
      "When the side was last pulled in full; 0: never.",
      "connection",
      "side",
    ),
    oldest: gauge(
      "oldest_waiting_change_timestamp_seconds",
      "Since when the oldest change waits; 0: none waits.",
      "connection",
    ),
    held: gauge("held_runs", "1 while changes wait for an approval.", "connection"),
    configValid: gauge("config_valid", "0 while the mapping file on disk cannot be used.", "connection"),
    configLoaded: gauge(
      "config_loaded_timestamp_seconds",
      "When the mapping in use was loaded.",
      "connection",
    ),
    tokenExpiry: gauge(
      "token_expiry_timestamp_seconds",
      "token_expires of the mapping; absent where it says nothing.",
      "connection",
      "side",
    ),
    quota: gauge(
      "api_quota_remaining_ratio",
      "The part that is left of the account's limit.",
      "connection",
      "side",
      "window",
    ),
    breakers: gauge("api_circuits_open", "Circuit breakers that let no call through.", "connection", "side"),
    alerts: gauge("alerts_open", "1 while the alert is open.", "connection", "type"),
  };
  const failing = gauge("failing_contacts", "Failing contacts by cause, over all connections.", "cause");
  const runs = counter("runs_total", "Runs that ended.", "kind", "result");
  const duration = new Histogram({
    name: "tandem_run_duration_seconds",
    help: "How long runs took.",
    labelNames: ["kind"],
    buckets: [1, 10, 60, 300, 1_800, 7_200],
    registers,
  });
  const writes = counter("writes_total", "Writes of runs that ended.", "side", "operation", "result");
  const conflicts = counter("conflicts_total", "Fields that both sides had changed.", "winner");
  const blocked = counter("consent_blocked_total", "Subscribe requests that the consent check stopped.");
  const requests = counter("api_requests_total", "API calls of this process.", "side", "endpoint", "status");
  const requestSeconds = new Histogram({
    name: "tandem_api_request_duration_seconds",
    help: "How long API calls of this process took.",
    labelNames: ["side", "endpoint"],
    buckets: [0.25, 1, 5, 30],
    registers,
  });

  const endpointOf = { hubspot: knownLabel(MOST_ENDPOINTS), klaviyo: knownLabel(MOST_ENDPOINTS) };
  const codeOf = knownLabel(MOST_CODES);
  const connections = new Map<string, () => Promise<MetricFacts>>();
  const causes = new Map<string, MetricFacts["failing"]>();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  const keep = (connection: string, facts: MetricFacts): void => {
    own.health.set({ connection }, facts.health);
    for (const [state, count] of Object.entries(facts.contacts))
      own.contacts.set({ connection, state }, count);
    for (const [kind, at] of Object.entries(facts.lastSuccess))
      own.lastSuccess.set({ connection, kind }, seconds(at));
    own.oldest.set({ connection }, seconds(facts.oldestWaiting));
    own.held.set({ connection }, facts.held ? 1 : 0);
    own.configValid.set({ connection }, facts.configValid ? 1 : 0);
    own.configLoaded.set({ connection }, seconds(facts.configLoaded));
    for (const side of SIDES) {
      own.lastPoll.set({ connection, side }, seconds(facts.lastPoll[side]));
      own.breakers.set({ connection, side }, facts.breakersOpen[side]);
      const expires = facts.tokenExpires[side];
      if (expires === null) own.tokenExpiry.remove({ connection, side });
      else own.tokenExpiry.set({ connection, side }, seconds(expires));
    }
    for (const { side, window, left } of facts.quotas) own.quota.set({ connection, side, window }, left);
    for (const type of ALERT_TYPES) own.alerts.set({ connection, type }, facts.alerts.includes(type) ? 1 : 0);
    causes.set(connection, facts.failing);
    count(facts.ended);
  };
  const count = ({
    runs: ended,
    writes: written,
    conflicts: found,
    blocked: stopped,
  }: MetricFacts["ended"]) => {
    for (const run of ended) {
      const kind = KINDS.has(run.kind) ? run.kind : "other";
      runs.inc({ kind, result: run.result });
      duration.observe({ kind }, run.seconds);
    }
    for (const { side, operation, result, count: done } of written)
      writes.inc({ side, operation: OPERATIONS.has(operation) ? operation : "other", result }, done);
    for (const { winner, count: lost } of found) conflicts.inc({ winner }, lost);
    blocked.inc(stopped);
  };
  const readAll = async (): Promise<void> => {
    if (steady() - readAt < READ_EVERY_MS) return;
    readAt = steady();
    await Promise.all(
      [...connections].map(async ([connection, readFacts]) => {
        try {
          keep(connection, await readFacts());
          own.up.set({ connection }, 1);
        } catch {
          // A database that is away is told by the lanes; a scrape that fails would hide the rest.
          own.up.set({ connection }, 0);
        }
      }),
    );
    failing.reset();
    for (const all of causes.values())
      for (const { code, contacts } of all) failing.inc({ cause: codeOf(code) }, contacts);
  };

  return {
    contentType: registry.contentType,
    async text() {
      reading ??= readAll().finally(() => void (reading = null));
      await reading;
      return registry.metrics();
    },
    called(side, { endpoint, status, ms }) {
      const labels = { side, endpoint: endpointOf[side](endpoint) };
      requests.inc({ ...labels, status });
      requestSeconds.observe(labels, ms / 1_000);
    },
    add: (connection, readFacts) => void connections.set(connection, readFacts),
  };
}

/** Prometheus counts in seconds since 1970; 0 where there is no time. */
function seconds(at: Date | null): number {
  return at === null ? 0 : at.getTime() / 1_000;
}
