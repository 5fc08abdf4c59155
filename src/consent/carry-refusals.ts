import type { EmailKey } from "../model/email.ts";
import type { KnownLink } from "../model/link.ts";
import type { Limits } from "../model/mapping.ts";
import { SIDES } from "../model/side.ts";
import { changesOf } from "../plan/changes.ts";
import { NO_CHANGES, addToTotals, exceededLimits, isHeldBy, withhold } from "../plan/limits.ts";
import type { ContactPlan } from "../plan/plan-contact.ts";
import { planContact } from "../plan/plan-contact.ts";
import { lookAtMissing } from "../pull/pull-side.ts";
import { recordConsent } from "../store/consent-ledger.ts";
import { knownLinks } from "../store/known-links.ts";
import { countLinks } from "../store/links.ts";
import type { WriteContext, WriteCounts } from "../write/write-page.ts";
import { NOTHING_WRITTEN, writePage } from "../write/write-page.ts";
import { consentOnly } from "./consent-only.ts";

/** People read, planned and written at a time. */
const PEOPLE_AT_ONCE = 500;

/**
 * Takes the refusals of these people to the other side, and nothing else of them: not a field is written here, so nothing of
 * theirs is written before their refusal. Whatever else there is to do stays for the contact lane, and so do more
 * refusals at once than the limit lets through: that lane holds them for a person to approve.
 */
export async function carryRefusals(
  context: WriteContext,
  emails: readonly EmailKey[],
  limits: Limits,
): Promise<WriteCounts> {
  const { database, connectionId, runId, now } = context;
  const total = { ...NOTHING_WRITTEN };
  for (let start = 0; start < emails.length; start += PEOPLE_AT_ONCE) {
    const some = emails.slice(start, start + PEOPLE_AT_ONCE);
    await lookAgain(context, some);
    await recordConsent(database, connectionId, runId, now());
    const plans = withinLimits(await plansOf(context, some), limits, await linkedNow(context));
    const unfinished = new Set(plans.map(({ known }) => known.link.id));
    const written = await writePage(context, plans, unfinished);
    for (const key of Object.keys(total) as (keyof WriteCounts)[]) total[key] += written[key];
  }
  return total;
}

/** Reads both contacts of these people by their ids: an address may have changed together with the consent. */
async function lookAgain(context: WriteContext, emails: readonly EmailKey[]): Promise<void> {
  const known = await linksOf(context, emails);
  for (const side of SIDES) {
    const ids = known.flatMap(({ link }) => link.ids[side] ?? []);
    if (ids.length > 0) await lookAtMissing(context, side, ids);
  }
}

async function plansOf(context: WriteContext, emails: readonly EmailKey[]): Promise<readonly ContactPlan[]> {
  const known = await linksOf(context, emails);
  return known
    .map((one) => consentOnly(planContact(context, one)))
    .filter(({ operations }) => operations.length > 0);
}

async function linksOf(
  { database, connectionId, scope, now }: WriteContext,
  emails: readonly EmailKey[],
): Promise<readonly KnownLink[]> {
  const filter = { kind: "emails", emails } as const;
  return knownLinks(database, connectionId, scope, filter, 0n, emails.length, now());
}

function withinLimits(plans: readonly ContactPlan[], limits: Limits, linked: number): readonly ContactPlan[] {
  const totals = plans.reduce((sum, plan) => addToTotals(sum, changesOf(plan)), NO_CHANGES);
  const exceeded = exceededLimits(totals, limits, linked, false);
  return plans
    .map((plan) => withhold(plan, (change) => isHeldBy(exceeded, change)).plan)
    .filter(({ operations }) => operations.length > 0);
}

async function linkedNow({ database, connectionId }: WriteContext): Promise<number> {
  return countLinks(database, connectionId, "live");
}
