import type { PerSide } from "./side.ts";

/** What a system can do, as far as a plan depends on it. Policy asks for these and not for a system's name. */
export interface Abilities {
  /** A rule adds people to lists of this system. */
  readonly hasRuleLists: boolean;
  /** One act opts a person out of all marketing email; otherwise each subscription type is one. */
  readonly optsOutOfAll: boolean;
  /** It accepts an opt-out first and applies it some time later. */
  readonly appliesOptOutsLater: boolean;
}

export const ABILITIES: PerSide<Abilities> = {
  hubspot: { hasRuleLists: false, optsOutOfAll: false, appliesOptOutsLater: false },
  klaviyo: { hasRuleLists: true, optsOutOfAll: true, appliesOptOutsLater: true },
};
