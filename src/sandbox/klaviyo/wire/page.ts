import type { Call } from "../../route.ts";
import type { Place, SortedIndex, SortKey } from "../state/sorted-index.ts";
import { selfLink } from "./document.ts";
import { invalid, invalidParameter } from "./vendor-error.ts";

export interface PageLinks {
  readonly self: string;
  readonly next: string | null;
  readonly prev: string | null;
}

export interface PageSizes {
  readonly standard: number;
  /** Null where the size is fixed and `page[size]` not accepted. */
  readonly max: number | null;
}

/** Above every key and id in use. */
const BEHIND_ALL = "\u{10ffff}";

/**
 * One page of an order. The cursor holds the last row's place, not a position: rows that come, go or move while
 * somebody reads are seen, missed or seen twice exactly as their places have it.
 */
export function pageOf<T>(
  call: Call,
  from: {
    readonly index: SortedIndex;
    readonly descending: boolean;
    readonly sizes: PageSizes;
    /** Numeric keys outside are not walked. */
    readonly range?: { readonly min: number; readonly max: number };
    /** The row at a place, or undefined where it is filtered out. */
    readonly pick: (place: Place) => T | undefined;
  },
): { readonly rows: readonly T[]; readonly links: PageLinks } {
  const size = sizeOf(call, from.sizes);
  const cursor = cursorOf(call);
  const forward = cursor?.forward ?? true;
  const descending = from.descending === forward;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = from.range ?? {};

  const found: { readonly place: Place; readonly row: T }[] = [];
  let more = false;
  for (const place of from.index.walk(descending, cursor?.place ?? edge(descending, min, max))) {
    if (typeof place.key === "number") {
      if (descending ? place.key < min : place.key > max) break;
      if (descending ? place.key > max : place.key < min) continue;
    }
    const row = from.pick(place);
    if (row === undefined) continue;
    if (found.length === size) {
      more = true;
      break;
    }
    found.push({ place, row });
  }
  if (!forward) found.reverse();

  const first = found[0]?.place;
  const last = found.at(-1)?.place;
  const before = forward ? cursor !== null : more;
  const behind = forward ? more : cursor !== null;
  return {
    rows: found.map(({ row }) => row),
    links: {
      self: selfLink(call),
      next: behind && last !== undefined ? linkTo(call, last, true) : null,
      prev: before && first !== undefined ? linkTo(call, first, false) : null,
    },
  };
}

function edge(descending: boolean, min: number, max: number): Place | undefined {
  const key = descending ? max : min;
  return Number.isFinite(key) ? { key, id: descending ? BEHIND_ALL : "" } : undefined;
}

function sizeOf(call: Call, { standard, max }: PageSizes): number {
  const text = call.query.get("page[size]");
  if (text === null || max === null) return standard;
  const size = Number(text);
  if (!/^\d+$/.test(text) || size < 1 || size > max) {
    throw invalidParameter(`Page size must be an integer between 1 and ${max}.`, "page[size]");
  }
  return size;
}

function linkTo(call: Call, place: Place, forward: boolean): string {
  const cursor = JSON.stringify([place.key, place.id, forward, fingerprint(call)]);
  return selfLink(call, { "page[cursor]": Buffer.from(cursor).toString("base64") });
}

function cursorOf(call: Call): { readonly place: Place; readonly forward: boolean } | null {
  const text = call.query.get("page[cursor]");
  if (text === null) return null;
  const wrong = (): Error => invalid("Invalid cursor provided.", "/data/");
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(text, "base64").toString());
  } catch {
    throw wrong();
  }
  if (!Array.isArray(decoded)) throw wrong();
  const [key, id, forward, print] = decoded as unknown[];
  const isKey = (value: unknown): value is SortKey => typeof value === "number" || typeof value === "string";
  // A cursor belongs to the filter and sort it was given for; with others it would point anywhere.
  if (!isKey(key) || typeof id !== "string" || typeof forward !== "boolean" || print !== fingerprint(call)) {
    throw wrong();
  }
  return { place: { key, id }, forward };
}

/** FNV-1a over what a cursor must not be mixed with. */
function fingerprint(call: Call): number {
  const path = (call.path.split("?", 1)[0] ?? "").replace(/\/+$/, "");
  const text = `${path}\n${call.query.get("filter") ?? ""}\n${call.query.get("sort") ?? ""}`;
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash;
}
