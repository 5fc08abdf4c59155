import { latestCut, saveCut } from "./chain-cuts.ts";
import type { Statements } from "../database/database.ts";
import { ROWS_AT_ONCE, inParts } from "../runs/retention.ts";
import type { Rest } from "../runs/retention.ts";
import type { Head } from "./seals.ts";
import { HEAD_ROW, sealedHead } from "./seals.ts";
import type { Store } from "../database/store.ts";
import { atomically } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/**
 * Removes the oldest rows of the audit, up to the first that its connection still keeps. A sealed cut is written first, so
 * that `tandem consent audit` still proves the rest, and tells what is gone. The latest row always stays: the next one
 * follows it.
 *
 * @param before rows of this connection from before may go; `null` keeps all of them
 */
export async function removeAudit(store: Store, before: Date | null, now: Date, rest: Rest): Promise<number> {
  const { statements, connectionId } = store;
  await statements.connection.updateMany({
    where: { id: connectionId, OR: [{ auditFrom: null }, { auditFrom: { not: before } }] },
    data: { auditFrom: before },
  });
  const cut = await atomically(store, (store) => cutOld(store.statements, now));
  if (cut === null) return 0;
  const removed = await inParts(
    rest,
    () => statements.$executeRaw`
    DELETE FROM audit WHERE seq IN (
      SELECT seq FROM audit WHERE seq <= ${cut.seq} ORDER BY seq LIMIT ${ROWS_AT_ONCE})`,
  );
  return removed.rows;
}

/** The cut up to which rows go now: a new one, or the last one, where a turn ended before all were removed. */
async function cutOld(statements: Statements, now: Date): Promise<Head | null> {
  const last = await latestCut(statements, "audit");
  // Rows that no key proves must stay, for a person to look at.
  if (last === "forged") return null;
  const [next] = await rowsOf(statements, HEAD_ROW)`
    SELECT seq, hash FROM audit
    WHERE seq < (SELECT seq FROM audit ORDER BY seq DESC LIMIT 1)
      AND seq < coalesce((SELECT entry.seq FROM audit AS entry JOIN connection ON connection.id = entry.connection_id
                          WHERE connection.audit_from IS NULL OR entry.at >= connection.audit_from
                          ORDER BY entry.seq LIMIT 1), ${LARGEST}::bigint)
    ORDER BY seq DESC LIMIT 1`;
  const sealed = await sealedHead(statements, "audit");
  if (next === undefined || next.seq <= (last?.seq ?? 0n) || sealed === null || sealed.seq < next.seq)
    return last;
  await saveCut(statements, "audit", { ...next, at: now });
  return next;
}

const LARGEST = 9_223_372_036_854_775_807n;
