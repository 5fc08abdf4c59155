import type { ListedEntry } from "../../store/ledger-list.ts";
import { csvLine } from "../csv-line.ts";
import { KIND_WORDS, whereWords } from "./consent-words.ts";
import { entryReason } from "./entry-reason.ts";

const HEADS = ["Number", "Time", "What", "Side", "List", "Person", "Why", "Evidence", "Run", "Hash"];

/** A line an entry. Of whom, the keyed hash; evidence and hash whole, so that somebody else can follow the chain. */
export async function* ledgerCsv(entries: AsyncIterable<ListedEntry>): AsyncGenerator<string> {
  // Spreadsheets take a file for UTF-8 only where it begins so.
  yield `\uFEFF${csvLine(HEADS)}`;
  for await (const entry of entries) {
    const { seq, at, kind, side, list, subject, evidence, runId, hash } = entry;
    yield csvLine([
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
    ]);
  }
}
