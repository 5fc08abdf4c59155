import type { Ids } from "./ids.ts";

export interface Metric {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly integration: "klaviyo" | "api";
}

/** The names Klaviyo gives its own metrics. */
export const NATIVE_METRICS = [
  "Received Email",
  "Opened Email",
  "Clicked Email",
  "Bounced Email",
  "Dropped Email",
  "Marked Email as Spam",
  "Unsubscribed from Email Marketing",
  "Unsubscribed from List",
  "Subscribed to Email Marketing",
  "Subscribed to List",
  "Updated Email Preferences",
  "Manually Suppressed from Email Marketing",
  "Manually Unsuppressed from Email Marketing",
  "Merged Profile",
  "Clicked Email to Unsubscribe",
  "Skipped Send",
  "Sent SMS",
  "Received SMS",
  "Clicked SMS",
  "Failed to Deliver SMS",
  "Failed to deliver Automated Response SMS",
  "Received Automated Response SMS",
  "Subscribed to SMS Marketing",
  "Unsubscribed from SMS Marketing",
] as const;

const NATIVE: ReadonlySet<string> = new Set(NATIVE_METRICS);

export interface Metrics {
  get(id: string): Metric | undefined;
  all(): Iterable<Metric>;
  /** One of Klaviyo's own; made on first use. */
  native(name: string, micros: number): Metric;
  /** One that API callers name; a caller's "Opened Email" is not Klaviyo's. */
  api(name: string, micros: number): Metric;
}

/** @param byId all that there are; changed in place */
export function metrics(ids: Ids, byId: Map<string, Metric>): Metrics {
  const byName = new Map<string, Metric>();
  for (const metric of byId.values()) byName.set(`${metric.integration}:${metric.name}`, metric);
  const named = (name: string, integration: Metric["integration"], created: number): Metric => {
    const key = `${integration}:${name}`;
    const known = byName.get(key);
    if (known !== undefined) return known;
    const metric: Metric = { id: ids.short(), name, created, integration };
    byId.set(metric.id, metric);
    byName.set(key, metric);
    return metric;
  };
  return {
    get: (id) => byId.get(id),
    all: () => byId.values(),
    native(name, micros) {
      if (!NATIVE.has(name)) throw new RangeError(`${name} is not a metric of Klaviyo's own`);
      return named(name, "klaviyo", micros);
    },
    api: (name, micros) => named(name, "api", micros),
  };
}
