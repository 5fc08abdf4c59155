import { z } from "zod";
import type { Consent, Verdict, ConsentKind } from "../../model/consent.ts";
import { verdictOf } from "../../model/consent.ts";
import type { Side } from "../../model/side.ts";
import type { Statements } from "../database/database.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { CONSENT_KIND, SIDE_OR_BOTH, VERDICT } from "../database/shapes.ts";

/** One entry, with the text that its hash is of. */
export interface LedgerEntry {
  readonly seq: bigint;
  readonly kind: ConsentKind;
  /** `both` of an erased address, which is no side's. */
  readonly side: Side | "both";
  /** The list that it is about, where it is about one. */
  readonly list: string | null;
  /** Of what was seen; `null` of what Tandem did. */
  readonly verdict: Verdict | null;
  readonly evidence: unknown;
  readonly at: Date;
  readonly previous: string;
  readonly hash: string;
  readonly text: string;
}

const LEDGER_ROW: z.ZodType<LedgerEntry> = z.object({
  seq: z.bigint(),
  kind: CONSENT_KIND,
  side: SIDE_OR_BOTH,
  list: z.string().nullable(),
  verdict: VERDICT.nullable(),
  evidence: z.unknown(),
  at: z.date(),
  previous: z.string(),
  hash: z.string(),
  text: z.string(),
});

/**
 * The verdict that follows from an entry. What the evidence of an opt-out does not tell counts as the person's choice. An
 * opt-out of some kinds of email alone is none of everything.
 */
export function verdictOfEntry({ kind, evidence }: Pick<LedgerEntry, "kind" | "evidence">): Verdict | null {
  if (kind === "opted_in" || kind === "first_opted_in") return "none";
  if (kind !== "opted_out") return null;
  const { was = evidence } = evidence as { readonly was?: unknown };
  const { status, suppressions = [], optedOutTypes = [] } = (was ?? evidence) as Partial<Consent>;
  const { verdict } = status === undefined ? { verdict: "none" } : verdictOf({ status, suppressions });
  if (verdict === "none" && optedOutTypes.length > 0) return "none";
  return verdict === "by_fact" ? "by_fact" : "by_choice";
}

/** A page of the whole ledger, in its order. */
export async function ledgerPage(
  statements: Statements,
  after: bigint,
  limit: number,
): Promise<readonly LedgerEntry[]> {
  return rowsOf(statements, LEDGER_ROW)`
    SELECT seq, kind, side, list, verdict, evidence, at, previous, hash, consent_row(entry) AS text
    FROM consent_ledger AS entry WHERE seq > ${after} ORDER BY seq LIMIT ${limit}`;
}

/** What the ledger holds of one person, the oldest first. */
export async function ledgerOf(
  { statements, connectionId }: Store,
  email: string,
): Promise<readonly LedgerEntry[]> {
  return rowsOf(statements, LEDGER_ROW)`
    SELECT seq, kind, side, list, verdict, evidence, at, previous, hash, consent_row(entry) AS text
    FROM consent_ledger AS entry
    WHERE connection_id = ${connectionId} AND subject = consent_subject(${email}) ORDER BY seq`;
}

/** How many people the two sides show in which state; a side without a contact of them shows `none`. */
export interface ConsentPair {
  readonly hubspot: string;
  readonly klaviyo: string;
  readonly people: number;
  /** Somebody of them, to look at. */
  readonly example: string;
}

const CONSENT_PAIR_ROW: z.ZodType<ConsentPair> = z.object({
  hubspot: z.string(),
  klaviyo: z.string(),
  people: z.number(),
  example: z.string(),
});

/** Reads the index alone that holds each link's two states: this is asked for with every look at the page. */
export async function consentPairs({ statements, connectionId }: Store): Promise<readonly ConsentPair[]> {
  return rowsOf(statements, CONSENT_PAIR_ROW)`
    WITH person AS (
      SELECT link_id, coalesce(max(consent_state) FILTER (WHERE side = 'hubspot'), 'none') AS hubspot,
             coalesce(max(consent_state) FILTER (WHERE side = 'klaviyo'), 'none') AS klaviyo
      FROM sighting WHERE connection_id = ${connectionId} AND link_id IS NOT NULL GROUP BY link_id
    ), pair AS (
      SELECT hubspot, klaviyo, count(*)::int AS people, min(link_id) AS first FROM person GROUP BY 1, 2
    ), unseen AS (
      SELECT (SELECT count(*) FROM link WHERE connection_id = ${connectionId})
             - (SELECT coalesce(sum(people), 0) FROM pair) AS people
    )
    SELECT hubspot, klaviyo, people, (SELECT email_key FROM link WHERE id = first) AS example FROM pair
    UNION ALL
    SELECT 'none', 'none', people::int,
           (SELECT email_key FROM link WHERE connection_id = ${connectionId}
              AND NOT EXISTS (SELECT FROM sighting WHERE link_id = link.id) ORDER BY id LIMIT 1)
    FROM unseen WHERE people > 0
    ORDER BY people DESC, hubspot, klaviyo`;
}
