import { z } from "zod";
import type { Statements } from "../database/database.ts";
import { keysOf } from "../database/database.ts";
import type { Chain, Head } from "./seals.ts";
import { chainMac, isMac } from "./seals.ts";
import { rowsOf } from "../database/rows.ts";

/** Up to where a chain was removed because of its age. The entry that follows holds its hash. */
export interface Cut extends Head {
  readonly at: Date;
}

/** Says, sealed, that the entries up to here may go: the database removes no other. */
export async function saveCut(statements: Statements, chain: Chain, cut: Cut): Promise<void> {
  const keys = keysOf(statements)();
  await statements.$executeRaw`
    INSERT INTO chain_cut (chain, seq, hash, key_id, mac, at)
    VALUES (${chain}, ${cut.seq}, ${cut.hash}, ${keys.id}, ${chainMac(keys, chain, said(cut))}, ${cut.at})`;
}

const CUT_ROW = z.object({ at: z.date(), seq: z.bigint(), hash: z.string(), mac: z.string() });

/**
 * The latest cut of a chain; `null` where nothing was removed. `"forged"` where somebody without the key made it. One of a
 * key that was lost cannot be told from a forged one.
 */
export async function latestCut(statements: Statements, chain: Chain): Promise<Cut | "forged" | null> {
  const keys = keysOf(statements)();
  const [row] = await rowsOf(statements, CUT_ROW)`
    SELECT seq, hash, at, mac FROM chain_cut WHERE chain = ${chain} ORDER BY seq DESC LIMIT 1`;
  if (row === undefined) return null;
  const { mac, ...cut } = row;
  return isMac(mac, chainMac(keys, chain, said(cut))) ? cut : "forged";
}

function said({ seq, hash, at }: Cut): readonly string[] {
  return ["cut", String(seq), hash, at.toISOString()];
}
