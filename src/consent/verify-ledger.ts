import { createHash } from "node:crypto";
import { ledgerPage } from "../store/consent-ledger.ts";
import type { Database } from "../store/database.ts";
import { keysOf } from "../store/database.ts";
import type { ChainProof } from "../store/prove-chain.ts";
import { proveChain } from "../store/prove-chain.ts";
import { readHead, sealedHead, signHead, takeOver } from "../store/seals.ts";

/** Result of reading the whole ledger. */
export interface LedgerProof extends ChainProof {
  readonly kinds: Readonly<Record<string, number>>;
}

/** What was given as a head and is none that this installation signed. */
export class NotAHead extends Error {
  constructor(why: string) {
    super(why);
    this.name = "NotAHead";
  }
}

/**
 * Reads the ledger from its beginning, computes every hash again and checks every seal with this installation's key.
 *
 * @param since a head that a run logged or an audit printed: also proves that nothing up to there is missing or changed
 * @throws NotAHead for what is no head, or one that another key signed
 */
export async function verifyLedger(database: Database, since: string | null = null): Promise<LedgerProof> {
  const kinds: Record<string, number> = {};
  const reading = {
    chain: "consent",
    page: (after: bigint, limit: number) => ledgerPage(database, after, limit),
    hashOf: ({ text }: { readonly text: string }) => createHash("sha256").update(text).digest("hex"),
    visit: ({ kind }: { readonly kind: string }) => void (kinds[kind] = (kinds[kind] ?? 0) + 1),
  } as const;
  const head = since === null ? null : readHead(keysOf(database)(), "consent", since);
  if (since !== null && head === null) throw new NotAHead("This is no head of the consent ledger");
  if (head === "not_ours") throw new NotAHead("This head was not signed with this installation's key");
  return { ...(await proveChain(database, reading, head)), kinds };
}

/**
 * The ledger's latest place, signed; `null` while it is empty. A ledger from before there were seals, or whose key was
 * lost, is taken over first, so that what is in it cannot change from then on.
 */
export async function ledgerHead(database: Database, now: Date): Promise<string | null> {
  await takeOver(database, "consent", now);
  const head = await sealedHead(database, "consent");
  return head === null ? null : signHead(keysOf(database)(), "consent", head);
}
