import { ABILITIES } from "../model/abilities.ts";
import type { PlannedOperation, ContactPlan, PlanRules } from "./planned.ts";
import type { KnownLink } from "../model/link.ts";
import type { FieldRule } from "../model/mapping.ts";
import { EMAIL_FIELD } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { ResolvedRule } from "../model/scope.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, SIDE_NAMES, otherSide, perSide } from "../model/side.ts";
import type { Values } from "../model/value.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";
import { mergeContact, writesTo } from "../reconcile/merge-contact.ts";
import { afterOptOut, addressTaken, heldAddress, stepAside, withOwnAddress } from "./addresses.ts";
import { giveBackAddress } from "./give-back-address.ts";
import { holdingProblem, problemsOf } from "./field-problems.ts";
import { matchedRules, sidesInScope } from "./matched-rules.ts";
import { rejectedUnseen, withoutRefused } from "./refused.ts";
import { planOptOuts, planOwed, planSubscribes, refusesCreation } from "./plan-consent.ts";
import { leavings, listAdditions, wantedLists } from "./plan-lists.ts";
import { withoutFrozen } from "./without-frozen.ts";

/** A snapshot of another shape lacks fields of the mapping, or has them in another form. Tandem decides nothing from it. */
export const NOT_READ_YET = "Not read with this mapping yet";

/** What to do about one person, from what was seen on each side and the last agreement. Pure. */
export function planContact(rules: PlanRules, known: KnownLink): ContactPlan {
  return giveBackAddress(rules, planOf(rules, known));
}

function planOf(rules: PlanRules, known: KnownLink): ContactPlan {
  const { link, sightings } = known;
  const matched = matchedRules(rules.scope, known);
  const inScope = sidesInScope(matched);
  const removals = leavings(rules.scope, matched, known);
  const nothing = { known, merged: [], problems: [] };
  if (link.deletedOn !== null) {
    const reason = `Deleted in ${SIDE_NAMES[link.deletedOn]}; not created again`;
    return { ...nothing, operations: planOwed(rules.consent, known), state: "excluded", reason };
  }
  if (link.state === "ignored") {
    // A person wants the fields left alone; somebody's refusal is nothing that one may leave alone.
    const operations = planOptOuts(rules.consent, known);
    return { ...nothing, operations, state: "ignored", reason: "Ignored by a person" };
  }
  if (link.missingOn !== null) {
    const reason = `Not found in ${SIDE_NAMES[link.missingOn]}; Tandem will look again`;
    return { ...nothing, operations: planOwed(rules.consent, known), state: "waiting", reason };
  }
  if (link.merged !== null && sightings[link.merged.on] === null) {
    const { on, into } = link.merged;
    const reason = `Merged into ${into ?? "another contact"} in ${SIDE_NAMES[on]}`;
    return { ...nothing, operations: planOwed(rules.consent, known), state: "excluded", reason };
  }
  const unread = SIDES.flatMap((side) => known.unread[side] ?? []);
  const [first] = unread;
  if (first !== undefined && (inScope.hubspot || inScope.klaviyo)) {
    // Tandem knows nothing of such a contact, so it writes no field. An opt-out is still carried.
    const operations = planOptOuts(rules.consent, known);
    return { ...nothing, operations, problems: unread, state: "failing", reason: first.title };
  }
  if (!inScope.hubspot && !inScope.klaviyo) {
    const state = { state: "excluded", reason: "Matches no rule (any more)" } as const;
    if (SIDES.some((side) => sightings[side] === null)) return { ...nothing, operations: removals, ...state };
    if (isOutdated(rules, known)) {
      const optOuts = planOptOuts(rules.consent, known);
      return { ...nothing, operations: [...optOuts, ...removals], ...state };
    }
    // Somebody's refusal is carried for as long as they are linked, though no field is.
    const fields = rules.fields.filter(({ showsConsent }) => showsConsent === true);
    return { ...planBoth({ ...rules, fields }, known, matched, inScope, removals), ...state };
  }
  if (isOutdated(rules, known)) {
    // An opt-out does not wait for a contact to be read.
    const operations = planOptOuts(rules.consent, known);
    return { ...nothing, operations, state: "waiting", reason: NOT_READ_YET };
  }
  const changed = heldAddress(rules.fields, known);
  if (changed !== null) {
    const operations = planOptOuts(rules.consent, known);
    return { ...nothing, problems: [changed], operations, state: "failing", reason: changed.title };
  }
  const missing = SIDES.find((side) => sightings[side] === null);
  if (missing !== undefined) return planMissing(rules, known, matched, inScope, missing, removals);
  return planBoth(rules, known, matched, inScope, removals);
}

function isOutdated({ shapes }: PlanRules, { sightings }: KnownLink): boolean {
  return SIDES.some((side) => sightings[side] !== null && sightings[side].shape !== shapes[side]);
}

function planBoth(
  rules: PlanRules,
  known: KnownLink,
  matched: readonly ResolvedRule[],
  inScope: PerSide<boolean>,
  removals: readonly PlannedOperation[],
): ContactPlan {
  const seen = perSide((side) => known.sightings[side]?.fields ?? {});
  const edited = perSide((side) => known.sightings[side]?.edited ?? {});
  const all = mergeContact(rules.fields, inScope, known.link.base, seen, edited).map(withOwnAddress);
  const optOuts = planOptOuts(rules.consent, known);
  const stepped = afterOptOut(stepAside(all, known, rules.mayMakeRoom), known, [...optOuts, ...removals]);
  const { merged, steps, waitsFor, waits, problem } = stepped;
  const problems = problemsOf(rules.fields, known, inScope);
  const holding = holdingProblem(rules.fields, known, inScope);
  if (holding !== undefined) {
    // A value that nobody understands holds back the fields, and nobody's refusal.
    return { known, merged: [], operations: optOuts, problems, state: "failing", reason: holding.title };
  }
  const updates = SIDES.flatMap((side): readonly PlannedOperation[] => {
    const id = known.sightings[side]?.id;
    const fields = { ...writesTo(side, merged), ...steps[side] };
    if (id === undefined || Object.keys(fields).length === 0) return [];
    const pre = Object.fromEntries(Object.keys(fields).map((key) => [key, seen[side][key] ?? null]));
    return [{ kind: "update", side, id, fields, pre }];
  });
  const calm = withoutFrozen(updates, merged, known.writes);
  const wanted = withoutRefused(calm.operations, known.link.refused);
  const operations = [
    ...optOuts,
    ...wanted.operations,
    ...listAdditions(matched, known),
    ...removals,
    ...planSubscribes(matched, known),
  ];
  const unseen = rejectedUnseen(merged, known.link.refused);
  const told = [
    ...problems,
    ...calm.problems,
    ...wanted.problems,
    ...unseen,
    ...(problem === null ? [] : [problem]),
  ];
  const { thawsInMs } = calm;
  const state = stateOf(operations, told, known);
  const plan = { known, merged, operations, problems: told, ...state, thawsInMs };
  if (waitsFor === null) return plan;
  const waiting = { state: "waiting", reason: waitsFor, waits } as const;
  return { ...plan, ...(state.state === "failing" ? { waits } : waiting) };
}

function planMissing(
  rules: PlanRules,
  known: KnownLink,
  matched: readonly ResolvedRule[],
  inScope: PerSide<boolean>,
  missing: Side,
  removals: readonly PlannedOperation[],
): ContactPlan {
  const source = otherSide(missing);
  const problems = problemsOf(rules.fields, known, inScope);
  const nothing = { known, merged: [], problems };
  // A known id without a sighting is a contact that was not read, or one that is gone: making it again would double
  // or resurrect it (P10, P11).
  if (!known.sought[missing] || known.link.ids[missing] !== null) {
    const reason = `Being looked up in ${SIDE_NAMES[missing]}`;
    return { ...nothing, operations: [], state: "waiting", reason };
  }
  const claim = known.claimed[missing];
  if (claim !== null) {
    const problem = addressTaken(missing, known.link.email, claim);
    return {
      ...nothing,
      problems: [...problems, problem],
      operations: [],
      state: "failing",
      reason: problem.title,
    };
  }
  if (known.made[missing]) {
    const reason = `Created in ${SIDE_NAMES[missing]} and deleted there; not created again`;
    return { ...nothing, operations: [], state: "excluded", reason };
  }
  if (!matched.some((rule) => rule.from === source && rule.onEnter === "link_or_create")) {
    const reason = `Not in ${SIDE_NAMES[missing]}, and its rule only links`;
    return { ...nothing, operations: removals, state: "excluded", reason };
  }
  if (refusesCreation(rules.consent, known, missing)) {
    const reason = "Opted out in HubSpot; not created in Klaviyo";
    return { ...nothing, operations: [], state: "excluded", reason };
  }
  const holding = holdingProblem(rules.fields, known, inScope);
  if (holding !== undefined) {
    return { ...nothing, operations: [], state: "failing", reason: holding.title };
  }
  const merged = mergeWithNobody(rules.fields, inScope, known, missing);
  const lists = ABILITIES[missing].hasRuleLists ? wantedLists(matched) : [];
  const create: PlannedOperation = {
    kind: "create",
    side: missing,
    fields: writesTo(missing, merged),
    lists,
  };
  const additions = ABILITIES[source].hasRuleLists ? listAdditions(matched, known) : [];
  const operations = [create, ...additions, ...removals];
  return { known, merged, operations, problems, ...stateOf(operations, problems, known) };
}

/**
 * A contact that is not there is empty in every field and was never agreed on. Only what it is filled with is merged:
 * for the other fields nothing is agreed before the contact exists.
 */
function mergeWithNobody(
  fields: readonly FieldRule[],
  inScope: PerSide<boolean>,
  known: KnownLink,
  missing: Side,
): readonly MergedField[] {
  const nobody = Object.fromEntries(fields.map((rule) => [rule.key, null]));
  const shown = { ...known.sightings[otherSide(missing)]?.fields, [EMAIL_FIELD.key]: known.link.email };
  const seen = perSide((side): Values => (side === missing ? nobody : shown));
  return mergeContact(fields, inScope, {}, seen).filter(({ merge }) => merge.kind === "write");
}

/** The reason of a person whose opt-out Klaviyo does not show yet. */
export const WAITS_FOR_OPT_OUT = "Waits until Klaviyo shows the opt-out";

function stateOf(
  operations: readonly PlannedOperation[],
  problems: readonly Problem[],
  { optOutUnconfirmed }: KnownLink,
): Pick<ContactPlan, "state" | "reason"> {
  const [problem] = problems;
  if (problem !== undefined) return { state: "failing", reason: problem.title };
  if (operations.length > 0) return { state: "waiting", reason: "Change detected, not synced yet" };
  if (optOutUnconfirmed) return { state: "waiting", reason: WAITS_FOR_OPT_OUT };
  return { state: "in_sync", reason: "" };
}
