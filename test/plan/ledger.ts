import { EMAIL_FIELD } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES, otherSide, perSide } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import { items } from "../reconcile/decision.ts";
import type { Run, SmallEngine } from "./small-engine.ts";

type Item = string | boolean;

/**
 * What people set, and whether it has got across. Knows nothing of bases and merges: only what was typed, what was
 * written, and what was kept as a loser.
 */
export interface Ledger {
  /** Values (of lists, items) that were set on a side and that the other has not had yet, by field. */
  readonly waiting: PerSide<Map<string, Set<Item>>>;
  /** All that the side ever held: a value put back is not told from one that never moved, so it is not waited for. */
  readonly held: PerSide<Map<string, Set<Item>>>;
  /** How often people changed a field on a side, emptied it, and how often a value there gave way. */
  readonly edits: PerSide<Map<string, number>>;
  readonly clears: PerSide<Map<string, number>>;
  readonly losses: PerSide<Map<string, number>>;
  readonly writes: PerSide<Map<string, number>>;
  /** What was overwritten without having got across or been kept. Must stay empty. */
  readonly missing: string[];
}

export function newLedger(): Ledger {
  const counts = () => perSide(() => new Map<string, number>());
  return {
    waiting: perSide(() => new Map<string, Set<Item>>()),
    held: perSide(() => new Map<string, Set<Item>>()),
    edits: counts(),
    clears: counts(),
    losses: counts(),
    writes: counts(),
    missing: [],
  };
}

/** A person changed a field of a side from `before` to `after`. */
export function noteEdit(ledger: Ledger, side: Side, key: string, before: Value, after: Value): void {
  const had = items(before);
  const has = items(after);
  const still = [...(ledger.waiting[side].get(key) ?? [])].filter((item) => has.includes(item));
  const added = has.filter((item) => !had.includes(item) && !ledger.held[side].get(key)?.has(item));
  hold(ledger, side, key, [...had, ...has]);
  ledger.waiting[side].set(key, new Set([...still, ...added]));
  count(ledger.edits[side], key);
  if (after === null) count(ledger.clears[side], key);
}

/** What a run wrote: what it overwrote must have been carried over before, or now, or be kept. */
export function noteRun(ledger: Ledger, { seen, after, taken, lost }: Run): void {
  const keys = new Set(SIDES.flatMap((side) => [...Object.keys(seen[side]), ...Object.keys(taken[side])]));
  for (const key of keys) {
    for (const side of SIDES) {
      const sent = taken[side][key];
      const kept = lost[key]?.winner === otherSide(side) ? items(lost[key].lost) : [];
      const across = [...items(taken[otherSide(side)][key]), ...items(seen[otherSide(side)][key])];
      const waiting = [...(ledger.waiting[side].get(key) ?? [])];
      const open = waiting.filter((item) => !across.includes(item) && !kept.includes(item));
      ledger.waiting[side].set(key, new Set(open));
      hold(ledger, side, key, items(after[side][key]));
      if (sent === undefined) continue;
      count(ledger.writes[side], key);
      if (kept.length > 0) count(ledger.losses[side], key);
      const gone = open.filter((item) => !items(sent).includes(item));
      if (gone.length > 0) ledger.missing.push(`${side} ${key}: ${gone.join()}`);
    }
  }
}

function hold(ledger: Ledger, side: Side, key: string, more: readonly Item[]): void {
  ledger.held[side].set(key, new Set([...(ledger.held[side].get(key) ?? []), ...more]));
}

/** Fields that were written more often than people gave reason to (P3); the address is no field of theirs. */
export function echoes(ledger: Ledger, engine: SmallEngine): readonly string[] {
  const of = (counts: Map<string, number>, key: string) => counts.get(key) ?? 0;
  return SIDES.flatMap((side) =>
    engine.rules
      .filter(({ key }) => {
        if (key === EMAIL_FIELD.key) return false;
        const reasons =
          of(ledger.edits[otherSide(side)], key) +
          of(ledger.losses[side], key) +
          of(ledger.clears[side], key);
        return of(ledger.writes[side], key) > reasons;
      })
      .map(({ key }) => `${side} ${key}`),
  );
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
