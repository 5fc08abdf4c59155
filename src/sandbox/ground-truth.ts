import type { SandboxClock } from "./clock.ts";

/** Who changed something: a caller of the public API, a person in the vendor's own pages, or the vendor itself. */
export type Actor = "api" | "user" | "system";

/** One change that really happened, as only the vendor can know it. */
export interface AppliedChange {
  readonly sequence: number;
  readonly at: string;
  readonly actor: Actor;
  /** What was done, in the vendor's words: `contact.update`, `profile.subscribe`, `list.remove`… */
  readonly action: string;
  /** The vendor's id of what was changed. */
  readonly id: string;
  /** Only what differs; `null` before a creation and after a deletion. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** One request as it arrived, whether or not it changed anything. */
export interface ReceivedCall {
  readonly sequence: number;
  readonly at: string;
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  /** The vendor's name of the operation: Klaviyo's operationId, HubSpot's numbered route with `{}` places. */
  readonly operation: string;
  readonly status: number;
  /** True where the operation can change the vendor's data (a search or batch read by POST cannot). */
  readonly mutating: boolean;
}

/** The vendor's memory of everything that happened; what a test trusts, whatever the engine says about itself. */
export interface GroundTruth {
  readonly changes: readonly AppliedChange[];
  readonly calls: readonly ReceivedCall[];
  applied(change: Omit<AppliedChange, "sequence" | "at">): void;
  received(call: Omit<ReceivedCall, "sequence" | "at">): void;
  clear(): void;
}

export function groundTruth(clock: SandboxClock): GroundTruth {
  const changes: AppliedChange[] = [];
  const calls: ReceivedCall[] = [];
  let sequence = 0;
  const stamp = () => ({ sequence: ++sequence, at: new Date(clock.now()).toISOString() });
  return {
    changes,
    calls,
    applied: (change) => void changes.push({ ...stamp(), ...change }),
    received: (call) => void calls.push({ ...stamp(), ...call }),
    clear() {
      changes.length = 0;
      calls.length = 0;
    },
  };
}
