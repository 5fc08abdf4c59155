import type { EntryGroup, RecordResult, TimelineEntry } from "../../engagement-port.ts";
import type { EngagementKind } from "../../../model/engagement.ts";
import type { Account } from "../contacts.ts";
import type { EventInput } from "./endpoints.ts";
import { entryValues } from "./entry-words.ts";
import { groupResults } from "./group-results.ts";
import { sendInBatches } from "./send-in-batches.ts";
import type { Sender, Verdict } from "./send-in-batches.ts";

/** What HubSpot calls a kind of entries, and the values it takes; `null` where nobody can be asked. */
export interface EventType {
  readonly type: string;
  readonly fields: ReadonlySet<string> | null;
}

export interface EntrySending {
  readonly account: Account;
  readonly signal: AbortSignal;
  readonly typeOf: (kind: EngagementKind) => EventType;
  readonly sender: Pick<Sender<Part>, "size" | "conflictIsDone"> & {
    readonly send: (inputs: readonly EventInput[]) => ReturnType<Sender<Part>["send"]>;
  };
}

interface Part {
  readonly group: EntryGroup;
  readonly entry: TimelineEntry;
}

/** Sends what is fresh in the groups, each entry its own event. */
export async function sendEntries(
  groups: readonly EntryGroup[],
  { account, signal, typeOf, sender }: EntrySending,
): Promise<readonly RecordResult[]> {
  const parts = groups.flatMap((group) => group.fresh.map((entry): Part => ({ group, entry })));
  const verdicts = await sendInBatches(parts, {
    ...sender,
    keyOf: ({ entry }) => entry.id,
    blames: ({ context }, { entry }) => context?.["id"]?.includes(entry.id) === true,
    send: (batch) => sender.send(batch.map((part) => inputOf(part, typeOf))),
  });
  const byGroup = new Map<EntryGroup, Verdict[]>(groups.map((group) => [group, []]));
  for (const [{ group }, verdict] of verdicts) byGroup.get(group)?.push(verdict);
  return groupResults(account, groups, byGroup, signal);
}

/** A value that its type does not know would have the event refused. */
function inputOf({ group, entry }: Part, typeOf: EntrySending["typeOf"]): EventInput {
  const { id, engagement } = entry;
  const { type, fields } = typeOf(engagement.kind);
  const values = Object.entries(entryValues(engagement)).filter(
    ([name]) => fields === null || fields.has(name),
  );
  return { id, type, objectId: group.contact, at: engagement.at, values: Object.fromEntries(values) };
}
