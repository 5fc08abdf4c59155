import type { ExternalId } from "../../model/contact.ts";
import type { Engagement, RecordAs } from "../../model/engagement.ts";
import type { Side } from "../../model/side.ts";
import type { MemoryCall, Quirks } from "./quirks.ts";
import type { MemoryStore } from "./store.ts";

/** An engagement, and when the source shows it first (milliseconds). */
export interface Happened {
  readonly engagement: Engagement;
  readonly seenAt: number;
}

/** An entry as the sink shows it. */
export interface Shown {
  readonly recordAs: RecordAs;
  readonly id: string;
  readonly contact: ExternalId;
  readonly engagement: Engagement;
  /** Of a note: which one it stands in. */
  readonly reference: string | null;
}

export interface EngagementSettings {
  readonly side: Side;
  readonly store: MemoryStore;
  readonly quirks: Quirks;
  readonly now: () => number;
  readonly pageSize: number;
  readonly known: (property: string) => boolean;
  /** Counts a request, and lets the test step in. */
  readonly request: (call: MemoryCall, signal: AbortSignal) => void;
}
