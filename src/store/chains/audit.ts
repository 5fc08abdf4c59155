import { createHash } from "node:crypto";
import { z } from "zod";
import type { Statements } from "../database/database.ts";
import type { ChainEntry, ChainProof } from "./prove-chain.ts";
import { proveChain } from "./prove-chain.ts";
import type { Head } from "./seals.ts";
import { sealing } from "./seals.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** Something that a person did on the status page or the command line, or that ended by itself what a person had wanted. */
export interface AuditEntry {
  readonly who: string;
  readonly role: string;
  /** `retry`, `ignore`, `sign_in`, … */
  readonly action: string;
  /** How many contacts it was done to. */
  readonly contacts?: number;
  /** Which, by ids and codes. No address of a contact: nobody has to be erased from here. */
  readonly about?: Readonly<Record<string, string | number | null>>;
  readonly reason?: string;
}

/** An entry as it is kept. */
export interface KeptAuditEntry extends Required<AuditEntry> {
  readonly at: Date;
}

const AUDIT_ROW = z.object({
  at: z.date(),
  who: z.string(),
  role: z.string(),
  action: z.string(),
  contacts: z.number(),
  about: z.record(z.string(), z.union([z.string(), z.number()]).nullable()),
  reason: z.string(),
});

/** Keeps what was done, chained and sealed; in the transaction that does it. */
export async function writeAudit(
  store: Store,
  { who, role, action, contacts = 0, about = {}, reason = "" }: AuditEntry,
  now: Date,
): Promise<void> {
  const { connectionId } = store;
  await sealing(
    store,
    "audit",
    ({ statements }) => statements.$executeRaw`
      INSERT INTO audit (connection_id, at, who, role, action, contacts, about, reason)
      VALUES (${connectionId}, ${now}, ${who}, ${role}, ${action}, ${contacts}, ${JSON.stringify(about)}::jsonb,
              ${withoutAddresses(reason)})`,
  );
}

/** An entry can never be changed, so a reason that somebody typed keeps no email address. */
function withoutAddresses(reason: string): string {
  return reason
    .split(/(\s)/)
    .map((word) => (/@|%(?:25)*40/.test(word) ? "(email address)" : word))
    .join("");
}

/** The latest first. */
export async function readAudit(
  { statements, connectionId }: Store,
  limit: number,
): Promise<readonly KeptAuditEntry[]> {
  return rowsOf(statements, AUDIT_ROW)`
    SELECT at, who, role, action, contacts, about, reason FROM audit
    WHERE connection_id = ${connectionId} ORDER BY at DESC, id DESC LIMIT ${limit}`;
}

/** An entry with its place in the chain. */
export interface ChainedAuditEntry extends KeptAuditEntry {
  readonly seq: bigint;
  readonly previous: string;
  readonly hash: string;
  readonly text: string;
}

const CHAINED_AUDIT_ROW: z.ZodType<ChainedAuditEntry> = AUDIT_ROW.extend({
  seq: z.bigint(),
  previous: z.string(),
  hash: z.string(),
  text: z.string(),
});

/** Entries that are read at once. */
const PAGE = 1_000;

/** Every entry of a connection in the order in which it was written. */
export async function* eachAuditEntry({
  statements,
  connectionId,
}: Store): AsyncGenerator<ChainedAuditEntry> {
  for (let after = 0n; ;) {
    const entries = await rowsOf(statements, CHAINED_AUDIT_ROW)`
      SELECT seq, at, who, role, action, contacts, about, reason, previous, hash, audit_row(entry) AS text
      FROM audit AS entry WHERE connection_id = ${connectionId} AND seq > ${after} ORDER BY seq LIMIT ${PAGE}`;
    yield* entries;
    const last = entries.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

/** Only what the chain is made of: a row that somebody slipped in is to be named, whatever else it holds. */
const CHAIN_ROW = z.object({
  seq: z.bigint(),
  previous: z.string(),
  hash: z.string(),
  text: z.string(),
});

/** Proves the audit of all connections as the consent ledger is proven. @param since a place that was signed before */
export async function verifyAudit(statements: Statements, since: Head | null = null): Promise<ChainProof> {
  const page = (after: bigint, limit: number): Promise<readonly ChainEntry[]> =>
    rowsOf(statements, CHAIN_ROW)`
      SELECT seq, previous, hash, audit_row(entry) AS text
      FROM audit AS entry WHERE seq > ${after} ORDER BY seq LIMIT ${limit}`;
  const hashOf = ({ text }: ChainEntry): string => createHash("sha256").update(text).digest("hex");
  return proveChain(statements, { chain: "audit", page, hashOf, visit: () => {} }, since);
}
