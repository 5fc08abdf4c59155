import { ABILITIES } from "../model/abilities.ts";
import type { ContactPlan } from "./planned.ts";
import type { Side } from "../model/side.ts";
import { SIDES, otherSide } from "../model/side.ts";
import { isOptingOut } from "./addresses.ts";
import { isAddressFrozen } from "./without-frozen.ts";

/**
 * The links whose contact may be without an email address for a moment, so that people can swap theirs: everybody of the
 * circle waits for nothing else than an address, and can have the new one right after. Where somebody cannot, as while
 * Klaviyo applies their opt-out or where their address keeps changing back and forth, nobody gives an address up: somebody
 * else could take it in the meantime.
 *
 * @param plans everybody who waits for an email address
 */
export function whoMayMakeRoom(plans: readonly ContactPlan[]): ReadonlySet<bigint> {
  const may = plans.filter((plan) => SIDES.some((side) => isReadyToSwap(plan, side, plans)));
  return new Set(may.map(({ known }) => known.link.id));
}

function isReadyToSwap(first: ContactPlan, side: Side, plans: readonly ContactPlan[]): boolean {
  if (first.known.taken[side]?.stepsAside !== true) return false;
  let one: ContactPlan | undefined = first;
  for (let length = 0; length < plans.length; length += 1) {
    if (one?.waits !== "address") return false;
    const { known, operations }: ContactPlan = one;
    if (ABILITIES[side].appliesOptOutsLater && isOptingOut(known, operations)) return false;
    if (isAddressFrozen(known.writes, known.sightings[otherSide(side)]?.email ?? null)) return false;
    const holder: string | undefined = known.taken[side]?.id;
    one = plans.find((plan) => holder !== undefined && plan.known.sightings[side]?.id === holder);
    if (one === first) return true;
  }
  return false;
}
