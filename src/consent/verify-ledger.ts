import { createHash } from "node:crypto";
import type { LedgerEntry } from "../store/consent/consent-ledger.ts";
import { ledgerPage, verdictOfEntry } from "../store/consent/consent-ledger.ts";
import type { Statements } from "../store/database/database.ts";
import { keysOf } from "../store/database/database.ts";
import type { ChainProof } from "../store/chains/prove-chain.ts";
import { proveChain } from "../store/chains/prove-chain.ts";
import type { Chain, Head } from "../store/chains/seals.ts";
import { readHead, sealedHead, signHead, takeOver } from "../store/chains/seals.ts";

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
 * @param since a place that this installation signed: also proves that nothing up to there is missing or changed
 */
export async function verifyLedger(database: Statements, since: Head | null = null): Promise<LedgerProof> {
  const kinds: Record<string, number> = {};
  const reading = {
    chain: "consent",
    page: (after: bigint, limit: number) => ledgerPage(database, after, limit),
    // A verdict is in no hash: it follows from the evidence, which is.
    hashOf: (entry: LedgerEntry) =>
      entry.verdict === verdictOfEntry(entry) ? createHash("sha256").update(entry.text).digest("hex") : "",
    visit: ({ kind }: { readonly kind: string }) => void (kinds[kind] = (kinds[kind] ?? 0) + 1),
  } as const;
  return { ...(await proveChain(database, reading, since)), kinds };
}

/**
 * Heads that runs logged or an audit printed, by the chain that each was signed for.
 *
 * @throws NotAHead for what is no head, or one that another key signed
 */
export function readHeads(
  database: Statements,
  texts: readonly string[],
): Readonly<Partial<Record<Chain, Head>>> {
  const keys = keysOf(database)();
  const heads: Partial<Record<Chain, Head>> = {};
  for (const text of texts) {
    const found = CHAINS.flatMap((chain) => {
      const head = readHead(keys, chain, text);
      if (head === null) throw new NotAHead("This is no head of the consent ledger or the audit");
      return head === "not_ours" ? [] : [{ chain, head }];
    });
    const [signed] = found;
    if (signed === undefined) throw new NotAHead("This head was not signed with this installation's key");
    heads[signed.chain] = signed.head;
  }
  return heads;
}

const CHAINS: readonly Chain[] = ["consent", "audit"];

/**
 * The latest place of the ledger or the audit, signed; `null` while it is empty. One from before there were seals, or whose key was
 * lost, is taken over first, so that what is in it cannot change from then on.
 */
export async function signedHead(database: Statements, chain: Chain, now: Date): Promise<string | null> {
  await takeOver(database, chain, now);
  const head = await sealedHead(database, chain);
  return head === null ? null : signHead(keysOf(database)(), chain, head);
}
