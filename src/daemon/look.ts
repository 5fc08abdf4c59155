import { linkContacts } from "../link/link-contacts.ts";
import type { EmailKey } from "../model/email.ts";
import type { Mapping } from "../model/mapping.ts";
import { EMAIL_FIELD } from "../model/mapping.ts";
import { SIDES } from "../model/side.ts";
import type { ContactPlan } from "../plan/plan-contact.ts";
import { planContact } from "../plan/plan-contact.ts";
import type { PlanTotals } from "../plan/limits.ts";
import { NO_CHANGES, addToTotals } from "../plan/limits.ts";
import { pullSide, storePeople } from "../pull/pull-side.ts";
import type { RunContext } from "../pull/run-context.ts";
import { propertiesFor } from "../pull/sighting-row.ts";
import { transaction } from "../store/database.ts";
import type { LinkFilter } from "../store/known-links.ts";
import { knownLinks } from "../store/known-links.ts";
import { countLinks, markRetriesDue } from "../store/links.ts";
import { recoverUnanswered } from "../write/recover.ts";
import type { Deps } from "./deps.ts";
import type { ReadyConnection } from "./prepare-run.ts";
import { prepareRun } from "./prepare-run.ts";

/** Links planned, and written, at a time: enough for the vendors' largest batches, few enough for a flat memory. */
const LINKS_PER_PAGE = 2_000;

/** What looking came to: everything that planning needs, and nothing written to either system. */
export interface Looked {
  readonly context: RunContext;
  readonly ready: ReadyConnection;
  readonly read: number;
  readonly left: number;
  readonly recovered: number;
  /** No link of this connection was ever settled. */
  readonly firstSync: boolean;
}

/**
 * Sees and links: settles by reading what was never answered, pulls both sides, joins by address. Of one person only
 * the two contacts are read where `email` is given.
 */
export async function look(deps: Deps, mapping: Mapping, email: EmailKey | null): Promise<Looked> {
  const { database, connectors, now, signal } = deps;
  const ready = await prepareRun(database, mapping, connectors, now, signal);
  const context: RunContext = {
    ...deps,
    connectionId: ready.connection.id,
    fields: [EMAIL_FIELD, ...mapping.fields],
    scope: ready.scope,
  };
  const recovered = await recoverUnanswered(context);
  await markRetriesDue(database, context.connectionId, now());
  const pulled = email === null ? await Promise.all(SIDES.map((side) => pullSide(context, side))) : [];
  if (email !== null) await lookAtOne(context, email);
  await linkContacts(context);
  return {
    context,
    ready,
    read: pulled.reduce((sum, report) => sum + report.contacts, 0),
    left: pulled.reduce((sum, report) => sum + report.left, 0),
    recovered,
    firstSync: (await countLinks(database, context.connectionId, "settled")) === 0,
  };
}

async function lookAtOne(context: RunContext, email: EmailKey): Promise<void> {
  for (const side of SIDES) {
    const properties = propertiesFor(context.fields, side);
    const found = await context.connectors[side].contacts.find([email], properties, context.signal);
    await transaction(context.database, (statements) =>
      storePeople(context, statements, side, found, () => false),
    );
  }
}

/** The plans of these links, a page at a time, derived anew from what was seen. Stores nothing. */
export async function* planPages(
  context: RunContext,
  filter: LinkFilter,
): AsyncGenerator<readonly ContactPlan[]> {
  const rules = { fields: context.fields, scope: context.scope };
  let after = 0n;
  for (;;) {
    const { database, connectionId, scope } = context;
    const page = await knownLinks(database, connectionId, scope, filter, after, LINKS_PER_PAGE);
    if (page.length > 0) yield page.map((known) => planContact(rules, known));
    const last = page.at(-1);
    if (last === undefined || page.length < LINKS_PER_PAGE) return;
    after = last.link.id;
  }
}

/** What a run would do, decided over everybody before anything is written. */
export interface WholePlan {
  readonly totals: PlanTotals;
  readonly contacts: number;
  /** The first people with something to do, for a person to read. */
  readonly examples: readonly ContactPlan[];
}

export async function planWhole(
  context: RunContext,
  filter: LinkFilter,
  examples: number,
): Promise<WholePlan> {
  let totals = NO_CHANGES;
  let contacts = 0;
  const shown: ContactPlan[] = [];
  for await (const plans of planPages(context, filter)) {
    for (const plan of plans) {
      totals = addToTotals(totals, plan);
      if (shown.length < examples && plan.operations.length > 0) shown.push(plan);
    }
    contacts += plans.length;
    context.progress({ step: "compare", side: null, done: contacts, total: null });
  }
  return { totals, contacts, examples: shown };
}
