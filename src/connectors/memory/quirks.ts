import type { ExternalId } from "../../model/contact.ts";
import type { RecordAs } from "../../model/engagement.ts";
import type { Operation } from "../../model/operation.ts";
import type { Problem, SystemUnavailable } from "../../model/problem.ts";
import type { Value } from "../../model/value.ts";
import type { EntryGroup, SinkGap } from "../engagement-port.ts";

export type MemoryCall =
  | "refusals"
  | "subscribe"
  | "account"
  | "discover"
  | "pull"
  | "everyone"
  | "read"
  | "find"
  | "write"
  | "jobs"
  | "metrics"
  | "events"
  | "counts"
  | "notes"
  | "sink"
  | "setUp"
  | "record"
  | "properties";

/** How a memory system misbehaves. All may be changed between calls, and the next call follows. */
export interface Quirks {
  /** What becomes of a value when it is stored: trimmed, in lower case, cut off. */
  normalise: (property: string, value: Value) => Value;
  /** A value the system will not take: its field is left out and the rest is written. */
  refuseValue: (property: string, value: Value, operation: Operation) => Problem | null;
  /** An operation the system will not take at all. */
  refuse: (operation: Operation) => Problem | null;
  /** An operation whose answer never comes, having been done or not. */
  unanswered: (operation: Operation) => "applied" | "not_applied" | null;
  /** Entries the sink will not take. */
  refuseEntries: (group: EntryGroup) => Problem | null;
  /** Entries whose recording is never answered, having been done or not. */
  unansweredEntries: (group: EntryGroup) => "applied" | "not_applied" | null;
  /** Why the source does not tell of this metric, and of no other. */
  metricNotTold: (metric: string) => Problem | null;
  /** What keeps the account from using a sink. */
  sinkMissing: (recordAs: RecordAs) => SinkGap | null;
  /** The whole side is out: thrown before anything of the call is done. */
  unavailable: (call: MemoryCall) => SystemUnavailable | null;
  /**
   * Runs before each call, and again before each page and each operation of it: the place where a user edits in
   * between, and where a test kills its engine by throwing.
   */
  before: (call: MemoryCall) => void;
  /** A contact whose record comes out malformed: it is there, and cannot be read. */
  unreadable: (id: ExternalId) => boolean;
  /** Writes of creates, and of updates that empty nothing, tell neither what is stored nor a new contact's id. */
  importLike: boolean;
  /** Creates, and updates that empty nothing, go as jobs, which are applied so many milliseconds later; 0: there are none. */
  importLagMs: number;
  /** Milliseconds until an incremental pull shows a change; until then it shows what was before. */
  indexLagMs: number;
  /** Milliseconds until a new contact is found by its address, by `find` and by the check for duplicates alike. */
  findLagMs: number;
  /**
   * Milliseconds until an opt-out of all email is applied. As Klaviyo's jobs it is by email address: anybody who has it by then
   * is opted out, and an address that nobody has gets its own contact.
   */
  optOutLagMs: number;
  /** A contact whose address a user changes shows no consent of its former address, as in HubSpot. */
  consentStaysWithAddress: boolean;
  /** How far the system's clock seems to be ahead of ours, in milliseconds. */
  skewMs: number;
}

/** A system that behaves. */
export function noQuirks(): Quirks {
  return {
    normalise: (_property, value) => value,
    refuseValue: () => null,
    refuse: () => null,
    unanswered: () => null,
    refuseEntries: () => null,
    unansweredEntries: () => null,
    metricNotTold: () => null,
    sinkMissing: () => null,
    unavailable: () => null,
    before: () => {},
    unreadable: () => false,
    importLike: false,
    importLagMs: 0,
    indexLagMs: 0,
    findLagMs: 0,
    optOutLagMs: 0,
    consentStaysWithAddress: false,
    skewMs: 0,
  };
}
