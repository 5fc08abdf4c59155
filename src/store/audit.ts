import type { Statements } from "./database.ts";

/** Something that a person did on the status page, or that ended by itself what a person had wanted. */
export interface AuditEntry {
  readonly who: string;
  readonly role: string;
  /** `retry`, `ignore`, `sign_in`, … */
  readonly action: string;
  /** How many contacts it was done to. */
  readonly contacts?: number;
  /** Which, by ids and codes. No address: nobody has to be erased from here. */
  readonly about?: Readonly<Record<string, string | number | null>>;
  readonly reason?: string;
}

/** An entry as it is kept. */
export interface KeptAuditEntry extends Required<AuditEntry> {
  readonly at: Date;
}

/** Keeps what was done; in the transaction that does it. */
export async function writeAudit(
  statements: Statements,
  connectionId: number,
  { who, role, action, contacts = 0, about = {}, reason = "" }: AuditEntry,
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    INSERT INTO audit (connection_id, at, who, role, action, contacts, about, reason)
    VALUES (${connectionId}, ${now}, ${who}, ${role}, ${action}, ${contacts}, ${JSON.stringify(about)}::jsonb, ${reason})`;
}

/** The latest first. */
export async function readAudit(
  statements: Statements,
  connectionId: number,
  limit: number,
): Promise<readonly KeptAuditEntry[]> {
  return statements.$queryRaw<KeptAuditEntry[]>`
    SELECT at, who, role, action, contacts, about, reason FROM audit
    WHERE connection_id = ${connectionId} ORDER BY at DESC, id DESC LIMIT ${limit}`;
}
