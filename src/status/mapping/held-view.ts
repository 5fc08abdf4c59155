import { FOUND } from "../../lanes/contacts/prepare-run.ts";
import { collectionNames } from "../../mapping/accounts/collection-names.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Store } from "../../store/database/store.ts";
import type { HeldPerson } from "../../store/runs/held-people.ts";
import { heldPeople } from "../../store/runs/held-people.ts";
import type { WaitingHold } from "../../store/runs/holds.ts";
import { heldWords, waitingHold } from "../../store/runs/holds.ts";
import { readCursors } from "../../store/snapshots/cursors.ts";
import type { HeldChange } from "../../words/held-words.ts";
import { NO_NAMES, heldChange } from "../../words/held-words.ts";

/** A held change and its person, as a page or a terminal shows it. */
export interface HeldEntry {
  /** As stored, for what this version of Tandem cannot read. */
  readonly words: string;
  readonly change: HeldChange | null;
  readonly person: HeldPerson | null;
}

/** The hold that waits for a decision. */
export interface ShownHold {
  readonly waiting: WaitingHold;
  /** The first of them. */
  readonly changes: readonly HeldEntry[];
}

/**
 * What waits for a decision, with names of people and lists; `null` where nothing does.
 *
 * @param limit how many changes to read
 */
export async function readHold(
  store: Store,
  mapping: Mapping | null,
  limit: number,
): Promise<ShownHold | null> {
  const waiting = await waitingHold(store);
  if (waiting === null) return null;
  const found = await readCursors(store, FOUND);
  const names = mapping === null ? NO_NAMES : collectionNames(mapping.rules, found);
  const words = await heldWords(store, waiting.id, limit);
  const changes = words.map((one) => ({ words: one, change: heldChange(one, names) }));
  const who = changes.flatMap(({ change }) => (change === null ? [] : [change.who]));
  const people = await heldPeople(store, who);
  return {
    waiting,
    changes: changes.map((one) => ({
      ...one,
      person: one.change === null ? null : (people.get(one.change.who) ?? null),
    })),
  };
}
