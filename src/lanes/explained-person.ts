import type { ContactPlan } from "../plan/planned.ts";
import type { LedgerEntry } from "../store/consent/consent-ledger.ts";
import type { PersonHistory } from "../store/people/person-history.ts";

/** One person in full: what the next run would do and why, what was ever done, and what is known of their consent. */
export interface ExplainedPerson {
  readonly plan: ContactPlan;
  readonly history: PersonHistory;
  readonly ledger: readonly LedgerEntry[];
  /** The address that was asked for; another than the link's where they had it before, or have it as well. */
  readonly wanted: string;
  /** Who had that address before: the addresses that they have now. */
  readonly formerly: readonly string[];
}
