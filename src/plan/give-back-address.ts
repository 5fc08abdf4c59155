import { EMAIL_FIELD } from "../model/mapping.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import type { ContactPlan, PlanRules, PlannedOperation } from "./planned.ts";
import { withoutRefused } from "./refused.ts";

/**
 * Gives a contact back the email address that Tandem put aside for a swap, once nothing else is to be written there: the
 * people were merged, the swap was taken back, or they left the rules. Nobody stays without an address because of Tandem.
 */
export function giveBackAddress({ shapes }: PlanRules, plan: ContactPlan): ContactPlan {
  const { link, sightings, unread, putAside } = plan.known;
  if (plan.waits !== undefined) return plan;
  const given = SIDES.flatMap((side): readonly Update[] => {
    const [contact, email] = [sightings[side], putAside[side]];
    const isThere = link.deletedOn !== side && link.missingOn !== side && unread[side] === null;
    if (contact?.shape !== shapes[side] || email === null || !isThere || writesAddress(plan, side)) return [];
    const fields = { [EMAIL_FIELD.key]: email };
    return [{ kind: "update", side, id: contact.id, fields, pre: { [EMAIL_FIELD.key]: null } }];
  });
  if (given.length === 0) return plan;
  const wanted = withoutRefused(given, link.refused);
  return {
    ...plan,
    operations: together(plan.operations, wanted.operations as readonly Update[]),
    problems: [...plan.problems, ...wanted.problems],
  };
}

type Update = Extract<PlannedOperation, { readonly kind: "update" }>;

function writesAddress({ operations }: ContactPlan, side: Side): boolean {
  return operations.some(
    (one) => one.kind === "update" && one.side === side && Object.hasOwn(one.fields, EMAIL_FIELD.key),
  );
}

/** A contact is written once: what is given back goes with whatever else is written to it. */
function together(
  operations: readonly PlannedOperation[],
  given: readonly Update[],
): readonly PlannedOperation[] {
  const bySide: Partial<PerSide<Update>> = Object.fromEntries(given.map((one) => [one.side, one]));
  const joined = operations.map((one): PlannedOperation => {
    const own = bySide[one.side];
    if (one.kind !== "update" || own === undefined) return one;
    return { ...one, fields: { ...one.fields, ...own.fields }, pre: { ...one.pre, ...own.pre } };
  });
  const written = new Set(operations.flatMap(({ kind, side }) => (kind === "update" ? [side] : [])));
  return [...joined, ...given.filter(({ side }) => !written.has(side))];
}
