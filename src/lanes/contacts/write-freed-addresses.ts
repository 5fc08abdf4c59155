import type { Change } from "../../plan/changes.ts";
import { withhold } from "../../plan/limits.ts";
import { whoMayMakeRoom } from "../../plan/make-room.ts";
import type { ContactPlan } from "../../plan/planned.ts";
import type { WriteCounts } from "../../write/write-counts.ts";
import type { WriteContext } from "../../write/write-context.ts";
import { writePage } from "../../write/write-page.ts";
import { planPages } from "./pull-and-link.ts";

/** People who take over one another's email addresses in one run. The next run continues with longer chains. */
const ADDRESS_STEPS = 11;

/** In the first pass over everybody nobody makes room: who else is of a circle, and can swap now, is known after it. */
export const NOBODY_MAKES_ROOM = { mayMakeRoom: (): boolean => false };

/** The links that wait until somebody else has given an email address up. */
export function waitingForAddress(plans: readonly ContactPlan[]): readonly bigint[] {
  return plans.filter((plan) => plan.waits === "address").map(({ known }) => known.link.id);
}

/**
 * Writes email addresses that somebody had until a moment ago and that are free now, step by step. Of people who have each
 * other's, one makes room first.
 *
 * @param beforeStep ends the steps where it answers `false`
 */
export async function writeFreedAddresses(
  context: WriteContext,
  waiting: readonly bigint[],
  isHeld: (change: Change) => boolean,
  beforeStep: () => Promise<boolean>,
  add: (counts: WriteCounts) => void,
): Promise<void> {
  let ids = waiting;
  for (let step = 0; step < ADDRESS_STEPS && ids.length > 0; step += 1) {
    if (!(await beforeStep())) return;
    const before = await plansOf({ ...context, ...NOBODY_MAKES_ROOM }, ids);
    const ready = whoMayMakeRoom(before);
    const plans =
      ready.size === 0 ? before : await plansOf({ ...context, mayMakeRoom: (id) => ready.has(id) }, ids);
    const parted = plans.map((plan) => withhold(plan, isHeld));
    const held = parted.filter((one) => one.held.length > 0).map(({ plan }) => plan.known.link.id);
    const allowed = parted.map(({ plan }) => plan).filter(({ operations }) => operations.some(isUpdate));
    if (allowed.length === 0) return;
    add(await writePage(context, allowed, new Set(held)));
    ids = waitingForAddress(plans);
    context.stopping.throwIfAborted();
  }
}

async function plansOf(
  context: Parameters<typeof planPages>[0],
  ids: readonly bigint[],
): Promise<readonly ContactPlan[]> {
  const plans: ContactPlan[] = [];
  for await (const page of planPages(context, { kind: "ids", ids })) plans.push(...page);
  return plans;
}

function isUpdate({ kind }: ContactPlan["operations"][number]): boolean {
  return kind === "update";
}
