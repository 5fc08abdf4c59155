export type SortKey = number | string;

/** A place in an order: equal keys stand in the order of their ids. */
export interface Place {
  readonly key: SortKey;
  readonly id: string;
}

/** Ids kept in order while they come and go, so that no page has to sort a hundred thousand rows. */
export interface SortedIndex {
  readonly size: number;
  add(key: SortKey, id: string): void;
  remove(key: SortKey, id: string): void;
  /** Walks from just behind a place (or from the end) in one direction. Do not change the index while walking. */
  walk(descending: boolean, after?: Place): Iterable<Place>;
}

/** Small enough to insert in by moving, large enough to keep the number of pieces small at 100,000 entries. */
const PIECE = 512;

export function sortedIndex(): SortedIndex {
  const pieces: Place[][] = [];
  let size = 0;

  const pieceFor = (place: Place): number => {
    let low = 0;
    let high = pieces.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = pieces[middle]?.at(-1);
      if (last !== undefined && compare(last, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get size() {
      return size;
    },
    add(key, id) {
      const place = { key, id };
      size += 1;
      const which = pieceFor(place);
      const piece = pieces[which];
      if (piece === undefined) {
        pieces.push([place]);
        return;
      }
      piece.splice(lowerBound(piece, place), 0, place);
      if (piece.length > PIECE * 2) pieces.splice(which + 1, 0, piece.splice(PIECE));
    },
    remove(key, id) {
      const place = { key, id };
      const which = pieceFor(place);
      const piece = pieces[which];
      if (piece === undefined) return;
      const at = lowerBound(piece, place);
      const found = piece[at];
      if (found === undefined || compare(found, place) !== 0) return;
      piece.splice(at, 1);
      size -= 1;
      if (piece.length === 0) pieces.splice(which, 1);
    },
    *walk(descending, after) {
      if (descending) {
        let which = after === undefined ? pieces.length - 1 : pieceFor(after);
        let stop = after === undefined ? undefined : lowerBound(pieces[which] ?? [], after);
        for (; which >= 0; which -= 1, stop = undefined) {
          const piece = pieces[which] ?? [];
          for (let at = (stop ?? piece.length) - 1; at >= 0; at -= 1) yield piece[at] as Place;
        }
        return;
      }
      let which = after === undefined ? 0 : pieceFor(after);
      let start = after === undefined ? 0 : upperBound(pieces[which] ?? [], after);
      for (; which < pieces.length; which += 1, start = 0) {
        const piece = pieces[which] ?? [];
        for (let at = start; at < piece.length; at += 1) yield piece[at] as Place;
      }
    },
  };
}

function compare(left: Place, right: Place): number {
  if (left.key !== right.key) return left.key < right.key ? -1 : 1;
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}

/** The first position that is not before the place. */
function lowerBound(piece: readonly Place[], place: Place): number {
  let low = 0;
  let high = piece.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(piece[middle] as Place, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first position that is behind the place. */
function upperBound(piece: readonly Place[], place: Place): number {
  const at = lowerBound(piece, place);
  const found = piece[at];
  return found !== undefined && compare(found, place) === 0 ? at + 1 : at;
}
