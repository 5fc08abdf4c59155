import type { Cost } from "../../connectors/connector.ts";
import type { EmailKey } from "../../model/email.ts";
import type { Limits, Mapping } from "../../model/mapping.ts";
import type { PerSide } from "../../model/side.ts";
import { perSide } from "../../model/side.ts";
import type { ExceededLimit } from "../../model/hold.ts";
import type { Change } from "../../plan/changes.ts";
import { exceededLimits } from "../../plan/limits.ts";
import type { RunContext } from "../../pull/run-context.ts";
import type { LinkFilter } from "../../store/links/known-links.ts";
import { countLinks } from "../../store/links/links.ts";
import type { Between } from "../between.ts";
import { lendingBetween } from "../between.ts";
import { withConnection } from "../connection-lease.ts";
import type { Deps } from "../deps.ts";
import { limitsNow } from "../contacts/limits-now.ts";
import type { WholePlan } from "../contacts/pull-and-link.ts";
import { pullAndLink, planPages, planWhole } from "../contacts/pull-and-link.ts";
import { NOBODY_MAKES_ROOM } from "../contacts/write-freed-addresses.ts";
import type { PlannedPerson } from "./plan-file.ts";
import { writePlanFile } from "./plan-file.ts";
import { checkPlanPlace } from "./plan-place.ts";
import { NO_RUN } from "../../store/runs/runs.ts";

/** What a run would do now, and what the limits say of it. */
export interface PlanFindings extends WholePlan {
  readonly mapping: Mapping;
  /** Linked people: what a share is a share of. */
  readonly linked: number;
  readonly firstSync: boolean;
  /** What one run may do now: the mapping's, and stricter while the ledger is unreliable. */
  readonly limits: Limits;
  readonly exceeded: readonly ExceededLimit[];
  /** Changes that guards hold, in addition to the limits. */
  readonly held: readonly Change[];
  /** About what it takes on each side. */
  readonly cost: PerSide<Cost>;
  readonly saved: { readonly people: number; readonly hash: string } | null;
}

export interface PlanOptions {
  /** Only this person. */
  readonly email: EmailKey | null;
  /** Only what is done about this field, by its key: for the examples. */
  readonly field: string | null;
  /** How many people to bring in full. */
  readonly examples: number;
  /** Where to save all of it. */
  readonly out: string | null;
}

/**
 * Looks at both sides and tells what a run would do; neither side is written to.
 *
 * @param between what happens for opt-outs between its pages
 * @throws PlanNotSaved where `out` is no place for it
 * @throws ConnectionBusy while another process works on the connection
 */
export async function makePlan(
  outer: Deps,
  mapping: Mapping,
  options: PlanOptions,
  between: Between = lendingBetween,
): Promise<PlanFindings> {
  if (options.out !== null) await checkPlanPlace(options.out);
  return withConnection(outer, mapping.name, async (own) => {
    const leased = between(own, mapping);
    const { context, firstSync, isApproved, guarded } = await pullAndLink(leased, mapping, options.email);
    const filter: LinkFilter =
      options.email === null ? { kind: "dirty" } : { kind: "emails", emails: [options.email] };
    const plan = await planWhole(context, filter, options, isApproved);
    const linked = await countLinks(context.store, "live");
    const limits = await limitsNow(context.store, mapping, NO_RUN, leased.now());
    const overLimits = exceededLimits(plan.limited, limits, linked, firstSync);
    const cost = perSide((side) => {
      const { creates, updates, clears, list_additions: additions, removals } = plan.totals[side];
      const work = { creates, updates, clears, listChanges: additions + removals };
      return context.connectors[side].contacts.cost(work);
    });
    const saved = options.out === null ? null : await save(leased, context, mapping, filter, options.out);
    const exceeded = [...guarded.exceeded, ...overLimits];
    return { ...plan, mapping, linked, firstSync, limits, exceeded, held: guarded.held, cost, saved };
  });
}

async function save(
  { fileKey, now }: Deps,
  context: RunContext,
  mapping: Mapping,
  filter: LinkFilter,
  path: string,
) {
  const about = {
    kind: "plan",
    connection: mapping.name,
    mapping: mapping.hash,
    made: now().toISOString(),
  } as const;
  return writePlanFile(path, fileKey(), about, everybody(context, filter));
}

/**
 * Without giving up an email address for a swap: a saved plan is one step, and the address would be gone until the next
 * sync. That sync swaps.
 */
async function* everybody(context: RunContext, filter: LinkFilter): AsyncGenerator<PlannedPerson> {
  for await (const plans of planPages({ ...context, ...NOBODY_MAKES_ROOM }, filter)) {
    for (const { known, operations } of plans) {
      if (operations.length > 0) yield { link: known.link.id, email: known.link.email, operations };
    }
  }
}
