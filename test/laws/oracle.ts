import type { MemoryWrite } from "../../src/connectors/memory/write-all.ts";
import type { ExternalId } from "../../src/model/contact.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES, otherSide } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import { equal, items } from "../reconcile/decision.ts";
import type { Synced } from "./driver.ts";
import type { Life } from "./history.ts";
import { SLOTS } from "./slots.ts";
import type { Shown } from "./witness.ts";

/** One written property: what was asked of which side, under which rule of the mapping in use. */
interface Written {
  readonly side: Side;
  readonly property: string;
  readonly value: Value;
  readonly rule: FieldRule;
  /** The person's contacts on the other side, and on this one. */
  readonly sources: readonly ExternalId[];
  readonly targets: readonly ExternalId[];
}

/** What a run wrote that it may not have written (P5, P7, P8), in words; nothing is looked up in the engine. */
export function wrongWrites(life: Life, { writes }: Synced): readonly string[] {
  return SIDES.flatMap((side) => writes[side].flatMap((write) => wrongIn(life, life.mapping, side, write)));
}

function wrongIn(life: Life, mapping: Mapping, side: Side, { operation }: MemoryWrite): readonly string[] {
  if (operation.kind !== "create" && operation.kind !== "update") return [];
  const { witness } = life.driver;
  return Object.entries(operation.values).flatMap(([property, value]): readonly string[] => {
    if (property === "email") return [];
    const words = `${operation.kind} ${side} ${property} = ${JSON.stringify(value)} of ${operation.email}`;
    const rule = mapping.fields.find((one) => one.property[side] === property);
    if (rule === undefined) return [`not mapped: ${words}`];
    const written: Written = {
      side,
      property,
      value,
      rule,
      sources: witness.idsOf(otherSide(side), operation.email),
      targets: witness.idsOf(side, operation.email),
    };
    const wrong = [againstDirection(written), unwritable(life, written), invented(life, written)];
    return wrong.flatMap((why) => (why === null ? [] : [`${why}: ${words}`]));
  });
}

function againstDirection({ rule, side }: Written): string | null {
  return rule.direction === "both" || rule.direction === `to_${side}` ? null : "against its direction (P7)";
}

/** Klaviyo's own properties come into being when they are written: only HubSpot's can be missing. */
function unwritable({ driver, hidden }: Life, { side, property }: Written): string | null {
  if (driver.specs[side].find((one) => one.property === property)?.readOnly === true) return "read-only (P8)";
  return side === "hubspot" && hidden.has(property) ? "not in the schema (P8)" : null;
}

function invented(life: Life, written: Written): string | null {
  const { rule, side, value, sources, targets } = written;
  const slot = SLOTS.find((one) => SIDES.some((each) => one.property[each] === rule.property[each]));
  const theirs = sources.flatMap((id) => fresh(life, otherSide(side), id, rule));
  if (value === null) return unaskedClear(life, written);
  const across = theirs.flatMap((one) => (one === undefined ? [] : [slot?.across(side, one) ?? one]));
  if (across.some((one) => equal(one, value))) return null;
  if (rule.merge === "union" && Array.isArray(value)) {
    const own = targets.flatMap((id) => fresh(life, side, id, rule));
    const known = [...across, ...own].flatMap((one) => items(one));
    if (items(value).every((item) => known.includes(item))) return null;
  }
  return "invented (P5)";
}

/** What the engine knew of a property when it wrote: what it saw in this run, and the last it saw before. */
function fresh({ driver }: Life, side: Side, id: ExternalId, rule: FieldRule): readonly Shown["value"][] {
  const all = driver.witness.shown(side, id, rule.property[side]);
  const now = all.filter(({ round }) => round === driver.witness.round);
  const before = all.findLast(({ round, value }) => round < driver.witness.round && value !== undefined);
  return [...now, ...(before === undefined ? [] : [before])].map(({ value }) => value);
}

function unaskedClear(life: Life, { rule, side, sources, targets }: Written): string | null {
  const source = otherSide(side);
  if (rule.onEmpty !== "clear") return "emptied although empty is kept (P5)";
  if (!sources.some((id) => fresh(life, source, id, rule).includes(null))) return "emptied by nothing (P5)";
  const { witness } = life.driver;
  const filled = (where: Side, ids: readonly ExternalId[]) =>
    ids.some((id) =>
      witness
        .shown(where, id, rule.property[where])
        .some(({ round, value }) => round < witness.round && value !== undefined && value !== null),
    );
  // A one-way target that is put back may have been empty at the last agreement: then it is a person's edit that goes.
  if (rule.direction !== "both" && rule.onTargetEdit === "enforce") return null;
  if (!filled(source, sources) && !filled(side, targets)) return "emptied without a base (P5)";
  const byPerson = sources.some((id) => life.clears.has(`${source} ${id} ${rule.property[source]}`));
  return byPerson ? null : "emptied although nobody emptied the other side (P5)";
}
