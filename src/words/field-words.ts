import type { OptOutFrom } from "../model/consent.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { SIDES, SIDE_NAMES, otherSide } from "../model/side.ts";
import type { Value } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { ContactPlan } from "../plan/planned.ts";
import type { Ages, MergedField } from "../reconcile/merge-contact.ts";
import type { Why } from "../reconcile/merge-field.ts";
import type { HistoryEntry, PersonHistory } from "../store/people/person-history.ts";
import type { Sight } from "./sight.ts";
import { actionWords } from "./change-words.ts";
import { newerWords } from "./newer-words.ts";
import { clip } from "../model/clip.ts";

/** Longer texts are cut: a plan is read by people, and the whole value is in the saved one. */
export const LONGEST_SHOWN = 120;

/** Why a field is written to the other side of `source`. */
export function because(why: Why, source: Side, ages: Ages | null = null): string {
  if (why === "changed_on_both" && ages !== null) return `both changed, ${newerWords(ages, source)}`;
  const sentences: Readonly<Record<Why, string>> = {
    changed: `${SIDE_NAMES[source]} changed`,
    first_sync: "first sync",
    changed_on_both: `both changed, ${SIDE_NAMES[source]} wins`,
    target_edited: "edited by hand, put back",
    lists_joined: "both sides' additions joined",
    put_back: "put back",
  };
  return sentences[why];
}

/** All of a value as a person reads it. */
export function whole(value: Value): string {
  if (value === null) return "(empty)";
  return Array.isArray(value) ? value.join(", ") : JSON.stringify(value);
}

/** A value of a field in a line, as somebody may see it. */
export function shownTo(sight: Sight, field: string): (value: Value) => string {
  return (value) => (value === null ? whole(null) : clip(sight.value(field, whole(value)), LONGEST_SHOWN));
}

/** A value in a line. */
export function shown(value: Value): string {
  return clip(whole(value), LONGEST_SHOWN);
}

/**
 * What keeps a field from being written, although a side's value would go over; `null` where nothing does. The plan has
 * left out what was refused before and is not to be sent again unchanged.
 */
export function blockedBy(
  { rule, merge }: Pick<MergedField, "rule" | "merge">,
  { operations, problems }: Pick<ContactPlan, "operations" | "problems">,
): Problem | null {
  if (merge.kind === "settled") return null;
  const own = problems.find(({ field }) => field === rule.key);
  if (merge.kind === "unseen") return own ?? null;
  const carried = (side: Side): boolean =>
    operations.some(
      (one) =>
        one.side === side && (one.kind === "update" || one.kind === "create") && rule.key in one.fields,
    );
  if (targetsOf(merge).every(carried)) return null;
  return own ?? problems.find(({ level, field }) => level === "contact" && field === null) ?? null;
}

function targetsOf({ values }: Extract<MergedField["merge"], { kind: "write" }>): readonly Side[] {
  return SIDES.filter((side) => values[side] !== undefined);
}

/**
 * What becomes of a field, and why.
 *
 * @param inWords a value in a line, as the reader may see it
 */
export function outcomeWords(
  field: Pick<MergedField, "rule" | "merge" | "ages" | "seen" | "agreed">,
  plan: Pick<ContactPlan, "operations" | "problems">,
  inWords: (value: Value) => string = shown,
): string {
  const { merge, ages } = field;
  const blocked = blockedBy(field, plan);
  switch (merge.kind) {
    case "unseen":
      if (blocked !== null) return `blocked: ${blocked.title}`;
      return "Not synced yet: one side has no readable value";
    case "settled": {
      const reasons = {
        same: "Same on both sides",
        unchanged: "Unchanged since both sides agreed; each keeps its own format",
        empty_kept: "Emptied on one side; `on_empty: keep` keeps the other value",
        may_not_lead: oneWayWords(field),
      };
      return reasons[merge.because];
    }
    case "write": {
      const goes = blocked === null ? "goes" : "would go";
      const writes = targetsOf(merge).map(
        (side) =>
          `${inWords(merge.values[side] ?? null)} ${goes} to ${SIDE_NAMES[side]}: ${because(merge.why, otherSide(side), ages)}`,
      );
      const lost =
        merge.lost === null
          ? ""
          : `; ${SIDE_NAMES[merge.lost.winner]} wins, ${inWords(merge.lost.lost)} is kept as the losing value`;
      const held = blocked === null ? "" : `; blocked: ${blocked.title}`;
      return `${writes.join("; ")}${lost}${held}`;
    }
  }
}

/** An edit on a side whose values do not travel for this contact. */
function oneWayWords({ rule, seen, agreed }: Pick<MergedField, "rule" | "seen" | "agreed">): string {
  const fallback: Side = rule.direction === "to_hubspot" ? "hubspot" : "klaviyo";
  const edited =
    SIDES.find((side) => {
      const now = seen[side];
      return now !== undefined && agreed !== undefined && !sameValue(now, agreed[side]);
    }) ?? fallback;
  const [from, to] = [SIDE_NAMES[otherSide(edited)], SIDE_NAMES[edited]];
  return `Changed in ${to}, but only ${from} → ${to} syncs for this contact. The next ${from} edit will overwrite it`;
}

/** What the next run writes. */
export function nextWords({ operations, known: { link } }: ContactPlan): string {
  if (link.state === "ignored" && operations.every(({ kind }) => kind !== "opt_out"))
    return "write nothing: someone chose to ignore this contact.";
  if (operations.length === 0) return "write nothing.";
  const words = operations.map(({ kind, side }) =>
    actionWords(side, kind).replace(/^[A-Z]/, (first) => first.toLowerCase()),
  );
  return `${words.join(", ")}.`;
}

/** By field, the latest write that was done. */
export function lastWriters({ entries }: PersonHistory): ReadonlyMap<string, HistoryEntry> {
  const writers = new Map<string, HistoryEntry>();
  for (const entry of entries) {
    if (entry.outcome !== "done") continue;
    for (const key of Object.keys(entry.after))
      if (!writers.has(key) && !entry.refusedFields.includes(key)) writers.set(key, entry);
  }
  return writers;
}

/** Which email somebody opts out of, and why. */
export function optOutWords(side: Side, from: OptOutFrom): string {
  switch (from.kind) {
    case "all":
      return `unsubscribe from ALL email in ${SIDE_NAMES[side]}: opted out in ${SIDE_NAMES[otherSide(side)]}`;
    case "type":
      return `opt out of ${SIDE_NAMES[side]} subscription type ${from.type}: opted out in ${SIDE_NAMES[otherSide(side)]}`;
    case "list":
      return `unsubscribe from ${SIDE_NAMES[side]} list ${from.list}: no longer matches the rule`;
  }
}
