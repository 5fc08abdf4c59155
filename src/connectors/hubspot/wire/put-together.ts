import type { Permit } from "../../permit.ts";
import type { RawAnswer } from "./transport.ts";

export type ApiVersion = "v3" | "2026-03" | "2026-09";

/** A call that is put together but not sent. Rejects with `CallFailed`, or with the signal's reason. */
export interface Call {
  /** For counting and messages. */
  readonly operation: string;
  /** Searches have their own limit. */
  readonly pace: "burst" | "search";
  readonly send: (signal: AbortSignal) => Promise<RawAnswer>;
}

/** A call that changes something. It cannot be put together without a permit, and uses it in the moment it goes. */
export interface Mutation {
  readonly operation: string;
  /** Rejects like `Call.send`, and with `PermitExpired` where nothing was sent. */
  readonly mutate: (signal: AbortSignal) => Promise<RawAnswer>;
}

/** Puts a mutation together. */
export type PutMutation = (
  permit: Permit,
  operation: string,
  run: (signal: AbortSignal) => Promise<unknown>,
) => Mutation;

/** Puts a call of the SDK's, or one that it does not have, together. */
export type PutTogether = (
  operation: string,
  run: (signal: AbortSignal) => Promise<unknown>,
  pace?: Call["pace"],
) => Call;
