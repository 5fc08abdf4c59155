import type { KnownLink } from "../model/link.ts";
import { sameValue } from "../model/value.ts";
import type { PlannedOperation } from "../plan/plan-contact.ts";

/** Does the side show what the operation would make of it? */
export function isSoAlready(known: KnownLink, operation: PlannedOperation): boolean {
  const { link, askedFor } = known;
  const seen = known.sightings[operation.side];
  switch (operation.kind) {
    case "create":
    case "update":
      if (seen === null) return false;
      return Object.entries(operation.fields).every(([field, value]) =>
        sameValue(seen.fields[field] ?? null, value),
      );
    case "add_to_list":
      return link.lists.includes(operation.list);
    case "remove_from_list":
      return !link.lists.includes(operation.list);
    case "subscribe":
      return askedFor.includes(operation.list);
    case "opt_out":
    case "stamp":
      return false;
  }
}

/**
 * The operations of an undo that still stand. A field that is put back on both sides moves on both or on neither: an
 * update that moved takes the other side's update of the same field with it.
 */
export function standing(
  known: KnownLink,
  operations: readonly PlannedOperation[],
): readonly PlannedOperation[] {
  const fieldsOf = (one: PlannedOperation): readonly string[] =>
    one.kind === "update" ? Object.keys(one.fields) : [];
  const moved = new Set(operations.filter((one) => !isAsSeen(known, one)).flatMap(fieldsOf));
  return operations.filter((one) => isAsSeen(known, one) && !fieldsOf(one).some((field) => moved.has(field)));
}

/** Does the side still show what the undo was planned from? */
function isAsSeen(known: KnownLink, operation: PlannedOperation): boolean {
  const seen = known.sightings[operation.side];
  if (operation.kind === "create" || seen === null || seen.id !== operation.id) return false;
  if (operation.kind !== "update") return true;
  return Object.entries(operation.pre).every(([field, value]) =>
    sameValue(seen.fields[field] ?? null, value),
  );
}
