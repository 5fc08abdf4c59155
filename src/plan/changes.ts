import type { LimitedAction } from "../model/hold.ts";
import type { Side } from "../model/side.ts";
import type { ContactPlan, PlannedOperation } from "./planned.ts";

export const LIMITED_ACTIONS: readonly LimitedAction[] = [
  "creates",
  "updates",
  "clears",
  "removals",
  "unsubscribes",
  "subscribes",
];

/**
 * One thing that a limit counts and a person can approve. `words` says wholly what is done to whom: another value is
 * another change, and an approval of this one says nothing about that one.
 */
export interface Change {
  readonly side: Side;
  readonly action: LimitedAction | "list_additions" | "leavers" | "deaths" | "repointed";
  readonly words: string;
}

/** Everything that a plan would do, as a limit counts it: emptied fields one by one, the rest by operation. */
export function changesOf(plan: ContactPlan): readonly Change[] {
  return plan.operations.flatMap((operation) => changesBy(plan.known.link.email, operation));
}

/** An update counts as one, and each field that it empties counts besides. */
export function changesBy(email: string, operation: PlannedOperation): readonly Change[] {
  const { side, kind } = operation;
  const change = (action: Change["action"], what: unknown): Change => ({
    side,
    action,
    words: JSON.stringify([email, side, kind, what]),
  });
  switch (kind) {
    case "create":
      return [change("creates", sorted(operation.fields))];
    case "update":
    case "stamp":
      return [
        change("updates", sorted(operation.fields)),
        ...emptied(operation.fields).map((field) => change("clears", field)),
      ];
    case "add_to_list":
      return [change("list_additions", operation.list)];
    case "remove_from_list":
      return [change("removals", operation.list)];
    case "opt_out":
      return [change("unsubscribes", operation.from)];
    case "subscribe":
      return [change("subscribes", operation.list)];
  }
}

function sorted(fields: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
}

function emptied(fields: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(fields).filter((field) => fields[field] === null);
}

/** How many changes a run counts of an operation: a contact that is made and put on two lists is three. */
export function countedAs(operation: PlannedOperation): number {
  return 1 + (operation.kind === "create" ? operation.lists.length : 0);
}
