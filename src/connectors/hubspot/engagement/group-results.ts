import type { EntryGroup, RecordResult } from "../../engagement-port.ts";
import { BATCH } from "../contacts.ts";
import type { Account } from "../contacts.ts";
import { chunks } from "../../../model/chunks.ts";
import { problemOf } from "../problems/problems.ts";
import { readContacts } from "../pull/read-contacts.ts";
import type { Verdict } from "./send-in-batches.ts";

/** What became of the parts of one group; its contact is gone where it was refused and nobody is there. */
export async function groupResults(
  account: Account,
  groups: readonly EntryGroup[],
  verdicts: ReadonlyMap<EntryGroup, readonly Verdict[]>,
  signal: AbortSignal,
): Promise<readonly RecordResult[]> {
  const of = (group: EntryGroup): readonly Verdict[] => verdicts.get(group) ?? [];
  const refused = groups.filter((group) => of(group).some(({ kind }) => kind === "refused"));
  // A refusal's words are no proof that somebody was deleted; looking for them is.
  const there = await existing(
    account,
    refused.map(({ contact }) => contact),
    signal,
  );
  return groups.map((group) => resultOf(group, of(group), there));
}

function resultOf(
  { contact, reference }: EntryGroup,
  verdicts: readonly Verdict[],
  there: ReadonlySet<string>,
): RecordResult {
  const rejected = verdicts.find((verdict) => verdict.kind === "refused");
  if (rejected !== undefined && !there.has(contact)) return { outcome: "gone" };
  if (verdicts.some(({ kind }) => kind === "unknown")) return { outcome: "unknown" };
  if (rejected !== undefined) {
    const { status, error } = rejected;
    const rest = { property: null, subject: "", value: "", signInLost: false } as const;
    return { outcome: "refused", problem: problemOf({ status, error, about: "event", ...rest }) };
  }
  const made = verdicts.find((verdict) => verdict.kind === "done" && verdict.id !== null);
  return { outcome: "done", reference: made?.kind === "done" ? made.id : reference };
}

async function existing(
  account: Account,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (const part of chunks([...new Set(ids)], BATCH)) {
    const { contacts, unreadable } = await readContacts(account, part, [], signal);
    for (const { id, mergedIds } of contacts) for (const each of [id, ...mergedIds]) there.add(each);
    for (const { id } of unreadable) if (id !== null) there.add(id);
  }
  return there;
}
