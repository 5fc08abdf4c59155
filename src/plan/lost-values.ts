import type { LostValue } from "../model/history/lost-value.ts";
import type { ContactPlan, PlannedOperation } from "./planned.ts";

/** The values that do not stand because of an operation, by field. What a new contact is filled with loses nothing. */
export function lostValues(
  { merged }: Pick<ContactPlan, "merged">,
  operation: PlannedOperation,
): Readonly<Record<string, LostValue>> {
  if (operation.kind !== "update") return {};
  return Object.fromEntries(
    merged.flatMap(({ rule, merge }) =>
      merge.kind === "write" && merge.lost !== null && Object.hasOwn(operation.fields, rule.key)
        ? [[rule.key, merge.lost]]
        : [],
    ),
  );
}
