import type { Contact, ExternalId } from "../../model/contact.ts";
import type { Side } from "../../model/side.ts";
import type { Cursor, PullPage, PullScope } from "../connector.ts";
import { broken } from "./broken.ts";
import { memoryProblem } from "./problem.ts";
import type { Quirks } from "./quirks.ts";
import type { MemoryStore, StoredCollection } from "./store.ts";

/** What is known of one collection once it was read as a whole. */
interface KnownCollection {
  readonly leaves: number;
  /** A roster is followed by another at the next pull: a leave counts when it was seen twice. */
  readonly confirm: boolean;
}

/** Where a pull stands. Plain JSON, so that any page's cursor can be stored and come back. */
interface Position {
  /** Changes and joins from here on are still to come; milliseconds, inclusive. */
  readonly since: number;
  readonly known: Record<string, KnownCollection>;
  /** Only while a pull is under way. */
  readonly at?: Place;
}

interface Place {
  /** When the pull began: from here the next one continues. */
  readonly started: number;
  /** The collection being read, those before it in sort order being done; `null`: the changes, which come last. */
  readonly collection: string | null;
  /** Of which this and all smaller ids are done. */
  readonly after: ExternalId;
  /** The collection's leaves when its first page was read. */
  readonly leaves: number;
}

export interface PullSettings {
  readonly side: Side;
  readonly store: MemoryStore;
  readonly now: () => number;
  readonly pageSize: number;
  readonly indexLagMs: () => number;
  readonly quirks: Pick<Quirks, "unreadable">;
}

/** Greater than any id. */
const AFTER_ALL = "\uffff";

/** A pull over memory; see `ContactPort.pull`. A page is read when it is asked for, as over a wire. */
export function* memoryPull(
  { side, store, now, pageSize, indexLagMs, quirks }: PullSettings,
  scope: PullScope,
  cursor: Cursor | null,
): Generator<PullPage> {
  const time = now();
  const from: Position = cursor === null ? { since: time, known: {} } : (JSON.parse(cursor) as Position);
  const started = from.at?.started ?? time;
  const known = new Map(Object.entries(from.known));

  const cursorAt = (collection: string | null, after: ExternalId, leaves: number): Cursor =>
    JSON.stringify({
      since: from.since,
      known: Object.fromEntries(known),
      at: { started, collection, after, leaves },
    } satisfies Position);

  function* pagesOf(
    ids: readonly ExternalId[],
    collection: string | null,
    leaves: number,
    show: (id: ExternalId) => Contact | null,
  ): Generator<PullPage> {
    const resumed = from.at !== undefined && from.at.collection === collection ? from.at.after : "";
    const rest = ids.filter((id) => id > resumed).sort();
    for (let start = 0; start < rest.length; start += pageSize) {
      const page = rest.slice(start, start + pageSize);
      const shown = page.map(show).filter((contact) => contact !== null);
      const found = shown.map(({ id }) => id);
      yield {
        kind: "contacts",
        contacts: shown.filter(({ id }) => !quirks.unreadable(id)),
        unreadable: found.flatMap((id) => {
          const stored = quirks.unreadable(id) ? store.get(id) : undefined;
          return stored === undefined ? [] : [broken(side, store, stored)];
        }),
        members: collection === null ? new Map() : new Map([[collection, found]]),
        cursor: cursorAt(collection, page.at(-1) ?? AFTER_ALL, leaves),
      };
    }
  }

  function* rosterOf(collection: StoredCollection, left: boolean): Generator<PullPage> {
    const { id, leaves } = collection;
    const all = [...collection.members.keys()];
    const scan = `${id}@${leaves}/${started}/${left ? "seen" : "confirmed"}`;
    const parts = Math.max(1, Math.ceil(all.length / pageSize));
    for (let part = 0; part < parts; part += 1) {
      const last = part === parts - 1;
      if (last) known.set(id, { leaves, confirm: left });
      yield {
        kind: "roster",
        collection: id,
        scan,
        ids: all.slice(part * pageSize, (part + 1) * pageSize),
        last,
        // A roster broken off is read from its start again: a scan must be of one time.
        cursor: cursorAt(id, AFTER_ALL, leaves),
      };
    }
  }

  const resumedAt = from.at?.collection;
  for (const id of [...scope.collections].sort()) {
    if (resumedAt === null || (resumedAt !== undefined && id < resumedAt)) continue;
    const collection = store.collections.get(id);
    const before = known.get(id);
    if (collection === undefined) {
      const problem = memoryProblem(side, "LIST", id);
      yield { kind: "collection_gone", collection: id, problem, cursor: cursorAt(id, AFTER_ALL, 0) };
      continue;
    }
    const leaves = resumedAt === id && from.at ? from.at.leaves : collection.leaves;
    const joined = [...collection.members].filter(([, at]) => before === undefined || at >= from.since);
    const ids = joined.map(([member]) => member);
    const show = (member: ExternalId): Contact | null => {
      const contact = collection.members.has(member) ? store.get(member) : undefined;
      return contact === undefined ? null : store.show(contact, scope.properties);
    };
    yield* pagesOf(ids, id, leaves, show);
    if (before === undefined) known.set(id, { leaves, confirm: false });
    else if (before.leaves !== collection.leaves) yield* rosterOf(collection, true);
    else if (before.confirm) yield* rosterOf(collection, false);
  }

  // Last, so that anybody who changes while the collections are read is seen once more.
  const visible = (id: ExternalId): Contact | null => {
    const shown = store.asOf(id, now() - indexLagMs());
    return shown === undefined || shown.updatedAt < from.since ? null : store.show(shown, scope.properties);
  };
  const changed = [...store.all()].map(({ id }) => id).filter((id) => visible(id) !== null);
  yield* pagesOf(changed, null, 0, visible);
  // What the index does not show yet must be asked for again.
  const next: Position = { since: started - indexLagMs(), known: Object.fromEntries(known) };
  yield { kind: "contacts", contacts: [], unreadable: [], members: new Map(), cursor: JSON.stringify(next) };
}
