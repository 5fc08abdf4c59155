import { z } from "zod";
import type { Consent, ConsentKind } from "../../model/consent.ts";
import type { PerSide, Side } from "../../model/side.ts";
import type { LedgerEntry } from "./consent-ledger.ts";
import { ledgerOf } from "./consent-ledger.ts";
import { Prisma } from "../generated/client.ts";
import { linksUnder } from "../links/links-under.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { CONSENT, CONSENT_KIND, SIDE, SIDE_OR_BOTH } from "../database/shapes.ts";

const LISTED_ROW = z.object({
  seq: z.bigint(),
  at: z.date(),
  subject: z.string(),
  kind: CONSENT_KIND,
  side: SIDE_OR_BOTH,
  list: z.string().nullable(),
  evidence: z.unknown(),
  runId: z.bigint(),
  hash: z.string(),
});

/** An entry as the list shows it: of whom, only the keyed hash. */
export type ListedEntry = z.infer<typeof LISTED_ROW>;

export interface LedgerList {
  readonly entries: readonly ListedEntry[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

const PER_PAGE = 25;

const TOTAL_ROW = z.object({ total: z.number() });

/** A page of the ledger, the latest first. */
export async function listLedger(
  { statements, connectionId }: Store,
  kind: ConsentKind | null,
  wanted: number,
): Promise<LedgerList> {
  const which = kind === null ? Prisma.empty : Prisma.sql`AND kind = ${kind}`;
  const [count] = await rowsOf(statements, TOTAL_ROW)`
    SELECT count(*)::int AS total FROM consent_ledger WHERE connection_id = ${connectionId} ${which}`;
  const total = count?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / PER_PAGE));
  const page = Math.min(wanted, pages);
  const entries = await rowsOf(statements, LISTED_ROW)`
    SELECT seq, at, subject, kind, side, list, evidence, run_id AS "runId", hash FROM consent_ledger
    WHERE connection_id = ${connectionId} ${which} ORDER BY seq DESC LIMIT ${PER_PAGE} OFFSET ${(page - 1) * PER_PAGE}`;
  return { entries, total, page, pages };
}

/** Entries that are read at once for a file. */
const FILE_PAGE = 1_000;

/** The whole ledger in the order in which it was written, so that each hash stands behind the one it holds. */
export async function* eachLedgerEntry(
  { statements, connectionId }: Store,
  kind: ConsentKind | null,
): AsyncGenerator<ListedEntry> {
  const which = kind === null ? Prisma.empty : Prisma.sql`AND kind = ${kind}`;
  for (let after = -1n; ;) {
    const entries = await rowsOf(statements, LISTED_ROW)`
      SELECT seq, at, subject, kind, side, list, evidence, run_id AS "runId", hash FROM consent_ledger
      WHERE connection_id = ${connectionId} AND seq > ${after} ${which} ORDER BY seq LIMIT ${FILE_PAGE}`;
    yield* entries;
    const last = entries.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

const LEDGER_COUNT_ROW = z.object({
  kind: CONSENT_KIND,
  entries: z.number(),
});

/** How often something was written into the ledger lately. */
export type LedgerCount = z.infer<typeof LEDGER_COUNT_ROW>;

/** What the ledger got since a moment: by kind, why somebody was not asked, and opt-outs by UTC day. */
export interface LedgerSummary {
  readonly kinds: readonly LedgerCount[];
  readonly blocked: readonly { readonly because: string; readonly people: number }[];
  readonly optOuts: readonly { readonly day: string; readonly hubspot: number; readonly klaviyo: number }[];
}

const OPT_OUT_DAY_ROW = z.object({ day: z.string(), hubspot: z.number(), klaviyo: z.number() });

const BLOCKED_ROW = z.object({ because: z.string(), people: z.number() });

export async function summariseLedger(
  { statements, connectionId }: Store,
  since: Date,
): Promise<LedgerSummary> {
  const [kinds, blocked, optOuts] = await Promise.all([
    rowsOf(statements, LEDGER_COUNT_ROW)`
      SELECT kind, count(*)::int AS entries FROM consent_ledger
      WHERE connection_id = ${connectionId} AND at >= ${since} GROUP BY kind ORDER BY entries DESC`,
    rowsOf(statements, BLOCKED_ROW)`
      SELECT evidence ->> 'because' AS because, count(DISTINCT subject)::int AS people FROM consent_ledger
      WHERE connection_id = ${connectionId} AND kind = 'blocked' AND at >= ${since} GROUP BY 1 ORDER BY people DESC, 1`,
    rowsOf(statements, OPT_OUT_DAY_ROW)`
      SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
             (count(*) FILTER (WHERE side = 'hubspot'))::int AS hubspot,
             (count(*) FILTER (WHERE side = 'klaviyo'))::int AS klaviyo
      FROM consent_ledger WHERE connection_id = ${connectionId} AND kind = 'opted_out' AND at >= ${since}
      GROUP BY 1 ORDER BY 1`,
  ]);
  return { kinds, blocked, optOuts };
}

/** What is known of one address's consent: what each side shows, and what the ledger remembers. */
export interface KnownConsent {
  /** `null` where nobody with this address is linked. */
  readonly linkId: bigint | null;
  readonly consents: PerSide<Consent | null>;
  /** Sides that show a contact with this address at all. */
  readonly seen: PerSide<boolean>;
  readonly ledger: readonly LedgerEntry[];
}

const SHOWN_ROW = z.object({
  side: SIDE,
  consent: CONSENT.nullable(),
  linkId: z.bigint().nullable(),
});

export async function knownConsent(store: Store, email: string): Promise<KnownConsent> {
  const { statements, connectionId } = store;
  const rows = await rowsOf(statements, SHOWN_ROW)`
    SELECT found.side, consent, link.id AS "linkId"
    FROM (
      SELECT side, external_id, consent, email_key, link_id FROM sighting WHERE link_id IN (
        SELECT id FROM link WHERE connection_id = ${connectionId} AND id IN (${linksUnder([email])}))
      UNION
      SELECT side, external_id, consent, email_key, link_id FROM sighting
      WHERE connection_id = ${connectionId} AND side IN ('hubspot', 'klaviyo') AND email_key = ${email}) AS found
    LEFT JOIN link ON link.id = found.link_id
    -- A linked contact without an email address comes after one that shows this one.
    ORDER BY found.link_id IS NULL, found.email_key IS NOT DISTINCT FROM ${email} DESC`;
  const of = (side: Side) => rows.find((row) => row.side === side);
  return {
    linkId: rows.find(({ linkId }) => linkId !== null)?.linkId ?? null,
    consents: { hubspot: of("hubspot")?.consent ?? null, klaviyo: of("klaviyo")?.consent ?? null },
    seen: { hubspot: of("hubspot") !== undefined, klaviyo: of("klaviyo") !== undefined },
    ledger: await ledgerOf(store, email),
  };
}
