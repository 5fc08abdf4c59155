import type { ApiKeySession } from "klaviyo-api";
import type { Permit } from "../../permit.ts";
import type { OperationName } from "./operations.ts";

/** An answer of the 200s, its body as it came: not yet looked at. */
export interface RawAnswer {
  readonly body: unknown;
  /** By a name in lower case. */
  readonly header: (name: string) => string | null;
}

/** A profile to write. `null` empties an attribute; custom properties are emptied by name in `unset`. */
export interface ProfileBody {
  readonly id?: string;
  /** By Klaviyo's own names, `location` and `properties` as objects. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
}

export interface PageOptions {
  readonly filter?: string;
  readonly cursor: string | null;
}

export interface ProfilePageOptions extends PageOptions {
  /** With what Klaviyo predicts of each; dearer. */
  readonly predictions: boolean;
}

/** A call that is put together but not sent. Rejects with `KlaviyoFailure`, or with the signal's reason. */
export interface Call {
  readonly operation: OperationName;
  readonly send: (signal: AbortSignal | null) => Promise<RawAnswer>;
}

/** A call that changes something. It cannot be put together without a permit, and uses it in the moment it goes. */
export interface Mutation {
  readonly operation: OperationName;
  /** Rejects like `Call.send`, and with `PermitExpired` where nothing was sent. */
  readonly mutate: () => Promise<RawAnswer>;
}

/** Puts a mutation together. */
export type PutMutation = <Api extends { basePath: string }>(
  permit: Permit,
  operation: OperationName,
  Api: new (session: ApiKeySession) => Api,
  send: (api: Api) => Promise<{ readonly response: unknown }>,
) => Mutation;

/** Puts a call of one of the SDK's APIs together. */
export type PutTogether = <Api extends { basePath: string }>(
  operation: OperationName,
  Api: new (session: ApiKeySession) => Api,
  send: (api: Api) => Promise<{ readonly response: unknown }>,
) => Call;

export type GroupKind = "list" | "segment";

/** The largest pages Klaviyo has: of profiles and ids, and of lists and segments. */
export const PROFILES_PER_PAGE = 100;

export const pageCursor = (cursor: string | null) => (cursor === null ? {} : { pageCursor: cursor });
