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
  remove_from_list: "stop updating, and remove from the lists that Tandem added them to",
  unsubscribe: "stop updating, and unsubscribe from the lists that Tandem added them to",
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
    .map((rule) => `${nameOf(rule)} no longer syncs. Both sides keep their values.`);
  const others = after.fields.flatMap((rule) => {
    const old = was.get(rule.key);
    if (old === undefined)
      return [`${nameOf(rule)} syncs now, ${WAYS[rule.direction]}. The next run compares it for everyone.`];
    return fieldChanges(old, rule);
  });
  return [...gone, ...others];
}

function fieldChanges(old: FieldRule, rule: FieldRule): readonly string[] {
  const name = nameOf(rule);
  return [
    ...(old.direction === rule.direction ? [] : [`${name} syncs ${WAYS[rule.direction]} now.`]),
    ...(winnerWords(old) === winnerWords(rule) || rule.direction !== "both"
      ? []
      : [`If both sides change ${name}: ${winnerWords(rule)}.`]),
    ...(old.onEmpty === rule.onEmpty ? [] : [`If ${name} is emptied on one side: ${emptyWords(rule)}.`]),
    ...(JSON.stringify(old.transforms) === JSON.stringify(rule.transforms)
      ? []
      : [`${name} has a new transform; changed results will be written.`]),
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
      .map(({ id }) => `The rule ${id} is removed: its contacts leave the scope.`),
    ...after.rules.flatMap((rule) => {
      const old = was.get(rule.id);
      if (old === undefined) return [`The rule ${rule.id} is new: its contacts come into scope.`];
      return [
        ...(scope(old) === scope(rule) ? [] : [`The rule ${rule.id} matches other lists or segments now.`]),
        ...listEffects(old, rule),
        ...(old.subscribe === rule.subscribe
          ? []
          : [
              `The rule ${rule.id} ${rule.subscribe ? "sends subscribe requests now" : "sends no more subscribe requests"}.`,
            ]),
        ...(old.onLeave === rule.onLeave
          ? []
          : [`Contacts that leave ${rule.id}: ${LEAVE_WORDS[rule.onLeave]}.`]),
      ];
    }),
  ];
}

/** Lists that a rule begins or stops to add its contacts to. */
function listEffects(old: ScopeRule, rule: ScopeRule): readonly string[] {
  const names = ({ addToLists }: ScopeRule) => addToLists.map(({ nameOrId }) => nameOrId);
  const [was, is] = [names(old), names(rule)];
  return [
    ...is
      .filter((name) => !was.includes(name))
      .map((name) => `The rule ${rule.id} adds its contacts to the Klaviyo list ${name} now.`),
    ...was
      .filter((name) => !is.includes(name))
      .map((name) => `The rule ${rule.id} no longer adds contacts to the Klaviyo list ${name}.`),
  ];
}

const LIMIT_KEYS = [
  "creates",
  "updates",
  "removals",
  "clears",
  "unsubscribes",
  "subscribes",
  "errors",
] as const;

/** Each limit that changed, with both values. */
function limitEffects({ limits: was }: Mapping, { limits: is }: Mapping): readonly string[] {
  const ofRuns = LIMIT_KEYS.flatMap((key) => {
    const [old, now] = [limitWords(was[key]), limitWords(is[key])];
    return old === now ? [] : [`limits.${key}_per_run: ${old} → ${now}.`];
  });
  const above = (most: number | null): string => (most === null ? "not set" : grouped(most));
  const approval =
    was.approvalAbove === is.approvalAbove
      ? []
      : [`limits.approval_above: ${above(was.approvalAbove)} → ${above(is.approvalAbove)}.`];
  const share =
    JSON.stringify(was.apiShare) === JSON.stringify(is.apiShare) ? [] : ["limits.api_share changed."];
  return [...ofRuns, ...approval, ...share];
}

function otherEffects(before: Mapping, after: Mapping): readonly string[] {
  const parts = [
    ["The schedule", before.schedule, after.schedule],
    ["Consent", before.consent, after.consent],
    ["Identity", before.identity, after.identity],
    ["Engagement", before.engagement?.hash ?? null, after.engagement?.hash ?? null],
  ] as const;
  const changed = parts.flatMap(([name, old, now]) =>
    JSON.stringify(old) === JSON.stringify(now) ? [] : [`${name}: changed.`],
  );
  const reading =
    before.engagement === null || after.engagement === null
      ? null
      : backfillWords(before.engagement.backfillDays, after.engagement.backfillDays);
  return [...limitEffects(before, after), ...changed, ...(reading === null ? [] : [reading])];
}
