import type { RecordAs } from "../../model/engagement.ts";
import type { Store } from "../database/store.ts";

/** Where reading who is in the lists and segments of `only_from` continues. */
export interface MembersStream {
  /** The collections that are read. A change starts over. */
  readonly stream: string;
  readonly cursor: string | null;
  /** The first reading under way. A contact that it does not find is no member. */
  readonly scan: string | null;
}

/** What the engagement lane remembers of a connection as a whole. */
export interface EngagementState {
  readonly decidingHash: string;
  readonly rollUpHash: string;
  readonly members: MembersStream;
}

export async function readEngagementState({ statements, connectionId }: Store): Promise<EngagementState> {
  const row = await statements.engagementState.upsert({
    where: { connectionId },
    create: { connectionId },
    update: {},
  });
  const { decidingHash, rollUpHash, membersStream, membersCursor, membersScan } = row;
  const members = { stream: membersStream, cursor: membersCursor, scan: membersScan };
  return { decidingHash, rollUpHash, members };
}

export async function saveDecidingHash(
  { statements, connectionId }: Store,
  decidingHash: string,
): Promise<void> {
  await statements.engagementState.update({ where: { connectionId }, data: { decidingHash } });
}

/** Other properties are rolled up into: everybody is due. */
export async function saveRollUpHash(
  { statements, connectionId }: Store,
  rollUpHash: string,
  now: Date,
): Promise<void> {
  await statements.engagementState.update({ where: { connectionId }, data: { rollUpHash } });
  await statements.engagementContact.updateMany({ where: { connectionId }, data: { dueAt: now } });
}

export async function saveMembersStream(
  { statements, connectionId }: Store,
  { stream, cursor, scan }: MembersStream,
): Promise<void> {
  await statements.engagementState.update({
    where: { connectionId },
    data: { membersStream: stream, membersCursor: cursor, membersScan: scan },
  });
}

/** What setting up a sink made: its ids by our names, and its report. */
export interface StoredSetup {
  readonly ids: Readonly<Record<string, string>>;
  readonly report: readonly string[];
}

/** What setting up this sink made; `null` where it was never set up. */
export async function readSinkSetup(
  { statements, connectionId }: Store,
  recordAs: RecordAs,
): Promise<StoredSetup | null> {
  const row = await statements.engagementState.findUnique({ where: { connectionId } });
  if (row === null || row.setupAs !== recordAs) return null;
  const { setup } = row;
  if (typeof setup !== "object" || setup === null || Array.isArray(setup)) return null;
  return { ids: texts(setup["ids"]), report: Object.values(texts(setup["report"])) };
}

export async function saveSinkSetup(
  { statements, connectionId }: Store,
  recordAs: RecordAs,
  { ids, report }: StoredSetup,
): Promise<void> {
  const data = { setupAs: recordAs, setup: { ids: { ...ids }, report: [...report] } };
  await statements.engagementState.upsert({
    where: { connectionId },
    create: { connectionId, ...data },
    update: data,
  });
}

function texts(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (typeof one === "string" ? [[key, one]] : [])),
  );
}
