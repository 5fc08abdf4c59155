import type { NextRun } from "../../model/next-run.ts";
import type { PerSide } from "../../model/side.ts";
import type { KeptAuditEntry } from "../../store/chains/audit.ts";
import type { Freshness } from "../../store/pages/freshness.ts";
import type { RunRow } from "../../store/pages/overview.ts";
import type { ServerFacts } from "../../store/database/server-facts.ts";
import type { ToldSideNote } from "../../store/runs/side-notes.ts";
import type { ListedSession } from "../../store/pages/web-sessions.ts";
import type { ChannelState } from "../../store/alerts/alert-channels.ts";
import type { StoredAlert } from "../../store/alerts/alerts.ts";
import type { NotedHealth } from "../../store/runs/side-health.ts";
import type { Access } from "../frame/access/access.ts";
import type { Frame } from "../frame/layout/layout.ts";
import type { ReadVersion } from "../mapping/mapping-in-use.ts";

/** What the settings page shows. */
export interface SettingsView {
  readonly frame: Frame;
  /** `null` before the first start. */
  readonly used: ReadVersion | null;
  readonly notes: PerSide<ToldSideNote | null>;
  /** Of this process; empty where it runs no lanes. */
  readonly nextRuns: readonly NextRun[];
  readonly freshness: Freshness;
  /** Linked people: what a share is a share of. */
  readonly linked: number;
  /** The last contact run that is over. */
  readonly lastRun: RunRow | null;
  readonly access: Access;
  readonly server: ServerFacts;
  /** What people did last, for admins. */
  readonly audit: readonly KeptAuditEntry[];
  /** Of everybody for admins, else of the one who asks. */
  readonly sessions: readonly ListedSession[];
  /** How calls to each side went in the last hour. */
  readonly health: PerSide<NotedHealth | null>;
  /** The latest first. */
  readonly alerts: readonly StoredAlert[];
  readonly channels: readonly ChannelState[];
  readonly version: string;
  readonly node: string;
}
