import type { AlertType } from "../../model/watch/alerting.ts";
import type { PerSide } from "../../model/side.ts";
import type { EndedWork } from "../../store/runs/run-totals.ts";

/** What metrics tell of one connection, read at one moment. Nothing of a contact is in it. */
export interface MetricFacts {
  /** 0 healthy or empty, 1 needs attention, degraded or held, 2 delayed, 3 paused, 4 stopped. */
  readonly health: number;
  /** Contacts by state. */
  readonly contacts: Readonly<Record<string, number>>;
  readonly failing: readonly { readonly code: string; readonly contacts: number }[];
  /** When each lane last finished. */
  readonly lastSuccess: Readonly<Record<string, Date | null>>;
  readonly lastPoll: PerSide<Date | null>;
  readonly oldestWaiting: Date | null;
  readonly held: boolean;
  readonly configValid: boolean;
  readonly configLoaded: Date | null;
  readonly tokenExpires: PerSide<Date | null>;
  /** The part that is left of each limit, 0–1; of a system with a limit for each endpoint, the smallest. */
  readonly quotas: readonly { readonly side: string; readonly window: string; readonly left: number }[];
  /** Circuit breakers that let nothing through. */
  readonly breakersOpen: PerSide<number>;
  readonly alerts: readonly AlertType[];
  /** What ended since the last reading. */
  readonly ended: EndedWork;
}
