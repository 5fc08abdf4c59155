import type { Limit } from "../model/watch/limit.ts";
import type { FieldRule, Mapping, ScopeRule } from "../model/mapping.ts";
import { grouped } from "../model/count-words.ts";
import { SIDE_NAMES } from "../model/side.ts";
import { backfillWords } from "./older-words.ts";

/** Which way a field's values go. */
export const WAYS = { both: "both ways", to_klaviyo: "to Klaviyo", to_hubspot: "to HubSpot" } as const;
export const ARROWS = { both: "↔", to_klaviyo: "→", to_hubspot: "←" } as const;

/** Whose value stands when both sides changed; empty where only one side leads. */
export function winnerWords({ direction, winner, newest, merge, type }: FieldRule): string {
  if (direction !== "both") return "";
  if (type === "list" && merge === "union") return "both sides' items joined";
  return newest ? `the newer; ${SIDE_NAMES[winner]} if unclear` : `${SIDE_NAMES[winner]} wins`;
}

/** What an emptied source does. */
export function emptyWords({ onEmpty }: FieldRule): string {
  return onEmpty === "clear" ? "empties the other side" : "the other side stays";
}

/** What becomes of those who leave a rule. */
export const LEAVE_WORDS: Readonly<Record<ScopeRule["onLeave"], string>> = {
  stop: "stop updating",
  remove_from_list: "stop updating, and off the lists that Tandem put them on",
  unsubscribe: "stop updating, and unsubscribe from the lists that Tandem put them on",
};

/** A limit as the mapping has it. */
export function limitWords(limit: Limit): string {
  return "count" in limit
    ? grouped(limit.count)
    : `${Math.round(limit.share * 1_000) / 10} % of linked people`;
}

/** A field's name for people: its HubSpot property. */
function nameOf({ property }: FieldRule): string {
  return property.hubspot;
}

/** What a new version of the mapping means, a sentence each; none where only comments or order changed. */
export function mappingEffects(before: Mapping, after: Mapping): readonly string[] {
  return [...fieldEffects(before, after), ...ruleEffects(before, after), ...otherEffects(before, after)];
}

function fieldEffects(before: Mapping, after: Mapping): readonly string[] {
  const was = new Map(before.fields.map((rule) => [rule.key, rule]));
  const is = new Set(after.fields.map(({ key }) => key));
  const gone = before.fields
    .filter(({ key }) => !is.has(key))
    .map((rule) => `${nameOf(rule)} is no longer synced; both sides keep what they have.`);
  const others = after.fields.flatMap((rule) => {
    const old = was.get(rule.key);
    if (old === undefined)
      return [`${nameOf(rule)} is synced now, ${WAYS[rule.direction]}; it starts without a last agreement.`];
    return fieldChanges(old, rule);
  });
  return [...gone, ...others];
}

function fieldChanges(old: FieldRule, rule: FieldRule): readonly string[] {
  const name = nameOf(rule);
  return [
    ...(old.direction === rule.direction ? [] : [`${name} goes ${WAYS[rule.direction]} now.`]),
    ...(winnerWords(old) === winnerWords(rule) || rule.direction !== "both"
      ? []
      : [`When both sides changed ${name}: ${winnerWords(rule)}.`]),
    ...(old.onEmpty === rule.onEmpty ? [] : [`Emptied on one side, ${name} now: ${emptyWords(rule)}.`]),
    ...(JSON.stringify(old.transforms) === JSON.stringify(rule.transforms)
      ? []
      : [`${name} is turned in another way; values that come out different are written.`]),
    ...(JSON.stringify(old.options) === JSON.stringify(rule.options)
      ? []
      : [`The options of ${name} are paired differently.`]),
  ];
}

function ruleEffects(before: Mapping, after: Mapping): readonly string[] {
  const was = new Map(before.rules.map((rule) => [rule.id, rule]));
  const is = new Set(after.rules.map(({ id }) => id));
  const scope = ({ from, collections }: ScopeRule): string =>
    `${from} ${collections.map(({ kind, nameOrId }) => `${kind} ${nameOrId}`).join(", ")}`;
  return [
    ...before.rules
      .filter(({ id }) => !is.has(id))
      .map(({ id }) => `The rule ${id} is gone: its people leave.`),
    ...after.rules.flatMap((rule) => {
      const old = was.get(rule.id);
      if (old === undefined) return [`The rule ${rule.id} is new: its people come into scope.`];
      return [
        ...(scope(old) === scope(rule) ? [] : [`The rule ${rule.id} is about other people now.`]),
        ...(old.subscribe === rule.subscribe
          ? []
          : [
              `The rule ${rule.id} ${rule.subscribe ? "asks to subscribe" : "does not ask to subscribe any more"}.`,
            ]),
        ...(old.onLeave === rule.onLeave ? [] : [`Who leaves ${rule.id}: ${LEAVE_WORDS[rule.onLeave]}.`]),
      ];
    }),
  ];
}

function otherEffects(before: Mapping, after: Mapping): readonly string[] {
  const parts = [
    ["The limits", before.limits, after.limits],
    ["The schedule", before.schedule, after.schedule],
    ["What becomes of refusals", before.consent, after.consent],
    ["How people are recognised", before.identity, after.identity],
    ["Engagement", before.engagement?.hash ?? null, after.engagement?.hash ?? null],
  ] as const;
  const changed = parts.flatMap(([name, old, now]) =>
    JSON.stringify(old) === JSON.stringify(now) ? [] : [`${name}: changed.`],
  );
  const reading =
    before.engagement === null || after.engagement === null
      ? null
      : backfillWords(before.engagement.backfillDays, after.engagement.backfillDays);
  return [...changed, ...(reading === null ? [] : [reading])];
}
