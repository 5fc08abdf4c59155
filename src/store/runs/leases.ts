import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** The right to write for one connection. Its token only grows, so that a stale holder is told by its number. */
export interface Lease {
  readonly name: string;
  readonly token: bigint;
}

/** Somebody else took the lease meanwhile: whatever this process still wanted to write is theirs to decide. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`Another process has taken over ${name}; this one stops writing`);
    this.name = "LeaseLost";
  }
}

const TOKEN_ROW = z.object({ token: z.bigint() });

/**
 * @param again takes its own lease again, of the same holder, that had not run out
 * @param borrows takes one that its holder has lent; given up, it goes back to the lender
 * @returns the lease, or `null` while another holder's has not run out
 */
export async function takeLease(
  { statements }: Store,
  name: string,
  holder: string,
  forMs: number,
  again: boolean,
  borrows: boolean,
): Promise<Lease | null> {
  const rows = await rowsOf(statements, TOKEN_ROW)`
    INSERT INTO lease AS held (name, token, holder, expires_at)
    VALUES (${name}, 1, ${holder}, now() + ${forMs} * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE
      SET token = held.token + 1, holder = excluded.holder, expires_at = excluded.expires_at, wanted_at = NULL,
          lent_by = CASE WHEN held.expires_at >= now() AND held.holder <> excluded.holder THEN held.lent_by END
      WHERE held.expires_at < now() OR (${again} AND held.holder = excluded.holder)
         OR (${borrows} AND held.lent_by = held.holder)
    RETURNING token`;
  const [row] = rows;
  return row === undefined ? null : { name, token: row.token };
}

/**
 * Checks and prolongs the lease, unless it was given up: a run that was ended and still hangs somewhere does not get it
 * back. Belongs in every transaction that allows or settles a write (P16).
 */
export async function holdLease({ statements }: Store, lease: Lease, forMs: number): Promise<void> {
  const held = await statements.$executeRaw`
    UPDATE lease SET expires_at = now() + ${forMs} * interval '1 millisecond'
    WHERE name = ${lease.name} AND token = ${lease.token} AND expires_at <> 'epoch'`;
  if (held !== 1) throw new LeaseLost(lease.name);
}

/** A borrowed lease goes back to its lender, who has so long to take it; any other is free. */
export async function giveUpLease({ statements }: Store, lease: Lease, forMs: number): Promise<void> {
  await statements.$executeRaw`
    UPDATE lease SET
      expires_at = CASE WHEN lent_by <> holder THEN now() + ${forMs} * interval '1 millisecond' ELSE 'epoch' END,
      token = CASE WHEN lent_by <> holder THEN token + 1 ELSE token END,
      holder = coalesce(lent_by, holder), lent_by = NULL
    WHERE name = ${lease.name} AND token = ${lease.token}`;
}
