import type { KnownLink } from "../model/link.ts";
import type { ResolvedRule } from "../model/scope.ts";
import { planUnsubscribes } from "./plan-consent.ts";
import type { PlannedOperation } from "./planned.ts";

/** The Klaviyo lists that these rules want their people on. */
export function wantedLists(matched: readonly ResolvedRule[]): readonly string[] {
  return [...new Set(matched.flatMap((rule) => rule.lists))];
}

export function listAdditions(
  matched: readonly ResolvedRule[],
  known: KnownLink,
): readonly PlannedOperation[] {
  const id = known.sightings.klaviyo?.id;
  if (id === undefined) return [];
  const missing = wantedLists(matched).filter((list) => !known.link.lists.includes(list));
  return missing.map((list) => ({ kind: "add_to_list", side: "klaviyo", id, list }));
}

/**
 * Off the lists of a rule that the person was seen to have left, and only those: a list that Tandem did not put them
 * on, that another rule still wants, or whose rule is gone from the mapping, is left alone.
 */
export function leavings(
  scope: readonly ResolvedRule[],
  matched: readonly ResolvedRule[],
  known: KnownLink,
): readonly PlannedOperation[] {
  const id = known.sightings.klaviyo?.id;
  if (id === undefined) return [];
  const wanted = wantedLists(matched);
  const left = scope.filter((rule) => known.sightings[rule.from] !== null && !matched.includes(rule));
  const ours = known.link.lists.filter((list) => !wanted.includes(list));
  const unsubscribes = planUnsubscribes(left, ours, id);
  const unsubscribed = new Set(unsubscribes.map(({ from }) => from.list));
  const lists = new Set(
    left.filter(({ onLeave }) => onLeave === "remove_from_list").flatMap((rule) => rule.lists),
  );
  const removed = ours.filter((list) => lists.has(list) && !unsubscribed.has(list));
  return [
    ...unsubscribes,
    ...removed.map((list): PlannedOperation => ({ kind: "remove_from_list", side: "klaviyo", id, list })),
  ];
}
