import type { Work } from "../connectors/connector.ts";
import type { Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import type { PlannedOperation } from "../plan/planned.ts";
import type { RunContext } from "../pull/run-context.ts";

/**
 * Writing so much takes at most about half a minute. Opt-outs are carried between pages, so that with what a page takes on
 * its slower side nobody's opt-out waits for longer than a minute.
 */
const PAGE_SECONDS = 30;

/**
 * How many of these people, from the first on, are written before opt-outs have their turn: at least one.
 *
 * @param people the operations of each
 */
export function pageSize(
  { connectors }: Pick<RunContext, "connectors">,
  people: readonly (readonly PlannedOperation[])[],
): number {
  const takes = (count: number): number => {
    const all = people.slice(0, count).flat();
    return Math.max(...SIDES.map((side) => connectors[side].contacts.cost(workOn(side, all)).seconds));
  };
  if (takes(people.length) <= PAGE_SECONDS) return people.length;
  let [fits, tooMany] = [1, people.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (takes(middle) <= PAGE_SECONDS) fits = middle;
    else tooMany = middle;
  }
  return fits;
}

function workOn(side: Side, operations: readonly PlannedOperation[]): Work {
  const own = operations.filter((operation) => operation.side === side);
  const updates = own.filter((operation) => operation.kind === "update");
  return {
    creates: own.filter(({ kind }) => kind === "create").length,
    updates: updates.length,
    clears: updates.filter(({ fields }) => Object.values(fields).includes(null)).length,
    listChanges: own.filter(({ kind }) => kind === "add_to_list" || kind === "remove_from_list").length,
  };
}
