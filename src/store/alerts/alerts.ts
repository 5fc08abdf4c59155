import type { AlertType, Severity } from "../../model/watch/alerting.ts";
import type { Statements } from "../database/database.ts";
import type { Store } from "../database/store.ts";

/** An alert as it is kept. */
export interface StoredAlert {
  readonly id: bigint;
  readonly type: AlertType;
  readonly severity: Severity;
  readonly summary: string;
  readonly cause: string;
  readonly fix: string;
  /** The channels that were told. */
  readonly toldTo: readonly string[];
  readonly startedAt: Date;
  readonly toldAt: Date;
  readonly absentSince: Date | null;
  readonly resolvedAt: Date | null;
}

/** The key of the lock that processes take to decide alerts, beside the number of the connection. */
const ALERTS_LOCK = 72_707_371;

/** Lets one process at a time decide the alerts of a connection, until its transaction ends. */
export async function lockAlerts({ statements, connectionId }: Store): Promise<void> {
  await statements.$executeRaw`SELECT pg_advisory_xact_lock(${ALERTS_LOCK}::int, ${connectionId}::int)`;
}

export async function openAlerts({ statements, connectionId }: Store): Promise<readonly StoredAlert[]> {
  return (await statements.alert.findMany({
    where: { connectionId, resolvedAt: null },
    orderBy: { id: "asc" },
  })) as unknown as readonly StoredAlert[];
}

/** The latest first. */
export async function recentAlerts(
  { statements, connectionId }: Store,
  limit: number,
): Promise<readonly StoredAlert[]> {
  return (await statements.alert.findMany({
    where: { connectionId },
    orderBy: { id: "desc" },
    take: limit,
  })) as unknown as readonly StoredAlert[];
}

export type NewAlert = Pick<
  StoredAlert,
  "type" | "severity" | "summary" | "cause" | "fix" | "toldTo" | "startedAt"
>;

/** @throws where one of this type is open: the database has a constraint */
export async function openAlert(
  { statements, connectionId }: Store,
  alert: NewAlert,
  now: Date,
): Promise<bigint> {
  const { id } = await statements.alert.create({
    data: { ...alert, toldTo: [...alert.toldTo], connectionId, toldAt: now },
  });
  return id;
}

/** It is still so, and told again, in the words of now. */
export async function repeatAlert(
  statements: Statements,
  id: bigint,
  words: Pick<StoredAlert, "summary" | "cause" | "fix" | "toldTo">,
  now: Date,
): Promise<void> {
  const { summary, cause, fix, toldTo } = words;
  await statements.alert.update({
    where: { id },
    data: { summary, cause, fix, toldTo: [...toldTo], toldAt: now, absentSince: null },
  });
}

/** @param since `null`: its cause is back */
export async function markAbsent(statements: Statements, id: bigint, since: Date | null): Promise<void> {
  await statements.alert.update({ where: { id }, data: { absentSince: since } });
}

export async function resolveAlert(statements: Statements, id: bigint, now: Date): Promise<void> {
  await statements.alert.update({ where: { id }, data: { resolvedAt: now } });
}

/** Removes alerts that ended before, with their messages, and the messages of old tests. */
export async function removeAlerts({ statements, connectionId }: Store, before: Date): Promise<number> {
  const alerts = await statements.alert.deleteMany({ where: { connectionId, resolvedAt: { lt: before } } });
  await statements.alertMessage.deleteMany({
    where: { connectionId, alertId: null, madeAt: { lt: before } },
  });
  return alerts.count;
}
