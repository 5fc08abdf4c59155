import type {
  Contact,
  ExternalId,
  IndexReading,
  RecordReading,
  UnreadableContact,
} from "../model/contact.ts";
import type { HistoryReading } from "../model/history/contact-history.ts";
import type { ApiHealth, Quota } from "../model/watch/api-health.ts";
import type { EmailKey } from "../model/email.ts";
import type { Operation } from "../model/operation.ts";
import type { WriteGate } from "./permit.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import type { FieldType, Values } from "../model/value.ts";
import type { ConsentPort } from "./consent-port.ts";
import type { EngagementPort } from "./engagement-port.ts";

/**
 * The port: everything the engine knows about a system. One folder implements it, `memory/` is the reference, and one
 * contract suite runs over all. Every method throws `SystemUnavailable` when the whole side is out (no answer after
 * retries, refused credentials, exhausted quota), but for `write`, which answers with it; problems of single contacts are
 * values.
 */
export interface Connector {
  readonly side: Side;
  /** Whose key is this? The account guard compares the answer with the mapping. */
  account(signal: AbortSignal): Promise<Account>;
  /** What can be mapped and matched now: properties, lists, segments. */
  discover(signal: AbortSignal): Promise<Schema>;
  /**
   * The same for a run, whose mapping has its names already: without the properties that could only be told by looking
   * through contacts.
   */
  outline(signal: AbortSignal): Promise<Schema>;
  /** The scopes that reading needs and the key lacks, by the vendor's names; asked for one by one, by reading only. */
  missingScopes(signal: AbortSignal): Promise<readonly string[]>;
  /** How many members it has now; `null` where the system does not say. In Klaviyo a request each, and 15 a minute. */
  countMembers(collection: Collection, signal: AbortSignal): Promise<number | null>;
  /** What the system itself starts when somebody joins a list, by name; `null` where this key is not told. */
  startedBy(list: string, signal: AbortSignal): Promise<readonly string[] | null>;
  readonly contacts: ContactPort;
  readonly consent: ConsentPort;
  readonly engagement: EngagementPort;
  /** How far the system's clock was last seen to be ahead of ours, in milliseconds; negative if behind, 0 before its first answer. */
  skewMs(): number;
  /** How many requests were made since the connector was made, by operation; for runs and benchmarks. */
  requests(): ReadonlyMap<string, number>;
  /** What the system said last about its limits, no matter what uses them up; empty before its first answer. */
  quotas(): readonly Quota[];
  /** How calls went in the last hour, and which may go now. */
  health(): ApiHealth;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  /** IANA name, where the system tells. */
  readonly timeZone: string | null;
  /** Where a person opens a contact of this account; `{id}` stands for its id. */
  readonly contactUrl: string;
}

export interface Schema {
  readonly fields: readonly FieldSpec[];
  readonly collections: readonly Collection[];
  /** The kinds of e-mail that somebody can opt out of one by one; absent where the system has no such. */
  readonly optOutTypes?: readonly OptOutType[];
}

/** HubSpot's subscription types. */
export interface OptOutType {
  readonly id: string;
  readonly name: string;
}

export interface FieldSpec {
  /** As written in the mapping: `firstname`, `first_name`, `location.city`, `properties.Tier`; `company.NAME` of a company. */
  readonly property: string;
  readonly label: string;
  readonly type: FieldType;
  readonly readOnly: boolean;
  /** The values it takes; `null` where any value, or where the system does not list them. */
  readonly options: readonly string[] | null;
}

/** A list or segment: a set of contacts that the system keeps. */
export interface Collection {
  readonly id: string;
  readonly name: string;
  readonly kind: "list" | "segment";
  /** May the API add and remove members? */
  readonly writable: boolean;
  /** Klaviyo lists whose subscribe call sends a confirmation first. */
  readonly doubleOptIn: boolean;
  /** How many members it has; `null` where telling would cost its own request. */
  readonly size: number | null;
}

/** How many operations of each kind a plan has for one side. */
export interface Work {
  readonly creates: number;
  readonly updates: number;
  /** Of the updates, those that empty a property. */
  readonly clears: number;
  readonly listChanges: number;
}

/** What that takes within the share of the quota that Tandem may use. */
export interface Cost {
  readonly requests: number;
  readonly seconds: number;
}

/** A property to read, and the type to read it as. */
export interface PropertyRequest {
  readonly property: string;
  readonly type: FieldType;
}

/** Where to continue reading; opaque to all but its maker. */
export type Cursor = string;

/** What to read: the members of these collections, with these properties. */
export interface PullScope {
  readonly collections: readonly string[];
  readonly properties: readonly PropertyRequest[];
}

/**
 * A page of a pull. `cursor` is safe to store once everything of the page is stored; a pull that starts from it repeats
 * at most what it overlaps.
 */
export type PullPage =
  /** Contacts as they are now, and which of the pulled collections each was found in. */
  | {
      readonly kind: "contacts";
      readonly contacts: readonly Contact[];
      readonly unreadable: readonly UnreadableContact[];
      /** Members found on this page, readable or not, by collection id. Their absence elsewhere proves nothing. */
      readonly members: ReadonlyMap<string, readonly ExternalId[]>;
      readonly cursor: Cursor;
    }
  /**
   * A part of one collection's whole membership, read because somebody left it or it is time to look. After the part
   * with `last`, anybody who was in no part of the same `scan` is no longer a member.
   */
  | {
      readonly kind: "roster";
      readonly collection: string;
      readonly scan: string;
      readonly ids: readonly ExternalId[];
      readonly last: boolean;
      readonly cursor: Cursor;
    }
  /** A collection that is gone, or could not be read whole. Nobody left it: the rule is frozen and somebody must look. */
  | {
      readonly kind: "collection_gone";
      readonly collection: string;
      readonly problem: Problem;
      readonly cursor: Cursor;
    }
  /** Some of the asked-for properties may not be read: no contact has a key for them, and somebody must look. */
  | { readonly kind: "properties_gone"; readonly problem: Problem; readonly cursor: Cursor };

export interface RemovedPort {
  /** For so long the system keeps a deleted contact, in milliseconds. One deleted before looks removed for good. */
  readonly keptMs: number;
  /** Those of the contacts that exist neither as contacts nor as deleted ones: somebody removed them for privacy. */
  forGood(ids: readonly ExternalId[], signal: AbortSignal): Promise<readonly ExternalId[]>;
}

export interface ContactPort {
  /**
   * `cursor` null: every member of the collections. Otherwise what changed or joined since, with the overlaps that the
   * system's own lags ask for, and a roster of any collection that lost somebody. Contacts outside the collections may
   * come too: they changed, and may be linked.
   */
  pull(scope: PullScope, cursor: Cursor | null, signal: AbortSignal): AsyncIterable<PullPage>;
  /** Every contact of the account, a page at a time, in any order. */
  everyone(properties: readonly PropertyRequest[], signal: AbortSignal): AsyncIterable<IndexReading>;
  /**
   * Contacts by id, in any order. One that is neither readable nor unreadable no longer exists, says the system. A merged
   * one comes with its new id, or is unreadable under the id asked for. Read directly, never from a search index.
   */
  read(
    ids: readonly ExternalId[],
    properties: readonly PropertyRequest[],
    signal: AbortSignal,
  ): Promise<RecordReading>;
  /** Tells contacts that were removed for good from deleted ones; `null` where the system keeps neither. */
  readonly removed: RemovedPort | null;
  /**
   * Contacts as `read` gives them, and what each of the `historic` properties, which are among `properties`, has held.
   * `null` where the system keeps no such history; dearer than `read`, so only asked for where it decides something.
   */
  readonly readHistory:
    | ((
        ids: readonly ExternalId[],
        properties: readonly PropertyRequest[],
        historic: readonly string[],
        signal: AbortSignal,
      ) => Promise<HistoryReading>)
    | null;
  /** How long a change may stay out of sight of a `pull` that continues from a cursor. Milliseconds. */
  readonly pullLagMs: number;
  /** Every contact with one of these addresses, secondary ones included where the system has them. */
  find(
    emails: readonly EmailKey[],
    properties: readonly PropertyRequest[],
    signal: AbortSignal,
  ): Promise<IndexReading>;
  /**
   * One bad operation never spoils another: batches are bisected. At most one operation per contact and kind in a call.
   * `properties` are the types of the values written and of the `stored` ones. The gate admits each request. An outage or
   * the signal ends it early, and the answer has the outcome of each operation until then; only a bug is thrown.
   */
  write(
    operations: readonly Operation[],
    properties: readonly PropertyRequest[],
    gate: WriteGate,
    signal: AbortSignal,
  ): Promise<WriteAnswer>;
  /** Largest number of operations worth giving to `write` at once. */
  readonly writeSize: number;
  /** What became of jobs that outlived the `write` that started them; `null` where the system has no such jobs. */
  readonly jobs: JobPort | null;
  /** About what so much work takes, the reading before each write included: for a plan to tell beforehand. */
  cost(work: Work): Cost;
}

/** The answer to "what became of this job". */
export type JobState = "running" | "ended";

/**
 * Jobs that take the vendor as long as they take. Until one has ended its values may still arrive, so nothing newer may be
 * sent to its people.
 */
export interface JobPort {
  /** A job that the vendor no longer knows has ended. */
  state(job: string, signal: AbortSignal): Promise<JobState>;
  /** The job whose acceptance was never answered: made at or after a moment (milliseconds since 1970), of so many contacts. */
  find(since: number, contacts: number, signal: AbortSignal): Promise<readonly string[]>;
}

/** Outcome of one call of `write`. */
export interface WriteAnswer {
  /** One per operation, in the same order. */
  readonly results: readonly WriteResult[];
  /** Why it ended before all were tried (`SystemUnavailable`, the signal's reason); `null` where they were. */
  readonly stoppedBy: { readonly reason: unknown } | null;
}

export type WriteResult =
  /**
   * Done. `stored` is what the system answered that it now holds, by its own property names, or `null` where it did not
   * say; it becomes the base. `id` is null where the system has not told it yet (an import job). `refused` are fields
   * that were left out because the system would not take them; the rest was written.
   */
  | {
      readonly outcome: "done";
      readonly id: ExternalId | null;
      readonly stored: Values | null;
      /** The contact's new `updatedAt`, where the answer tells; a page read from a lagging index is older and loses. */
      readonly updatedAt: string | null;
      readonly refused: readonly Problem[];
    }
  /** Certainly not done, and why. */
  | { readonly outcome: "refused"; readonly problem: Problem }
  /** A create met an existing contact: link to it and look again. */
  | { readonly outcome: "exists"; readonly id: ExternalId | null }
  /** The target no longer exists. */
  | { readonly outcome: "gone"; readonly problem: Problem }
  /** Certainly not done, and to be planned again: the gate did not admit it, or the side went out before it could be. */
  | { readonly outcome: "not_sent" }
  /** The vendor took it as part of a job that has not ended yet. */
  | { readonly outcome: "pending" }
  /** Sent and never answered: may or may not be done. Only reading can tell. */
  | { readonly outcome: "unknown" };
