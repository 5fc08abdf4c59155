import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { InstallationKeys } from "../../model/keys/installation-keys.ts";
import type { Store } from "../database/store.ts";
import { atomically } from "../database/store.ts";
import type { Statements } from "../database/database.ts";
import { inTransaction, keysOf } from "../database/database.ts";
import { Prisma } from "../generated/client.ts";
import { rowsOf } from "../database/rows.ts";

/** The append-only tables whose entries hold the hash of the one before them, and are sealed. */
export type Chain = "consent" | "audit";

const TABLE: Readonly<Record<Chain, Prisma.Sql>> = {
  consent: Prisma.sql`consent_ledger`,
  audit: Prisma.sql`audit`,
};

/** The advisory lock that a chain's trigger takes before each entry. */
const WRITING: Readonly<Record<Chain, number>> = { consent: 7_263_362, audit: 7_263_363 };

/** What an installation says of some entries: that it wrote them, or that they were there before its first seal. */
export interface Seal {
  readonly first: bigint;
  readonly last: bigint;
  readonly kind: "written" | "taken_over";
  readonly keyId: string;
  /** Of the entry `last`, and so of everything before it. */
  readonly hash: string;
  readonly mac: string;
  readonly at: Date;
}

const SEAL_ROW: z.ZodType<Seal> = z.object({
  first: z.bigint(),
  last: z.bigint(),
  kind: z.enum(["written", "taken_over"]),
  keyId: z.string(),
  hash: z.string(),
  mac: z.string(),
  at: z.date(),
});

/**
 * Does work that adds entries to a chain, and seals them in the same transaction with a key that the database never sees.
 * An entry that came any other way has no good seal, and `tandem consent audit` names it. The database itself refuses to
 * commit an entry that nobody sealed.
 */
export async function sealing<T>(store: Store, chain: Chain, work: (store: Store) => Promise<T>): Promise<T> {
  return atomically(store, async (store) => {
    const done = await work(store);
    await sealAdded(store.statements, chain);
    return done;
  });
}

const ADDED_ROW = z.object({
  first: z.bigint(),
  last: z.bigint(),
  hash: z.string(),
  previous: z.string(),
  at: z.date(),
});

/** Seals what this transaction added and nothing else: an entry that somebody slipped in before stays without a seal. */
async function sealAdded(statements: Statements, chain: Chain): Promise<void> {
  const table = TABLE[chain];
  const [added] = await rowsOf(statements, ADDED_ROW)`
    WITH added AS (
      SELECT min(seq) AS first, max(seq) AS last FROM ${table}
      WHERE seq > coalesce((SELECT max(last) FROM chain_seal WHERE chain = ${chain}), 0)
        AND xmin = pg_current_xact_id_if_assigned()::xid)
    SELECT added.first, added.last, entry.hash, entry.at, begin.previous FROM added
    JOIN ${table} AS entry ON entry.seq = added.last JOIN ${table} AS begin ON begin.seq = added.first`;
  if (added === undefined) return;
  const { first, last, hash, previous, at } = added;
  if (first > 1n && !(await hasOwnSeal(statements, chain)))
    await saveSeal(statements, chain, {
      first: 1n,
      last: first - 1n,
      kind: "taken_over",
      hash: previous,
      at,
    });
  await saveSeal(statements, chain, { first, last, kind: "written", hash, at });
}

export const HEAD_ROW = z.object({ seq: z.bigint(), hash: z.string() });

/**
 * Seals what was in a chain before this installation's key sealed anything of it: entries of a version without seals, or
 * those of a key that is lost. It vouches that they do not change from now on, not for how they came there.
 */
export async function takeOver(statements: Statements, chain: Chain, now: Date): Promise<void> {
  if (await hasOwnSeal(statements, chain)) return;
  await inTransaction(statements, async (own) => {
    // Nothing is added meanwhile, and only one process takes over.
    await own.$executeRaw`SELECT pg_advisory_xact_lock(${WRITING[chain]}::bigint)`;
    if (await hasOwnSeal(own, chain)) return;
    const [head] = await rowsOf(own, HEAD_ROW)`
      SELECT seq, hash FROM ${TABLE[chain]} ORDER BY seq DESC LIMIT 1`;
    if (head === undefined) return;
    await saveSeal(own, chain, { first: 1n, last: head.seq, kind: "taken_over", hash: head.hash, at: now });
  });
}

const SEALED_ROW = z.object({ sealed: z.boolean() });

async function hasOwnSeal(statements: Statements, chain: Chain): Promise<boolean> {
  const { id } = keysOf(statements)();
  const [row] = await rowsOf(statements, SEALED_ROW)`
    SELECT EXISTS (SELECT FROM chain_seal WHERE chain = ${chain} AND key_id = ${id}) AS sealed`;
  return row?.sealed === true;
}

async function saveSeal(
  statements: Statements,
  chain: Chain,
  seal: Omit<Seal, "mac" | "keyId">,
): Promise<void> {
  const keys = keysOf(statements)();
  const { first, last, kind, hash, at } = seal;
  await statements.$executeRaw`
    INSERT INTO chain_seal (chain, first, last, kind, key_id, hash, mac, at)
    VALUES (${chain}, ${first}, ${last}, ${kind}, ${keys.id}, ${hash}, ${macOf(keys, chain, seal)}, ${at})`;
}

function macOf(keys: InstallationKeys, chain: Chain, seal: Omit<Seal, "mac" | "keyId">): string {
  const { first, last, kind, hash, at } = seal;
  return chainMac(keys, chain, ["seal", kind, String(first), String(last), hash, at.toISOString()]);
}

/** What only somebody with the installation's keys can write of a chain. 64 hexadecimal digits. */
export function chainMac(keys: InstallationKeys, chain: Chain, said: readonly string[]): string {
  return createHmac("sha256", keys[chain]).update(JSON.stringify(said)).digest("hex");
}

/** Was it made with these keys, and not changed since? */
export function isGenuine(keys: InstallationKeys, chain: Chain, seal: Seal): boolean {
  return isMac(seal.mac, macOf(keys, chain, seal));
}

/** Compares in constant time. */
export function isMac(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A page of the seals that this installation's key made, or says it made. */
export async function sealPage(
  statements: Statements,
  chain: Chain,
  after: bigint,
  limit: number,
): Promise<readonly Seal[]> {
  const { id } = keysOf(statements)();
  return rowsOf(statements, SEAL_ROW)`
    SELECT first, last, kind, key_id AS "keyId", hash, mac, at FROM chain_seal
    WHERE chain = ${chain} AND key_id = ${id} AND last > ${after} ORDER BY last LIMIT ${limit}`;
}

const SEALING_KEY_ROW = z.object({ keyId: z.string(), last: z.bigint() });

/** The keys that sealed something of a chain, and the last entry of each; to tell of one that is not this installation's. */
export async function keysThatSealed(
  statements: Statements,
  chain: Chain,
): Promise<readonly { readonly keyId: string; readonly last: bigint }[]> {
  return rowsOf(statements, SEALING_KEY_ROW)`
    SELECT key_id AS "keyId", max(last) AS last FROM chain_seal WHERE chain = ${chain} GROUP BY key_id ORDER BY last`;
}

/** A place in a chain. Signed and kept outside of the database, it proves later what was there. */
export interface Head {
  readonly seq: bigint;
  readonly hash: string;
}

/** As it is logged, noted down and given to `--since`. */
export function signHead(keys: InstallationKeys, chain: Chain, { seq, hash }: Head): string {
  return `${seq}.${hash}.${headMac(keys, chain, { seq, hash })}`;
}

const HEAD = /^(\d{1,18})\.([0-9a-f]{64})\.([0-9a-f]{32})$/;

/** `null` for what is no head; `"not_ours"` for one that these keys did not sign. */
export function readHead(keys: InstallationKeys, chain: Chain, text: string): Head | "not_ours" | null {
  const [, seq, hash, signature] = HEAD.exec(text.trim()) ?? [];
  if (seq === undefined || hash === undefined || signature === undefined) return null;
  const head = { seq: BigInt(seq), hash };
  return isMac(headMac(keys, chain, head), signature) ? head : "not_ours";
}

function headMac(keys: InstallationKeys, chain: Chain, { seq, hash }: Head): string {
  return chainMac(keys, chain, ["head", String(seq), hash]).slice(0, 32);
}

/** The latest place in a chain that this installation's own, genuine seals reach; `null` where there is none. */
export async function sealedHead(statements: Statements, chain: Chain): Promise<Head | null> {
  const keys = keysOf(statements)();
  const [seal] = await rowsOf(statements, SEAL_ROW)`
    SELECT first, last, kind, key_id AS "keyId", hash, mac, at FROM chain_seal
    WHERE chain = ${chain} AND key_id = ${keys.id} ORDER BY last DESC LIMIT 1`;
  return seal === undefined || !isGenuine(keys, chain, seal) ? null : { seq: seal.last, hash: seal.hash };
}
