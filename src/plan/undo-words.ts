import { counted, grouped } from "../model/count-words.ts";
import type { NotUndone } from "./plan-undo.ts";

/** How many changes of each kind an undo found. */
export interface UndoCounts {
  readonly changes: number;
  readonly putBack: number;
  readonly already: number;
  readonly left: Readonly<Partial<Record<NotUndone["why"], number>>>;
}

/** Why something is not put back, in words. */
const LEFT_WORDS: Readonly<Record<NotUndone["why"], string>> = {
  changed_since: "changed since by somebody, left as it is",
  made: "a contact that Tandem made; contacts are never deleted",
  not_mapped: "no longer in the mapping, left as it is",
  consent: "shows somebody's consent, which is never put back",
  gone: "the contact is gone",
  differed_before: "the two sides held different values before, so no single value can go back",
  unanswered: "an earlier write has no answer yet; try again after the next sync",
};

/** One sentence whose numbers add up. */
export function undoSum({ changes, putBack, already }: UndoCounts): string {
  const soAlready = already === 0 ? "" : `, ${grouped(already)} already as before`;
  const left = grouped(changes - putBack - already);
  return `Of ${counted(changes, "change")}: ${grouped(putBack)} to put back${soAlready}, ${left} left as now.`;
}

/** How many changes are left for which reason, a line each. */
export function leftWords({ left }: Pick<UndoCounts, "left">): readonly string[] {
  return Object.entries(LEFT_WORDS).flatMap(([why, words]) => {
    const count = left[why as NotUndone["why"]] ?? 0;
    return count === 0 ? [] : [`${grouped(count)} × ${words}`];
  });
}
