import { chunks } from "../model/chunks.ts";
import type { EmailKey } from "../model/email.ts";
import type { ExceededLimit } from "../model/hold.ts";
import type { KnownLink } from "../model/link.ts";
import type { Limits } from "../model/mapping.ts";
import { SIDES } from "../model/side.ts";
import { changesOf } from "../plan/changes.ts";
import { NO_CHANGES, addToTotals, exceededLimits, isHeldBy, withhold } from "../plan/limits.ts";
import type { ContactPlan } from "../plan/planned.ts";
import { planContact } from "../plan/plan-contact.ts";
import { readMissing } from "../pull/pull-side.ts";
import { recordConsent } from "../store/consent/record-consent.ts";
import { knownLinks } from "../store/links/known-links.ts";
import { countLinks } from "../store/links/links.ts";
import type { WriteCounts } from "../write/write-counts.ts";
import { NOTHING_WRITTEN, addCounts } from "../write/write-counts.ts";
import type { WriteContext } from "../write/write-context.ts";
import { writePage } from "../write/write-page.ts";
import { consentOnly } from "./consent-only.ts";

/** People read, planned and written at a time. */
const PEOPLE_AT_ONCE = 500;

/**
 * Takes the refusals of these people to the other side, and nothing else of them: not a field is written here, so nothing of
 * theirs is written before their refusal. Whatever else there is to do stays for the contact lane, and so do more
 * refusals at once than the limit lets through: that lane holds them for a person to approve.
 *
 * @param limits the most that all of these together may be; `null` lets everything through
 */
export async function carryOptOuts(
  context: WriteContext,
  emails: readonly EmailKey[],
  limits: Limits | null,
): Promise<WriteCounts> {
  const { store, runId, now } = context;
  let total = NOTHING_WRITTEN;
  if (emails.length === 0) return total;
  const pages = chunks(emails, PEOPLE_AT_ONCE);
  for (const some of pages) {
    const links = await readAgain(context, some);
    await recordConsent(store, runId, now(), links);
  }
  // Over everybody before anybody is written: a limit is no limit that each page has for itself.
  const exceeded = limits === null ? [] : await exceededBy(context, pages, limits);
  for (const some of pages) {
    const plans = withoutHeld(await plansOf(context, some), exceeded);
    const unfinished = new Set(plans.map(({ known }) => known.link.id));
    total = addCounts(total, await writePage(context, plans, unfinished));
  }
  return total;
}

/**
 * Reads both contacts of these people by their ids: an address may have changed together with the consent.
 *
 * @returns their links
 */
async function readAgain(context: WriteContext, emails: readonly EmailKey[]): Promise<readonly bigint[]> {
  const known = await linksOf(context, emails);
  for (const side of SIDES) {
    const ids = known.flatMap(({ link }) => link.ids[side] ?? []);
    if (ids.length > 0) await readMissing(context, side, ids);
  }
  return known.map(({ link }) => link.id);
}

async function plansOf(context: WriteContext, emails: readonly EmailKey[]): Promise<readonly ContactPlan[]> {
  const known = await linksOf(context, emails);
  return known
    .map((one) => consentOnly(planContact(context, one)))
    .filter(({ operations }) => operations.length > 0);
}

async function linksOf(
  { store, scope, now }: WriteContext,
  emails: readonly EmailKey[],
): Promise<readonly KnownLink[]> {
  const filter = { kind: "emails", emails } as const;
  return knownLinks(store, scope, filter, 0n, emails.length, now());
}

async function exceededBy(
  context: WriteContext,
  pages: readonly (readonly EmailKey[])[],
  limits: Limits,
): Promise<readonly ExceededLimit[]> {
  let totals = NO_CHANGES;
  for (const some of pages) {
    for (const plan of await plansOf(context, some)) totals = addToTotals(totals, changesOf(plan));
  }
  const linked = await countLinks(context.store, "live");
  return exceededLimits(totals, limits, linked, false);
}

function withoutHeld(
  plans: readonly ContactPlan[],
  exceeded: readonly ExceededLimit[],
): readonly ContactPlan[] {
  return plans
    .map((plan) => withhold(plan, (change) => isHeldBy(exceeded, change)).plan)
    .filter(({ operations }) => operations.length > 0);
}
