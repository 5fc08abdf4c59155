import type { ListedEntry } from "../../store/consent/ledger-list.ts";
import type { CsvCell } from "../parts/csv-line.ts";
import { KIND_WORDS, whereWords } from "./consent-words.ts";
import { entryReason } from "./entry-reason.ts";

const HEADS = ["Number", "Time", "What", "Side", "List", "Person", "Why", "Evidence", "Run", "Hash"];

/** A line an entry. Of whom, the keyed hash; evidence and hash whole, so that somebody else can follow the chain. */
export async function* ledgerCsv(entries: AsyncIterable<ListedEntry>): AsyncGenerator<readonly CsvCell[]> {
  yield HEADS;
  for await (const entry of entries) {
    const { seq, at, kind, side, list, subject, evidence, runId, hash } = entry;
    yield [
      String(seq),
      at.toISOString(),
      KIND_WORDS[kind],
      whereWords(side),
      list,
      subject,
      entryReason(entry),
      JSON.stringify(evidence),
      runId > 0n ? String(runId) : null,
      hash,
    ];
  }
}
