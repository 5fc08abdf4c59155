import { createHash } from "node:crypto";
import type { WriteResult } from "../../connectors/connector.ts";
import { chunks } from "../../model/chunks.ts";
import type { UpdateContact } from "../../model/operation.ts";
import type { Problem } from "../../model/problem.ts";
import type { Value } from "../../model/value.ts";
import type { RolledUp, SettledRollUp } from "../../store/feeds/engagement-roll-ups.ts";
import { dueRollUps, forgetRollUps, saveRollUps } from "../../store/feeds/engagement-roll-ups.ts";
import { readEngagementState, saveRollUpHash } from "../../store/feeds/engagement-state.ts";
import { holdLease } from "../../store/runs/leases.ts";
import { settleStamps } from "../../store/feeds/stamps.ts";
import { LEASE_MS } from "../../write/lease-gate.ts";
import { settledStamps, writeProperties } from "../../write/write-properties.ts";
import { rollUpProblems } from "./check-roll-ups.ts";
import type { EngagementContext } from "./context.ts";
import { rollUpMissing } from "./problems.ts";
import { rollUpChanges, rollUpRequests } from "./roll-up.ts";
import { recoverStamps } from "./recover-stamps.ts";
import { pageDone } from "../../pull/run-context.ts";
import { atomically } from "../../store/database/store.ts";

/** Result of writing roll-ups. */
export interface RollUpReport {
  readonly stamped: number;
  readonly problems: readonly Problem[];
}

const CONTACTS_PER_PAGE = 1_000;

/** A contact that did not take its roll-up is asked again after that. */
const AGAIN_MS = 3_600_000;

/**
 * Writes roll-ups to the contacts on which something happened since, and to no others. They are computed from all that is
 * stored, so that a lost answer is answered by writing once more. `write/` writes them, and journals each with what was
 * there before: `tandem undo` puts that back.
 */
export async function writeRollUps(context: EngagementContext): Promise<RollUpReport> {
  const { store, connectors, rules, now, signal } = context;
  await recoverStamps(context);
  if (rules.rollUps.length === 0) return { stamped: 0, problems: [] };
  await allAreDueWhereChanged(context);
  let page = await dueRollUps(store, now(), CONTACTS_PER_PAGE);
  if (page.length === 0) return { stamped: 0, problems: [] };
  const { fields } = await connectors.hubspot.outline(signal);
  const wrong = rollUpProblems(rules.rollUps, fields);
  const problems = wrong.map(({ rollUp, why }) => rollUpMissing(rollUp.property, why, rollUp.line));
  const usable = rules.rollUps.filter((one) => !wrong.some(({ rollUp }) => rollUp === one));
  // Kept due: they are written once somebody has set the properties up.
  if (usable.length === 0) return { stamped: 0, problems };
  let stamped = 0;
  while (page.length > 0) {
    for (const batch of chunks(page, connectors.hubspot.contacts.writeSize)) {
      stamped += await writeBatch(context, usable, batch, wrong.length > 0);
    }
    context.progress({ step: "write", side: null, done: stamped, total: null });
    await pageDone(context);
    page = await dueRollUps(store, now(), CONTACTS_PER_PAGE);
  }
  return { stamped, problems };
}

/** Where other properties are written than before, everybody is due. */
async function allAreDueWhereChanged({ store, rules, now }: EngagementContext): Promise<void> {
  const { rollUpHash } = await readEngagementState(store);
  const pairs = rules.rollUps.map(({ rollUp, property }) => [rollUp, property]);
  const hash = createHash("sha256").update(JSON.stringify(pairs)).digest("hex");
  if (hash === rollUpHash) return;
  await atomically(store, (store) => saveRollUpHash(store, hash, now()));
}

async function writeBatch(
  context: EngagementContext,
  rollUps: EngagementContext["rules"]["rollUps"],
  batch: readonly RolledUp[],
  incomplete: boolean,
): Promise<number> {
  const { store, connectors, lease, now, newId } = context;
  const changes = batch.map((rolled) => ({ rolled, values: rollUpChanges(rollUps, rolled) }));
  const changed = changes.filter(({ values }) => Object.keys(values).length > 0);
  const operations = changed.map(({ rolled: { contact: id, email }, values }): UpdateContact => ({
    kind: "update",
    side: "hubspot",
    traceId: newId(),
    email,
    id,
    values,
  }));
  const { results, stoppedBy } = await writeProperties(
    context,
    connectors.hubspot,
    operations,
    rollUpRequests(rollUps),
  );
  const later = new Date(now().getTime() + AGAIN_MS);
  const same = changes.filter((one) => !changed.includes(one)).map(({ rolled }) => rolled.contact);
  // With a property missing, what is due stays due for it.
  const whenDone = incomplete ? later : null;
  const settled = changed.flatMap(({ rolled, values }, index) => {
    const result = results[index] ?? { outcome: "unknown" };
    // What the end of the side kept back stays due.
    if (stoppedBy !== null && result.outcome === "not_sent") return [];
    return [settledBy(rolled, values, result, whenDone, later)];
  });
  const gone = changed.flatMap(({ rolled }, index) =>
    results[index]?.outcome === "gone" ? rolled.contact : [],
  );
  await atomically(store, async (store) => {
    await holdLease(store, lease, LEASE_MS);
    await settleStamps(store, settledStamps(operations, results), now());
    await saveRollUps(store, [
      ...settled,
      ...same.map((contact) => ({ contact, written: null, dueAt: whenDone })),
    ]);
    await forgetRollUps(store, gone);
  });
  if (stoppedBy !== null) throw stoppedBy.reason;
  return results.filter(({ outcome }) => outcome === "done").length;
}

function settledBy(
  { contact, written }: RolledUp,
  values: Readonly<Record<string, Value>>,
  result: WriteResult,
  whenDone: Date | null,
  later: Date,
): SettledRollUp {
  if (result.outcome !== "done") return { contact, written: null, dueAt: later };
  const refused = new Set(result.refused.map(({ field }) => field));
  const taken = Object.entries(values).filter(([property]) => !refused.has(property));
  return {
    contact,
    written: { ...written, ...Object.fromEntries(taken) },
    dueAt: refused.size > 0 ? later : whenDone,
  };
}
