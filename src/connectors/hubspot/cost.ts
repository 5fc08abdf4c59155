import type { Cost, Work } from "../connector.ts";
import { BURST } from "./wire/calls.ts";
import { BATCH } from "./contacts.ts";

/** Batches of a hundred: a create is one write, an update is read before it is written, a list takes its own calls. */
export function cost({ creates, updates, listChanges }: Work, apiShare: number): Cost {
  const batches = (count: number) => Math.ceil(count / BATCH);
  const requests = batches(creates) + 2 * batches(updates) + batches(listChanges);
  return { requests, seconds: Math.ceil((requests * BURST.perMs) / 1_000 / (BURST.calls * apiShare)) };
}
