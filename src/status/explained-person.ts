import type { ContactPlan } from "../plan/plan-contact.ts";
import type { LedgerEntry } from "../store/consent-ledger.ts";
import type { PersonHistory } from "../store/person-history.ts";

/** One person in full: what the next run would do and why, what was ever done, and what is known of their consent. */
export interface ExplainedPerson {
  readonly plan: ContactPlan;
  readonly history: PersonHistory;
  readonly ledger: readonly LedgerEntry[];
}
