import type { ScopeRule } from "./mapping.ts";

/** A rule whose lists and segments were found in the accounts: names are ids now. */
export interface ResolvedRule extends Pick<ScopeRule, "id" | "from" | "onEnter" | "onLeave"> {
  /** Collection ids on the rule's side; a contact in any of them matches. */
  readonly collections: readonly string[];
  /** Klaviyo list ids that matching people are put on. */
  readonly lists: readonly string[];
}
