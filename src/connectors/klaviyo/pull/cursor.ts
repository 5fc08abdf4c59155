import { z } from "zod";
import type { Cursor } from "../../connector.ts";

const groupKind = z.enum(["list", "segment"]);

/** What is known of a collection since it was last read to its end. */
const knownCollection = z.object({
  kind: groupKind,
  /** The server's time of the count, in milliseconds: who joined later is not in it. */
  since: z.number(),
  /** How many members it had then; `null` where Klaviyo was still computing them. */
  count: z.number().nullable(),
  /** A roster is followed by another at the next pull: a leave counts when it was seen twice (CONTRACT.md, Late changes). */
  confirm: z.boolean(),
});
export type KnownCollection = z.infer<typeof knownCollection>;

/** Where in one collection a pull is. */
const place = z.object({
  collection: z.string(),
  kind: groupKind,
  step: z.enum(["members", "joins", "roster", "everybody"]),
  /** Klaviyo's own cursor of the page to read next. */
  page: z.string().nullable(),
  /** The count that this visit began with, and the server's time of it. */
  count: z.number().nullable(),
  at: z.number(),
  /** Joins since the last count: certainly counted in this one, and those that may be (same second as a count). */
  joined: z.object({ certain: z.number(), possible: z.number() }),
});
export type Place = z.infer<typeof place>;

const position = z.object({
  /** Changes from here on are still to come: the server's time before the first page of the last pull, milliseconds. */
  updated: z.number().nullable(),
  known: z.record(z.string(), knownCollection),
  /** Only while a pull is under way. */
  underWay: z
    .object({
      /** The server's time before the first page; `null` while there was no answer yet that told it. */
      started: z.number().nullable(),
      place: place.nullable(),
      /** The collections this pull is done with. */
      done: z.array(z.string()),
      /** The page of changes to read next; undefined before the collections are done. */
      changes: z.string().nullable().optional(),
    })
    .nullable(),
});
export type Position = z.infer<typeof position>;

export function cursorOf(at: Position): Cursor {
  return JSON.stringify(at);
}

/** Where to continue; from the start for none, and for one that is not ours. */
export function positionOf(cursor: Cursor | null): Position {
  const start: Position = { updated: null, known: {}, underWay: null };
  if (cursor === null) return start;
  try {
    const parsed = position.safeParse(JSON.parse(cursor));
    return parsed.success ? parsed.data : start;
  } catch {
    return start;
  }
}
