import type { Cursor, PropertyRequest, PullPage, PullScope } from "../../connector.ts";
import type { Problem } from "../../../model/problem.ts";
import { EndlessPages } from "../../http/page-guard.ts";
import type { PullSettings } from "./collection-pull.ts";
import { readCollection, visit } from "./collection-pull.ts";
import { contactsOf } from "../contacts.ts";
import type { Place, Position } from "./cursor.ts";
import { cursorOf, positionOf } from "./cursor.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { asksForPredictions } from "../fields.ts";
import { filterTime } from "../wire/filter.ts";
import { pages } from "../wire/pages.ts";
import { problemOfFailure } from "../problems/problems.ts";
import { profilePage } from "../wire/wire.ts";

const SECOND = 1_000;
/** Klaviyo's index was seen to show changes late (CONTRACT.md, Late changes). */
export const CHANGES_OVERLAP = 15 * 60 * SECOND;

/**
 * See `ContactPort.pull`. Nobody reports who left a list: the count of members tells that somebody did, and only then is
 * the list read as a whole. An idle pull is two requests a collection and one for the changes, whatever their size.
 */
export async function* pull(
  settings: PullSettings,
  scope: PullScope,
  cursor: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<PullPage> {
  const before = positionOf(cursor);
  const known = new Map(Object.entries(before.known));
  const done = new Set(before.underWay?.done);
  let started = before.underWay?.started ?? null;
  /** Repeats the last stored place; each step replaces it. */
  const at = (place: Place | null, changes?: string | null): Cursor =>
    cursorOf({
      updated: before.updated,
      known: Object.fromEntries(known),
      underWay: {
        started,
        place,
        done: [...done],
        ...(changes === undefined ? {} : { changes }),
      },
    });

  for (const id of [...scope.collections].sort()) {
    if (done.has(id)) continue;
    const resumed = before.underWay?.place?.collection === id ? before.underWay.place : null;
    try {
      const place = resumed ?? (await readCollection(settings, id, known.get(id), signal));
      started ??= place.at;
      yield* visit(settings, scope.properties, place, known, done, at, signal);
    } catch (error) {
      if (!(error instanceof EndlessPages) && !(error instanceof KlaviyoFailure)) throw error;
      const status = error instanceof KlaviyoFailure ? error.status : null;
      if (error instanceof KlaviyoFailure && ![400, 403, 404].includes(status ?? 0)) throw error;
      settings.log("a list or segment could not be followed", { system: "klaviyo", collection: id, status });
      // Should it come back, it is read as new: nobody left it meanwhile.
      if (status === 404) known.delete(id);
      done.add(id);
      const problem = collectionProblem(id, error);
      yield { kind: "collection_gone", collection: id, problem, cursor: at(null) };
    }
  }

  if (before.updated !== null || started === null) {
    yield* changesSince(settings, scope.properties, before, signal, (page, time) => {
      started ??= time;
      return at(null, page);
    });
  }
  for (const id of known.keys()) if (!scope.collections.includes(id)) known.delete(id);
  const end: Position = { updated: started, known: Object.fromEntries(known), underWay: null };
  yield { kind: "contacts", contacts: [], unreadable: [], members: new Map(), cursor: cursorOf(end) };
}

/** It is this collection's problem: the others continue, and nothing is stopped by it. */
function collectionProblem(collection: string, error: KlaviyoFailure | EndlessPages): Problem {
  const problem =
    error instanceof EndlessPages ? error.problem : problemOfFailure(error, { list: collection });
  return { ...problem, level: "mapping", field: collection };
}

async function* changesSince(
  { calls, client, log }: PullSettings,
  properties: readonly PropertyRequest[],
  { updated, underWay }: Position,
  signal: AbortSignal,
  cursorAfter: (page: string | null, time: number) => Cursor,
): AsyncGenerator<PullPage> {
  if (updated === null) {
    // Nothing was ever read and there is nothing to read: only the time is wanted.
    const { at } = await calls.read(
      client.profiles({ sort: "id", cursor: null, predictions: false }),
      profilePage,
      signal,
    );
    cursorAfter(null, at);
    return;
  }
  // Klaviyo has no greater-or-equal here, and whole seconds only.
  const filter = `greater-than(updated,${filterTime(updated - SECOND - CHANGES_OVERLAP)})`;
  const predictions = asksForPredictions(properties);
  const call = (cursor: string | null) => client.profiles({ sort: "updated", filter, cursor, predictions });
  for await (const page of pages(
    calls,
    client.origin,
    profilePage,
    call,
    underWay?.changes ?? null,
    signal,
  )) {
    yield {
      kind: "contacts",
      ...contactsOf(page.data, properties, log),
      members: new Map(),
      cursor: cursorAfter(page.next, page.at),
    };
  }
}
