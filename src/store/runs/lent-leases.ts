import { z } from "zod";
import type { Store } from "../database/store.ts";
import type { Lease } from "./leases.ts";
import { rowsOf } from "../database/rows.ts";

/** Who wants a lease asks again within seconds; what was asked for longer ago nobody waits for. */
const WANTED_FOR_MS = 20_000;

/** A consent lane found this lease taken: a command that only reads may lend it. */
export async function wantLease({ statements }: Store, name: string): Promise<void> {
  await statements.$executeRaw`UPDATE lease SET wanted_at = now() WHERE name = ${name} AND expires_at > now()`;
}

/** @returns whether somebody wants it; from then on they may borrow it */
export async function lendLease({ statements }: Store, lease: Lease): Promise<boolean> {
  const lent = await statements.$executeRaw`
    UPDATE lease SET lent_by = holder, wanted_at = NULL
    WHERE name = ${lease.name} AND token = ${lease.token}
      AND wanted_at > now() - ${WANTED_FOR_MS} * interval '1 millisecond'`;
  return lent === 1;
}

const TOKEN_ROW = z.object({ token: z.bigint() });

/**
 * Takes a lent lease back, under a new token, once it was given back or has run out.
 *
 * @param unborrowed take it back too if nobody has borrowed it
 * @returns `null` while somebody has it
 */
export async function takeBackLease(
  { statements }: Store,
  name: string,
  lender: string,
  forMs: number,
  unborrowed: boolean,
): Promise<Lease | null> {
  const [row] = await rowsOf(statements, TOKEN_ROW)`
    UPDATE lease SET token = token + 1, holder = ${lender}, lent_by = NULL,
                     expires_at = now() + ${forMs} * interval '1 millisecond'
    WHERE name = ${name}
      AND (expires_at < now() OR (holder = ${lender} AND (lent_by IS NULL OR ${unborrowed})))
    RETURNING token`;
  return row === undefined ? null : { name, token: row.token };
}
