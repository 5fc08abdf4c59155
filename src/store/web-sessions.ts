import type { Statements } from "./database.ts";

/** Somebody who is signed in. */
export interface WebSession {
  readonly who: string;
  readonly role: "viewer" | "operator" | "admin";
}

/** After this long without a page, or this long in all, one signs in again. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly wholeMs: number;
}

/** @param tokenHash 64 hexadecimal digits; the token itself is never stored */
export async function beginSession(
  statements: Statements,
  tokenHash: string,
  { who, role }: WebSession,
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    INSERT INTO web_session (token_hash, who, role, began_at, seen_at) VALUES (${tokenHash}, ${who}, ${role}, ${now}, ${now})`;
}

/** Whose session it is, and that they are still there; `null` where it has ended or never was. */
export async function touchSession(
  statements: Statements,
  tokenHash: string,
  { idleMs, wholeMs }: SessionLimits,
  now: Date,
): Promise<WebSession | null> {
  const idle = new Date(now.getTime() - idleMs);
  const whole = new Date(now.getTime() - wholeMs);
  const [session] = await statements.$queryRaw<WebSession[]>`
    UPDATE web_session SET seen_at = greatest(seen_at, ${now})
    WHERE token_hash = ${tokenHash} AND ended_at IS NULL AND seen_at > ${idle} AND began_at > ${whole}
    RETURNING who, role`;
  return session ?? null;
}

/** A session that still holds, and until when it does so without another page. */
export interface SessionEnd extends WebSession {
  readonly endsAt: Date;
  /** Does the next page put the end off? Not at the end of the whole time. */
  readonly mayStay: boolean;
}

/** The same without extending the session: a page that only refreshes keeps nobody signed in. */
export async function lookAtSession(
  statements: Statements,
  tokenHash: string,
  { idleMs, wholeMs }: SessionLimits,
  now: Date,
): Promise<SessionEnd | null> {
  const [session] = await statements.$queryRaw<(WebSession & { seenAt: Date; beganAt: Date })[]>`
    SELECT who, role, seen_at AS "seenAt", began_at AS "beganAt" FROM web_session
    WHERE token_hash = ${tokenHash} AND ended_at IS NULL`;
  if (session === undefined) return null;
  const { who, role, seenAt, beganAt } = session;
  const idle = seenAt.getTime() + idleMs;
  const whole = beganAt.getTime() + wholeMs;
  const endsAt = new Date(Math.min(idle, whole));
  return endsAt <= now ? null : { who, role, endsAt, mayStay: idle < whole };
}

export async function endSession(statements: Statements, tokenHash: string, now: Date): Promise<void> {
  await statements.$executeRaw`
    UPDATE web_session SET ended_at = ${now} WHERE token_hash = ${tokenHash} AND ended_at IS NULL`;
}

/** Sessions that nobody can use any more. */
export async function forgetSessions(statements: Statements, seenBefore: Date): Promise<void> {
  await statements.$executeRaw`DELETE FROM web_session WHERE seen_at < ${seenBefore}`;
}
