import type { Operation } from "../model/operation.ts";

declare const granted: unique symbol;

/**
 * Leave to send one mutating request. Only `write/` grants it, and a connector cannot even build such a request without
 * one (P16): the lease was checked, and what the request rests on was read, a moment ago.
 */
export interface Permit {
  readonly [granted]: true;
  /**
   * Called right before the request goes, once.
   *
   * @throws PermitExpired where that moment has passed, or the permit was used before
   */
  readonly use: () => void;
}

/** Nothing was sent: the wait between the permit and its request was too long. */
export class PermitExpired extends Error {
  constructor() {
    super("the permit to write has expired");
    this.name = "PermitExpired";
  }
}

/** Grants permits for requests that rest on no contact's values: events and notes with their own ids, definitions. */
export interface LeaseGate {
  /** Rejects where another process holds the lease now. */
  permit(): Promise<Permit>;
}

/** `import`: one job for all of them, which would overwrite a contact that exists instead of refusing its create. */
export type WriteMode = "request" | "import";

/** The operations that may still go, each without the fields that moved. */
export interface Admitted {
  readonly permit: Permit;
  readonly operations: readonly Operation[];
}

/** Grants permits for what is written to contacts. */
export interface WriteGate extends LeaseGate {
  /**
   * To be called once the budget for a request is granted, right before it is built and sent, and again before each
   * repetition. Reads the contacts again where they were read too long ago, and drops what moved since.
   *
   * @returns `null` where none of them may go now
   */
  admit(operations: readonly Operation[], mode: WriteMode): Promise<Admitted | null>;
  /** Journals the id that the vendor gave to the job of these operations, before anybody waits for the job. */
  accepted(operations: readonly Operation[], job: string): Promise<void>;
}
