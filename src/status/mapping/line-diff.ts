/** A line of a diff, with its number in the text that it is of. */
export interface DiffLine {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
  /** 1-based: in the new text, or in the old one for a line that is gone. */
  readonly line: number;
}

/** Lines round a change that are shown with it. */
const CONTEXT = 3;
/** Beyond this the table of all pairs is too large; a mapping has a few hundred lines. */
const MOST_PAIRS = 4_000_000;

/** What changed between two texts, by their longest common lines, in stretches with a few lines round each. */
export function lineDiff(before: string, after: string): readonly (readonly DiffLine[])[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (
    tail < Math.min(old.length, now.length) - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail += 1;
  const middle = changed(old.slice(head, old.length - tail), now.slice(head, now.length - tail), head);
  const same = (text: string, index: number): DiffLine => ({ kind: "same", text, line: index + 1 });
  const all = [
    ...now.slice(0, head).map(same),
    ...middle,
    ...now.slice(now.length - tail).map((text, index) => same(text, now.length - tail + index)),
  ];
  return stretches(all);
}

/** The middle, where the two differ: the longest common lines stay, the rest is gone or new. */
function changed(old: readonly string[], now: readonly string[], offset: number): readonly DiffLine[] {
  const gone = (index: number): DiffLine => ({
    kind: "gone",
    text: old[index] ?? "",
    line: offset + index + 1,
  });
  const fresh = (index: number): DiffLine => ({
    kind: "new",
    text: now[index] ?? "",
    line: offset + index + 1,
  });
  if (old.length * now.length > MOST_PAIRS)
    return [...old.map((_text, index) => gone(index)), ...now.map((_text, index) => fresh(index))];
  const longest = lengths(old, now);
  const lines: DiffLine[] = [];
  let [one, other] = [0, 0];
  while (one < old.length || other < now.length) {
    if (one < old.length && other < now.length && old[one] === now[other]) {
      lines.push({ ...fresh(other), kind: "same" });
      [one, other] = [one + 1, other + 1];
    } else if (
      one < old.length &&
      (other >= now.length || at(longest, one + 1, other) >= at(longest, one, other + 1))
    ) {
      lines.push(gone(one));
      one += 1;
    } else {
      lines.push(fresh(other));
      other += 1;
    }
  }
  return lines;
}

/** How many lines the rests from each pair on have in common. */
function lengths(old: readonly string[], now: readonly string[]): readonly Uint32Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let one = old.length - 1; one >= 0; one -= 1) {
    for (let other = now.length - 1; other >= 0; other -= 1) {
      const row = table[one];
      if (row === undefined) continue;
      row[other] =
        old[one] === now[other]
          ? at(table, one + 1, other + 1) + 1
          : Math.max(at(table, one + 1, other), at(table, one, other + 1));
    }
  }
  return table;
}

function at(table: readonly Uint32Array[], row: number, column: number): number {
  return table[row]?.[column] ?? 0;
}

function stretches(all: readonly DiffLine[]): readonly (readonly DiffLine[])[] {
  const kept = new Set<number>();
  for (const [index, { kind }] of all.entries()) {
    if (kind === "same") continue;
    for (let near = index - CONTEXT; near <= index + CONTEXT; near += 1) kept.add(near);
  }
  const found: DiffLine[][] = [];
  for (const [index, line] of all.entries()) {
    if (!kept.has(index)) continue;
    if (!kept.has(index - 1) || found.length === 0) found.push([]);
    found.at(-1)?.push(line);
  }
  return found;
}
