import type { Store } from "../../store/database/store.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Alerts } from "../../service/alerts/run-alerts.ts";
import { startAlerts } from "../../service/alerts/run-alerts.ts";
import { noteHealth } from "../../service/note-health.ts";
import { readAlertFacts } from "../../status/alert-facts.ts";
import type { StatusReader } from "../../status/status-reader.ts";
import type { App } from "../app.ts";
import type { MappingInUse } from "./mapping-in-use.ts";

interface Served {
  readonly store: Store;
  readonly current: () => MappingInUse;
  readonly read: StatusReader;
  /** How often contacts are pulled; `Infinity` in a quiet time. */
  readonly intervalMs: () => number;
  readonly pageUrl: URL | null;
  readonly worker: boolean;
  readonly log: Logger;
}

/** Starts the alerts of the connection that a daemon serves, in the mapping that is in use at the time. */
export function serveAlerts(app: App, served: Served): Alerts {
  const { store, current, read, pageUrl } = served;
  const { now } = app;
  return startAlerts({
    ...served,
    now,
    env: app.env,
    alerting: () => {
      const { alerts: rules, channels } = current().mapping;
      return { rules, channels, pageUrl };
    },
    before: noteHealth(store, () => current().deps.connectors, now),
    readFacts: () => {
      const { mapping } = current();
      const intervalMs = served.intervalMs();
      return readAlertFacts({ store, mapping, read, now: now(), intervalMs });
    },
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  });
}
