import type { WriteGate } from "../../permit.ts";
import type { PropertyRequest, WriteResult } from "../../connector.ts";
import type { Account } from "../contacts.ts";

/** One call of `write`. */
export interface Work {
  readonly account: Account;
  readonly types: readonly PropertyRequest[];
  /** What has been learnt of each operation so far, by trace id. */
  readonly outcomes: Map<string, WriteResult>;
  /** Trace ids of operations that are certainly not done so far. */
  readonly undone: Set<string>;
  readonly gate: WriteGate;
  readonly signal: AbortSignal;
}

export function settle({ outcomes, undone }: Work, traceId: string, result: WriteResult): void {
  undone.delete(traceId);
  outcomes.set(traceId, result);
}
