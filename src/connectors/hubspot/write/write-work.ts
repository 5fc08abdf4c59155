import type { WriteGate } from "../../permit.ts";
import type { PropertyRequest } from "../../connector.ts";
import type { WriteProgress } from "../../write-progress.ts";
import type { Account } from "../contacts.ts";

/** One call of `write`. */
export interface Work {
  readonly account: Account;
  readonly types: readonly PropertyRequest[];
  readonly progress: WriteProgress;
  readonly gate: WriteGate;
  readonly signal: AbortSignal;
}
