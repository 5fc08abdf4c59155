import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import { commonSide, directionAllows } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES, otherSide, perSide } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import { equal } from "../reconcile/decision.ts";
import type { Driver, Synced } from "./driver.ts";
import { COLLECTION, PEOPLE, addressOf } from "./history.ts";
import { SLOTS } from "./slots.ts";

/** What both sides held of a field at the last sync that settled it; nothing before the first. */
type Agreed = Map<string, PerSide<Value>>;

/** Tells beforehand from what people typed alone which conflicts a quiet run must record, and afterwards which it did. */
export interface ConflictModel {
  /** Before a run. */
  expect(): void;
  /** After it: in words, what was recorded without reason or not recorded with reason. */
  compare(synced: Synced): readonly string[];
}

interface Held {
  readonly there: PerSide<boolean>;
  /** A contact in scope on a side is compared in every field, whichever way it goes. */
  readonly inScope: PerSide<boolean>;
  readonly leads: PerSide<boolean>;
  readonly now: PerSide<Value>;
}

export function conflictModel(driver: Driver, mapping: Mapping): ConflictModel {
  const agreed: Agreed = new Map();
  let before = new Map<string, Held>();
  const fields = mapping.fields.flatMap((rule) => PEOPLE.map((who) => ({ rule, who })));
  const keyOf = (email: string, field: string): string => `${email} ${field}`;
  const heldNow = (): Map<string, Held> =>
    new Map(
      fields.map(({ rule, who }) => [keyOf(addressOf(who), rule.key), held(driver, mapping, rule, who)]),
    );
  return {
    expect: () => void (before = heldNow()),
    compare({ conflicts, writes }) {
      const after = heldNow();
      return fields.flatMap(({ rule, who }): readonly string[] => {
        const key = keyOf(addressOf(who), rule.key);
        const [was, is] = [before.get(key), after.get(key)];
        if (was === undefined || is === undefined) return [];
        const wrote = SIDES.some((side) =>
          writes[side].some(
            ({ operation }) =>
              operation.email === addressOf(who) &&
              "values" in operation &&
              Object.hasOwn(operation.values, rule.property[side]),
          ),
        );
        const found = conflicts.filter(({ email, field }) => keyOf(email, field) === key);
        const wanted = wantedConflict(rule, was, agreed.get(key), wrote);
        settle(agreed, key, rule, was, is, wrote);
        if (wanted === "either") return found.length <= 1 ? [] : [`twice: ${key}`];
        if (wanted === null) return found.length === 0 ? [] : [`false conflict: ${key}`];
        const [only] = found;
        return found.length === 1 && equal(only?.lost, wanted.lost) ? [] : [`no conflict: ${key}`];
      });
    },
  };
}

function held(driver: Driver, mapping: Mapping, rule: FieldRule, who: (typeof PEOPLE)[number]): Held {
  const slot = SLOTS.find((one) => one.property.hubspot === rule.property.hubspot);
  const contacts = perSide((side) =>
    driver.systems[side].user.all().find(({ emails }) => emails.includes(addressOf(who))),
  );
  // Options are compared in Klaviyo's words whichever way they go.
  const common = rule.options === null ? commonSide(rule.direction) : "klaviyo";
  const inScope = perSide((side) => {
    const inForce = mapping.rules.some(({ from }) => from === side);
    const members = driver.systems[side].user.members(COLLECTION[side]);
    return inForce && members.includes(contacts[side]?.id ?? "");
  });
  return {
    there: perSide((side) => contacts[side] !== undefined),
    inScope,
    leads: perSide((side) => inScope[side] && directionAllows(rule.direction, side)),
    now: perSide((side) => {
      const value = contacts[side]?.values.get(rule.property[side]) ?? null;
      return side === common ? value : (slot?.across(common, value) ?? value);
    }),
  };
}

/** A conflict: both were changed since they were settled, to different values, and one of them gave way. */
function wantedConflict(
  rule: FieldRule,
  { there, leads, now }: Held,
  agreed: PerSide<Value> | undefined,
  wrote: boolean,
): { readonly lost: Value } | "either" | null {
  if (!there.hubspot || !there.klaviyo || equal(now.hubspot, now.klaviyo)) return null;
  const changed = perSide((side) => !equal(now[side], agreed?.[side] ?? null));
  const leading = SIDES.filter((side) => leads[side] && changed[side]);
  if (leading.length === 2) {
    if (rule.merge === "union") return "either";
    const empty = SIDES.find((side) => now[side] === null);
    const cleared = empty !== undefined && !(empty === rule.winner && rule.onEmpty === "clear");
    const loser = cleared ? empty : otherSide(rule.winner);
    return { lost: now[loser] };
  }
  const [leader = SIDES.find((side) => leads[side])] = leading;
  if (leader === undefined || !wrote) return null;
  const target: Side = otherSide(leader);
  return changed[target] && now[target] !== null ? { lost: now[target] } : null;
}

function settle(agreed: Agreed, key: string, rule: FieldRule, was: Held, is: Held, wrote: boolean): void {
  if (wrote || (was.there.hubspot && was.there.klaviyo && equal(was.now.hubspot, was.now.klaviyo))) {
    if (is.inScope.hubspot || is.inScope.klaviyo || wrote) agreed.set(key, is.now);
    return;
  }
  // An emptied source that leaves its target alone is settled too.
  const before = agreed.get(key);
  for (const side of SIDES) {
    const emptied = was.now[side] === null && before !== undefined && before[side] !== null;
    const alone =
      equal(was.now[otherSide(side)], before?.[otherSide(side)] ?? null) || !was.leads[otherSide(side)];
    if (before !== undefined && emptied && was.leads[side] && alone && rule.onEmpty === "keep") {
      agreed.set(key, { ...before, [side]: null });
    }
  }
}
