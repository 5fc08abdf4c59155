import type { ChainedAuditEntry, KeptAuditEntry } from "../../store/chains/audit.ts";
import type { CsvCell } from "../parts/csv-line.ts";

const HEADS = [
  "Number",
  "Time",
  "Who",
  "Role",
  "Action",
  "Contacts",
  "Details",
  "Why",
  "Previous hash",
  "Hash",
];

/** A line an action, in the order in which they were written, with the hashes that chain them. */
export async function* auditCsv(
  entries: AsyncIterable<ChainedAuditEntry>,
): AsyncGenerator<readonly CsvCell[]> {
  yield HEADS;
  for await (const { seq, at, who, role, action, contacts, about, reason, previous, hash } of entries) {
    yield [
      String(seq),
      at.toISOString(),
      who,
      role,
      action,
      String(contacts),
      detailWords(about),
      reason,
      previous,
      hash,
    ];
  }
}

/** What an action was about, as `name: value`. */
export function detailWords(about: KeptAuditEntry["about"]): string {
  return Object.entries(about)
    .flatMap(([name, value]) =>
      value === null || value === "" ? [] : [`${name.replaceAll("_", " ")}: ${value}`],
    )
    .join(", ");
}
