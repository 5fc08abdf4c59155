import type { Consent } from "../model/consent.ts";
import type { Clearance } from "../model/clearance.ts";
import type { ContactReading, ExternalId } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { Permit } from "./permit.ts";
import type { Problem } from "../model/problem.ts";

/**
 * What somebody wants to be sent. A refusal is an operation (`opt_out`); a subscription is not, and has this way alone.
 */
export interface ConsentPort {
  /**
   * Who is shown to have refused e-mail by a change since this moment (milliseconds since 1970), with the overlaps that
   * the system's own lags ask for; their values are not told. People may come who refused long ago.
   */
  optOuts(since: number, signal: AbortSignal): AsyncIterable<ContactReading>;
  /**
   * Refusals as they happened, from this moment on (milliseconds since 1970), whatever became of them since. They may show
   * late. `null` where the system keeps no such record.
   */
  readonly optOutEvents: ((since: number, signal: AbortSignal) => AsyncIterable<OptOutEvent>) | null;
  /**
   * Opt-outs that contacts made under an email address which they have left since. `null` where consent goes with the
   * contact.
   */
  readonly formerOptOuts:
    ((left: readonly FormerAddress[], signal: AbortSignal) => Promise<FormerReading>) | null;
  /**
   * Asks to subscribe these people, at most once each: an answer that never came is never asked for again. One result each,
   * in order. `null` where the system cannot, or Tandem never asks it to.
   */
  readonly subscribe:
    | ((
        clearances: readonly Clearance[],
        gate: SubscribeGate,
        signal: AbortSignal,
      ) => Promise<readonly SubscribeResult[]>)
    | null;
  /** May the key change what people are subscribed to? `null` where that cannot be told without changing something. */
  mayWrite(signal: AbortSignal): Promise<boolean | null>;
}

/** Admits each subscribe request right before it goes, as a `WriteGate` does. */
export interface SubscribeGate {
  /** Those who are still cleared, each written into the ledger; `null` where nobody is. */
  admit(
    clearances: readonly Clearance[],
  ): Promise<{ readonly permit: Permit; readonly clearances: readonly Clearance[] } | null>;
}

/** An email address that a contact had before. */
export interface FormerAddress {
  readonly id: ExternalId;
  readonly email: EmailKey;
}

/** Former addresses, read. */
export interface FormerReading {
  readonly optOuts: readonly FormerOptOut[];
  /** Contacts that could not be read: of their opt-outs nothing is known. */
  readonly unreadable: ReadonlySet<ExternalId>;
}

/** The consent that a contact had when it left the address: an opt-out of everything, or of some types. */
export interface FormerOptOut extends FormerAddress {
  readonly consent: Consent;
}

export interface OptOutEvent {
  readonly id: string;
  readonly person: ExternalId;
  /** In the system's own time. Milliseconds since 1970. */
  readonly at: number;
}

export type SubscribeResult =
  /** Accepted; whether it is done, only reading can tell. */
  | { readonly outcome: "accepted" }
  | { readonly outcome: "refused"; readonly problem: Problem }
  /** The gate did not admit it. */
  | { readonly outcome: "not_sent" }
  | { readonly outcome: "unknown" };
