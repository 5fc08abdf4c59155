import type { Limit } from "./limit.ts";
import type { SecretRef } from "../keys/secret-ref.ts";

/** What can be alerted about, most urgent first. At most one alert of a type is open for a connection. */
export const ALERT_TYPES = [
  "stopped",
  "overdue",
  "held",
  "failing_above",
  "errors_above",
  "auth_expiring",
  "version_sunset",
] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

/** How urgent an alert is, in PagerDuty's words. */
export type Severity = "critical" | "error" | "warning";

export const SEVERITIES: Readonly<Record<AlertType, Severity>> = {
  stopped: "critical",
  overdue: "error",
  held: "warning",
  failing_above: "warning",
  errors_above: "warning",
  auth_expiring: "warning",
  version_sunset: "warning",
};

/** Where alerts go. The heartbeat is no channel of alerts: it says that none is needed. */
export const CHANNELS = ["slack", "email", "webhook", "pagerduty"] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** One entry of the mapping's `alerts`. */
export interface AlertRule {
  readonly type: AlertType;
  readonly to: readonly ChannelName[];
  /** For `failing_above` and `errors_above`: more than this opens the alert. */
  readonly above: Limit | null;
  /** For `auth_expiring` and `version_sunset`: so long before the end. Milliseconds. */
  readonly beforeMs: number | null;
}

/** The mapping's `channels`. URLs and keys are named, never held: they are read when something is sent. */
export interface Channels {
  readonly slack: { readonly webhook: SecretRef } | null;
  readonly email: {
    readonly smtp: SecretRef;
    readonly to: readonly string[];
    /** `null`: the user of the SMTP URL, where that is an email address, else the first recipient. */
    readonly from: string | null;
  } | null;
  readonly webhook: { readonly url: SecretRef; readonly secret: SecretRef } | null;
  readonly pagerduty: { readonly routingKey: SecretRef; readonly baseUrl: string } | null;
  readonly heartbeat: { readonly url: SecretRef } | null;
}
