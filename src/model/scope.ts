import type { ConsentRules, ScopeRule } from "./mapping.ts";

/** A rule whose lists and segments were found in the accounts: names are ids now. */
export interface ResolvedRule extends Pick<ScopeRule, "id" | "from" | "onEnter" | "onLeave" | "subscribe"> {
  /** Collection ids on the rule's side; a contact in any of them matches. */
  readonly collections: readonly string[];
  /** Klaviyo list ids that matching people are put on. */
  readonly lists: readonly string[];
}

/** The Klaviyo lists to which a rule subscribes its people. Nobody is ever subscribed to another one. */
export function subscribingLists(scope: readonly ResolvedRule[]): readonly string[] {
  return [...new Set(scope.filter(({ subscribe }) => subscribe).flatMap(({ lists }) => lists))];
}

/** The rules of consent with HubSpot's subscription types found. */
export interface ResolvedConsent extends Pick<ConsentRules, "hubspotOptOut"> {
  /** Ids of the types that stand for what Klaviyo sends; none: HubSpot's are left alone. */
  readonly types: readonly string[];
}

/** No refusal is carried: as where the mapping says nothing of consent. */
export const NO_CONSENT_RULES: ResolvedConsent = { types: [], hubspotOptOut: "ignore" };
