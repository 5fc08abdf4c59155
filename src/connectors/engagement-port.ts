import type { ExternalId } from "../model/contact.ts";
import type { Channel, Engagement, EngagementKind, RecordAs } from "../model/engagement.ts";
import type { LeaseGate } from "./permit.ts";
import type { Problem } from "../model/problem.ts";

/**
 * The part of the port that is about engagement: a system that tells what people did with its messages (`source`), and one
 * that shows it (`sink`). Both throw `SystemUnavailable` when the whole side is out. Neither changes anybody's consent,
 * address or membership.
 */
export interface EngagementPort {
  /** `null` where the system sends no messages that it tells of. */
  readonly source: EngagementSource | null;
  /** `null` where the system cannot show events in that way. */
  sink(recordAs: RecordAs): EngagementSink | null;
  /**
   * Makes those of the properties that are missing, in a group “Klaviyo” of theirs, and touches none that exists.
   * Answers the names of those it made. `null` where the system makes no properties through its API.
   */
  readonly makeProperties:
    | ((
        properties: readonly PropertyToMake[],
        gate: LeaseGate,
        signal: AbortSignal,
      ) => Promise<readonly string[]>)
    | null;
}

export interface EngagementSource {
  /**
   * The metrics of this account that Tandem understands. One that never happened may be absent.
   *
   * @param known by id, those that were understood before: they still are, whatever they are called now
   */
  metrics(
    known: ReadonlyMap<string, Pick<EngagementMetric, "kind" | "channel">>,
    signal: AbortSignal,
  ): Promise<readonly EngagementMetric[]>;
  /**
   * The events of a metric from `from` on, oldest first, a page at a time. Events come late and may lie in the future: what
   * a page shows is never all there will be of its time. Where the system does not tell this metric, and only this one,
   * the last page says so.
   */
  read(window: EventWindow, signal: AbortSignal): AsyncIterable<EngagementPage | NotTold>;
  /**
   * How many events of a metric there are by UTC day (`yyyy-mm-dd`), from `from` up to and without `until` (days); or that
   * the system does not tell it of this metric.
   */
  countByDay(
    metric: EngagementMetric,
    from: string,
    until: string,
    signal: AbortSignal,
  ): Promise<DayCounts | NotTold>;
  /** How long after it happened an event may first be seen, as a rule. Milliseconds. */
  readonly lagMs: number;
}

/** One metric of one account: ids differ between accounts. */
export interface EngagementMetric {
  readonly id: string;
  readonly name: string;
  readonly kind: EngagementKind;
  readonly channel: Channel;
}

export interface EventWindow {
  readonly metric: EngagementMetric;
  /** ISO, UTC; inclusive. */
  readonly from: string;
  /** ISO, UTC; exclusive. `null`: without end, the future included. */
  readonly until: string | null;
  /** Where an earlier reading of the same window stopped; `null` from its beginning. */
  readonly cursor: string | null;
}

export interface EngagementPage {
  readonly kind: "events";
  readonly engagements: readonly Engagement[];
  /** To continue after this page; `null` where it was the last. */
  readonly next: string | null;
}

export interface DayCounts {
  readonly kind: "counts";
  readonly counts: ReadonlyMap<string, number>;
}

/** The system answered, and does not tell this one thing: its problem alone, everything else continues. */
export interface NotTold {
  readonly kind: "not_told";
  readonly problem: Problem;
}

/** One engagement to be shown on one contact. Sent again it is the same entry. */
export interface TimelineEntry {
  /** A UUID made from the dedupe key: the same occurrence has the same id for ever. */
  readonly id: string;
  readonly engagement: Engagement;
}

/**
 * What is shown together: everything that one contact did with one message. Sinks of single events take `fresh`; a note
 * shows `shown` and `fresh` in one text, and is changed rather than added to.
 */
export interface EntryGroup {
  /** The contact's id at the sink; never an address, which could make or change a contact (P14). */
  readonly contact: ExternalId;
  readonly fresh: readonly TimelineEntry[];
  /** Recorded before, of the same contact and message. */
  readonly shown: readonly TimelineEntry[];
  /** What the sink answered when it recorded them (a note's id), where it did. */
  readonly reference: string | null;
}

export type RecordResult =
  /** Every fresh entry is there now, or was there already. */
  | { readonly outcome: "done"; readonly reference: string | null }
  /** Certainly not there, and why. */
  | { readonly outcome: "refused"; readonly problem: Problem }
  /** The contact no longer exists. */
  | { readonly outcome: "gone" }
  /** Sent and never answered. It may be there: the same ids are sent again, or `find` looks before anything is made. */
  | { readonly outcome: "unknown" };

/** What a sink lacks, and the kinds of events that wait for it. The others are shown. */
export interface SinkGap {
  readonly problem: Problem;
  readonly kinds: readonly EngagementKind[] | "all";
}

export interface EngagementSink {
  readonly recordAs: RecordAs;
  /** Largest number of groups worth giving to `record` at once. */
  readonly size: number;
  /** What keeps this account from using the sink, with the fix; `null` where nothing does. By reading only. */
  missing(setup: SinkSetup | null, signal: AbortSignal): Promise<SinkGap | null>;
  /** Makes, or brings up to date, what the sink needs: templates, event definitions. Twice is once. */
  setUp(gate: LeaseGate, signal: AbortSignal): Promise<SinkSetup>;
  /**
   * Finds entries that the sink shows and our database does not know of: an answer was lost, or the database was
   * restored or lost. Asked before anything is made. `null` where the vendor keeps each id once by itself.
   *
   * @param groups those without a `reference`
   * @param passed by contact, the references that are known to be something else; they are not read again
   */
  readonly find:
    | ((
        groups: readonly EntryGroup[],
        passed: ReadonlyMap<ExternalId, ReadonlySet<string>>,
        signal: AbortSignal,
      ) => Promise<FoundEntries>)
    | null;
  /**
   * One result per group, in order.
   *
   * @param setup as `setUp` answered it; `null` where it was never run
   */
  record(
    groups: readonly EntryGroup[],
    setup: SinkSetup | null,
    gate: LeaseGate,
    signal: AbortSignal,
  ): Promise<readonly RecordResult[]>;
}

/** What a sink shows already. */
export interface FoundEntries {
  /** By the group as it was given. */
  readonly references: ReadonlyMap<EntryGroup, string>;
  /** By contact: what was read and is nothing of ours. */
  readonly others: ReadonlyMap<ExternalId, readonly string[]>;
}

/** What setting up made, kept by the engine and understood by the sink alone. */
export interface SinkSetup {
  /** The system's ids of what was made, by our name for it. */
  readonly ids: Readonly<Record<string, string>>;
  /** For a person: `made “Tandem: opened”`, `“Tandem: clicked” is up to date`. */
  readonly report: readonly string[];
}

/** A property that Tandem offers to make, so that nobody has to click it together. */
export interface PropertyToMake {
  readonly property: string;
  readonly label: string;
  readonly description: string;
  readonly type: "text" | "number" | "datetime" | "option";
  /** Of an option: its values, with their labels. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
}
