import { z } from "zod";
import type { Statements } from "../database/database.ts";
import { rowsOf } from "../database/rows.ts";

/** Somebody who is signed in. */
export interface WebSession {
  readonly who: string;
  /** Their role when they signed in. */
  readonly role: "viewer" | "operator" | "admin";
  /** How they signed in: with the admin's password, as a user of the file, or with the company's account. */
  readonly way: "admin" | "users" | "oidc";
  /** Keyed hash of what they signed in with; of no use without the key. */
  readonly proof: string;
}

/** A session as it is kept. */
export interface KeptSession extends WebSession {
  readonly id: bigint;
}

const KEPT_SESSION_ROW = z.object({
  id: z.bigint(),
  who: z.string(),
  role: z.enum(["viewer", "operator", "admin"]),
  way: z.enum(["admin", "users", "oidc"]),
  proof: z.string(),
});

/** A session that still holds, as Settings lists it. */
export interface ListedSession extends KeptSession {
  readonly beganAt: Date;
  readonly seenAt: Date;
}

const LISTED_SESSION_ROW: z.ZodType<ListedSession> = KEPT_SESSION_ROW.extend({
  beganAt: z.date(),
  seenAt: z.date(),
});

/** After this long without a page, or this long in all, one signs in again. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly wholeMs: number;
}

/** @param tokenHash 64 hexadecimal digits; the token itself is never stored */
export async function beginSession(
  statements: Statements,
  tokenHash: string,
  { who, role, way, proof }: WebSession,
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    INSERT INTO web_session (token_hash, who, role, way, proof, began_at, seen_at)
    VALUES (${tokenHash}, ${who}, ${role}, ${way}, ${proof}, ${now}, ${now})`;
}

/** Whose session it is, and that they are still there; `null` where it has ended or never was. */
export async function touchSession(
  statements: Statements,
  tokenHash: string,
  { idleMs, wholeMs }: SessionLimits,
  now: Date,
): Promise<KeptSession | null> {
  const idle = new Date(now.getTime() - idleMs);
  const whole = new Date(now.getTime() - wholeMs);
  const [session] = await rowsOf(statements, KEPT_SESSION_ROW)`
    UPDATE web_session SET seen_at = greatest(seen_at, ${now})
    WHERE token_hash = ${tokenHash} AND ended_at IS NULL AND seen_at > ${idle} AND began_at > ${whole}
    RETURNING id, who, role, way, proof`;
  return session ?? null;
}

/** A session that still holds, and until when it does so without another page. */
export interface SessionEnd extends KeptSession {
  readonly endsAt: Date;
  /** Does the next page put the end off? Not at the end of the whole time. */
  readonly mayStay: boolean;
}

/** The same without extending the session: a page that only refreshes keeps nobody signed in. */
export async function readSession(
  statements: Statements,
  tokenHash: string,
  { idleMs, wholeMs }: SessionLimits,
  now: Date,
): Promise<SessionEnd | null> {
  const [session] = await rowsOf(statements, LISTED_SESSION_ROW)`
    SELECT id, who, role, way, proof, seen_at AS "seenAt", began_at AS "beganAt" FROM web_session
    WHERE token_hash = ${tokenHash} AND ended_at IS NULL`;
  if (session === undefined) return null;
  const { seenAt, beganAt, ...kept } = session;
  const idle = seenAt.getTime() + idleMs;
  const whole = beganAt.getTime() + wholeMs;
  const endsAt = new Date(Math.min(idle, whole));
  return endsAt <= now ? null : { ...kept, endsAt, mayStay: idle < whole };
}

export async function endSession(statements: Statements, tokenHash: string, now: Date): Promise<void> {
  await statements.$executeRaw`
    UPDATE web_session SET ended_at = ${now} WHERE token_hash = ${tokenHash} AND ended_at IS NULL`;
}

/** A page shows so many. */
const MOST_LISTED = 200;

/** @param who whose; `null` for everybody's */
export async function listSessions(
  statements: Statements,
  who: string | null,
  { idleMs, wholeMs }: SessionLimits,
  now: Date,
): Promise<readonly ListedSession[]> {
  const idle = new Date(now.getTime() - idleMs);
  const whole = new Date(now.getTime() - wholeMs);
  return rowsOf(statements, LISTED_SESSION_ROW)`
    SELECT id, who, role, way, proof, began_at AS "beganAt", seen_at AS "seenAt" FROM web_session
    WHERE ended_at IS NULL AND seen_at > ${idle} AND began_at > ${whole} AND who = coalesce(${who}, who)
    ORDER BY seen_at DESC, id DESC LIMIT ${MOST_LISTED}`;
}

/** Ends sessions: one by its id, or all; of one person, or of everybody (`null`). Tells how many. */
export async function endSessions(
  statements: Statements,
  { id, who }: { readonly id: bigint | null; readonly who: string | null },
  now: Date,
): Promise<number> {
  return statements.$executeRaw`
    UPDATE web_session SET ended_at = ${now}
    WHERE ended_at IS NULL AND id = coalesce(${id}, id) AND who = coalesce(${who}, who)`;
}

/** Sessions that nobody can use any more. Tells how many. */
export async function forgetSessions(statements: Statements, seenBefore: Date): Promise<number> {
  return statements.$executeRaw`DELETE FROM web_session WHERE seen_at < ${seenBefore}`;
}
