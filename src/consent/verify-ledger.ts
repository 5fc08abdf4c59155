import { createHash } from "node:crypto";
import type { Database } from "../store/database.ts";
import type { LedgerEntry } from "../store/consent-ledger.ts";
import { ledgerPage } from "../store/consent-ledger.ts";

const PAGE = 5_000;

/** What reading the whole ledger came to. */
export interface LedgerProof {
  readonly entries: number;
  /** Of the last entry. A noted hash proves later that nothing before it was changed. */
  readonly hash: string;
  /** The first entry that does not follow from the one before it, and how; `null` where all do. */
  readonly broken: { readonly seq: bigint; readonly how: string } | null;
  readonly kinds: Readonly<Record<string, number>>;
}

/** Reads the ledger from its beginning and computes every hash again. */
export async function verifyLedger(database: Database): Promise<LedgerProof> {
  const kinds: Record<string, number> = {};
  let last: Pick<LedgerEntry, "seq" | "hash"> = { seq: 0n, hash: "" };
  let entries = 0;
  for (;;) {
    const page = await ledgerPage(database, last.seq, PAGE);
    for (const entry of page) {
      const how = whatIsWrong(entry, last);
      if (how !== null) return { entries, hash: last.hash, broken: { seq: entry.seq, how }, kinds };
      kinds[entry.kind] = (kinds[entry.kind] ?? 0) + 1;
      entries += 1;
      last = entry;
    }
    if (page.length < PAGE) return { entries, hash: last.hash, broken: null, kinds };
  }
}

function whatIsWrong(entry: LedgerEntry, last: Pick<LedgerEntry, "seq" | "hash">): string | null {
  if (entry.seq !== last.seq + 1n) return `entries ${last.seq + 1n} to ${entry.seq - 1n} are missing`;
  if (entry.previous !== last.hash) return "it does not follow the entry before it";
  const hash = createHash("sha256").update(entry.text).digest("hex");
  return hash === entry.hash ? null : "it was changed after it was written";
}
