import type { Statements } from "../database/database.ts";
import { keysOf } from "../database/database.ts";
import type { Chain, Head, Seal } from "./seals.ts";
import type { Cut } from "./chain-cuts.ts";
import { latestCut } from "./chain-cuts.ts";
import { isGenuine, keysThatSealed, sealPage, sealedHead, signHead } from "./seals.ts";

const PAGE = 5_000;

/** An entry of a chain: its hash is that of its text, which holds the hash before it. */
export interface ChainEntry {
  readonly seq: bigint;
  readonly previous: string;
  readonly hash: string;
  readonly text: string;
}

/** Result of reading a whole chain and its seals. */
export interface ChainProof {
  readonly entries: number;
  /** Of the last entry that was read. */
  readonly hash: string;
  /** The first entry that is not as this installation left it, and how; `null` where all are. */
  readonly broken: { readonly seq: bigint; readonly how: string } | null;
  /** The first entry that is known to be Tandem's own, and since when; `null` where none is yet. */
  readonly proven: { readonly from: bigint; readonly since: Date } | null;
  /** Whose the entries before that are: nobody's seal is on them, or that of another key. */
  readonly before: "none" | "unsealed" | "other_key";
  /** The latest sealed place, signed: noted down elsewhere, it proves later that nothing up to it is missing or changed. */
  readonly head: string | null;
  /** Up to where entries were removed because of their age, and when; `null` where all are there. */
  readonly cut: { readonly seq: bigint; readonly at: Date } | null;
}

/** How a chain is read and hashed. */
export interface ChainReading<E extends ChainEntry> {
  readonly chain: Chain;
  readonly page: (after: bigint, limit: number) => Promise<readonly E[]>;
  readonly hashOf: (entry: E) => string;
  readonly visit: (entry: E) => void;
}

/**
 * Reads a chain from its beginning: computes every hash again, and checks each seal with this installation's key. Nobody
 * who has only the database passes: a chain computed again fails at its seals, an entry slipped in has none, and a tail
 * that was cut off is missing from what `since` says was there.
 *
 * @param since a place that this installation signed before; `null` compares with none
 */
export async function proveChain<E extends ChainEntry>(
  statements: Statements,
  { chain, page, hashOf, visit }: ChainReading<E>,
  since: Head | null,
): Promise<ChainProof> {
  const keys = keysOf(statements)();
  const seals = await ownSeals(statements, chain);
  const found = await latestCut(statements, chain);
  const cut = found === "forged" ? null : found;
  let last: Head = cut ?? { seq: 0n, hash: "" };
  let entries = 0;
  let proven: ChainProof["proven"] = null;
  const end = async (broken: ChainProof["broken"]): Promise<ChainProof> => {
    const others = (await keysThatSealed(statements, chain)).some(({ keyId }) => keyId !== keys.id);
    const isAll = entries === 0 || (proven !== null && proven.from <= (cut?.seq ?? 0n) + 1n);
    const head = broken === null ? await sealedHead(statements, chain) : null;
    return {
      entries,
      hash: last.hash,
      broken,
      proven,
      before: isAll ? "none" : others ? "other_key" : "unsealed",
      head: head === null ? null : signHead(keys, chain, head),
      cut,
    };
  };
  const lost = found === "forged" ? FORGED_CUT : whatCutHides(cut, since);
  if (lost !== null) return end({ seq: since?.seq ?? 1n, how: lost });
  for (;;) {
    const some = await page(last.seq, PAGE);
    for (const entry of some) {
      const seal = await seals.at(entry.seq);
      const how = whatIsWrong(entry, last, hashOf(entry)) ?? whatSealSays(entry, seal, seals.any);
      if (how !== null) return end({ seq: entry.seq, how });
      if (seal !== null && seal.last === entry.seq && !isGenuine(keys, chain, seal))
        return end({ seq: entry.seq, how: "its seal was not made with this installation's key" });
      if (since?.seq === entry.seq && since.hash !== entry.hash)
        return end({
          seq: entry.seq,
          how: "it, or an entry before it, was changed since that head was signed",
        });
      if (seal?.kind === "written") proven ??= { from: seal.first, since: seal.at };
      visit(entry);
      entries += 1;
      last = entry;
    }
    if (some.length < PAGE) break;
  }
  const sealed = (await sealedHead(statements, chain))?.seq ?? 0n;
  const until = since !== null && since.seq > sealed ? since.seq : sealed;
  if (until <= last.seq) return end(null);
  return end({ seq: last.seq + 1n, how: `entries ${last.seq + 1n} to ${until} are missing from the end` });
}

const FORGED_CUT =
  "entries were removed by somebody without this installation's key, or that key was changed since";

/** Why a place that was signed before can no longer be compared. */
function whatCutHides(cut: Cut | null, since: Head | null): string | null {
  if (cut === null || since === null || since.seq > cut.seq) return null;
  if (since.seq === cut.seq)
    return since.hash === cut.hash
      ? null
      : "it, or an entry before it, was changed since that head was signed";
  const day = cut.at.toISOString().slice(0, 10);
  return `it was removed on ${day} because of its age, so this head proves nothing. Use a later head`;
}

function whatIsWrong(entry: ChainEntry, last: Head, hash: string): string | null {
  if (entry.seq !== last.seq + 1n) return `entries ${last.seq + 1n} to ${entry.seq - 1n} are missing`;
  if (entry.previous !== last.hash) return "it does not follow the entry before it";
  return hash === entry.hash ? null : "it was changed after it was written";
}

function whatSealSays(entry: ChainEntry, seal: Seal | null, isSealed: boolean): string | null {
  if (seal === null)
    return isSealed ? "it was not written by this installation: no seal of its key is on it" : null;
  if (seal.last !== entry.seq || seal.hash === entry.hash) return null;
  return "it, or an entry before it, was changed after it was sealed";
}

/** This installation's seals, read a page at a time while the entries go by. */
interface OwnSeals {
  readonly any: boolean;
  /** The seal that says it is about this entry. Asked for in rising order. */
  at(seq: bigint): Promise<Seal | null>;
}

async function ownSeals(statements: Statements, chain: Chain): Promise<OwnSeals> {
  let some = await sealPage(statements, chain, 0n, PAGE);
  let place = 0;
  const next = async (): Promise<void> => {
    const last = some.at(-1);
    place += 1;
    if (last === undefined || place < some.length) return;
    const more = await sealPage(statements, chain, last.last, PAGE);
    if (more.length > 0) [some, place] = [more, 0];
  };
  return {
    any: some.length > 0,
    async at(seq) {
      for (let seal = some[place]; seal !== undefined; seal = some[place]) {
        if (seal.last >= seq) return seal.first <= seq ? seal : null;
        await next();
      }
      return null;
    },
  };
}
