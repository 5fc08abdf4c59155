import type { Base } from "../model/base.ts";
import type { ExternalId } from "../model/contact.ts";
import type { ContactHistory } from "../model/history/contact-history.ts";
import type { KnownLink } from "../model/link.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import { SIDES, otherSide } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { matchedRules, sidesInScope } from "../plan/matched-rules.ts";
import type { RunContext } from "../pull/run-context.ts";
import { propertiesFor, storedFields } from "../pull/sighting-row.ts";
import { replacedEdit, replacedValue } from "../reconcile/replaced-edit.ts";
import type { JournalEntry } from "../store/writes/journal.ts";
import type { ConflictRow } from "../store/writes/settle.ts";

/** An update that was done. */
export interface DoneUpdate {
  /** As it was planned, with the agreement from before. */
  readonly known: KnownLink;
  readonly entry: JournalEntry;
  readonly id: ExternalId;
  /** What the target holds of the fields that were written. */
  readonly stored: Values;
  /** What is agreed now. */
  readonly agreed: Base;
}

/**
 * The edits that these updates went over without anybody having seen them: set after the last reading, in the moment
 * before the write. No vendor has a conditional write; where a system keeps a history it tells them afterwards (
 * P4), and what should have stood is put back. By link; to be asked for before the updates are settled, so that a death
 * in between loses none.
 */
export async function replacedEdits(
  context: RunContext,
  updates: readonly DoneUpdate[],
): Promise<ReadonlyMap<bigint, readonly ConflictRow[]>> {
  const found = new Map<bigint, ConflictRow[]>();
  for (const side of SIDES) {
    const own = updates.filter(({ entry }) => entry.side === side && entry.kind === "update");
    const histories = await historiesOf(context, side, own);
    const byId = new Map(
      histories.flatMap((history) =>
        [history.contact.id, ...history.contact.mergedIds].map((id) => [id, history] as const),
      ),
    );
    for (const update of own) {
      const history = byId.get(update.id);
      const rows = history === undefined ? [] : replacedBy(context, update, history);
      const { id } = update.known.link;
      if (rows.length > 0) found.set(id, [...(found.get(id) ?? []), ...rows]);
    }
  }
  return found;
}

async function historiesOf(
  { connectors, fields, signal }: RunContext,
  side: Side,
  updates: readonly DoneUpdate[],
): Promise<readonly ContactHistory[]> {
  const { readHistory } = connectors[side].contacts;
  if (readHistory === null || updates.length === 0) return [];
  const written = new Set(updates.flatMap(({ entry }) => Object.keys(entry.after)));
  const properties = propertiesFor(
    fields.filter(({ key }) => written.has(key)),
    side,
  );
  const names = properties.map(({ property }) => property);
  const ids = [...new Set(updates.map(({ id }) => id))];
  return (await readHistory(ids, properties, names, signal)).histories;
}

/**
 * Of a field the edit that was found only in the history is kept: it is the last one of its side, and what that side lost
 * before is its own doing.
 */
export function withLater(
  earlier: readonly ConflictRow[],
  later: readonly ConflictRow[] = [],
): readonly ConflictRow[] {
  return [...earlier.filter(({ field }) => later.every((one) => one.field !== field)), ...later];
}

function replacedBy(
  { fields, scope }: RunContext,
  { known, entry, stored, agreed }: DoneUpdate,
  { past }: ContactHistory,
): readonly ConflictRow[] {
  const { side, before, source } = entry;
  const inScope = sidesInScope(matchedRules(scope, known));
  return fields.flatMap((rule): readonly ConflictRow[] => {
    const { key } = rule;
    const holds = Object.hasOwn(stored, key) ? stored[key] : undefined;
    if (holds === undefined) return [];
    const written = { before: before[key] ?? null, stored: holds };
    const values = (past[rule.property[side]] ?? []).map(({ value }) => asField(rule, side, value));
    const edit = replacedValue(values, written);
    if (edit === undefined) return [];
    const whole = {
      rule,
      side,
      ...written,
      source: source[key] ?? null,
      agreed: known.link.base[key],
      inScope,
    };
    const { lost, putBack } = replacedEdit(whole, edit);
    // What is put back is put back from what is agreed now.
    const won = agreed[key]?.[otherSide(side)] ?? lost.won;
    return [{ field: key, ...lost, won, putBack }];
  });
}

function asField(rule: FieldRule, side: Side, value: Value | undefined): Value | undefined {
  if (value === undefined) return undefined;
  const fields = storedFields([rule], side, { [rule.property[side]]: value });
  return Object.hasOwn(fields, rule.key) ? fields[rule.key] : undefined;
}
