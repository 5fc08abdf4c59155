import { structuredPatch } from "diff";

/** A line of a diff, with its number in the text that it is of. */
export interface DiffLine {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
  /** 1-based: in the new text, or in the old one for a line that is gone. */
  readonly line: number;
}

/** Lines round a change that are shown with it. */
const CONTEXT = 3;
/** The time that a diff takes grows with the changed lines. Texts with more of them are two texts, and shown one after the other. */
const MOST_CHANGED_LINES = 3_000;

const KINDS: Readonly<Record<string, DiffLine["kind"]>> = { " ": "same", "-": "gone", "+": "new" };

/** What changed between two texts, line by line, in stretches with a few lines round each. */
export function lineDiff(before: string, after: string): readonly (readonly DiffLine[])[] {
  const options = { context: CONTEXT, maxEditLength: MOST_CHANGED_LINES };
  const patch = structuredPatch("", "", ended(before), ended(after), undefined, undefined, options);
  if (patch === undefined) return [[...all(before, "gone"), ...all(after, "new")]];
  return patch.hunks.map(({ oldStart, newStart, lines }) => {
    let [old, now] = [oldStart, newStart];
    return lines.map((marked): DiffLine => {
      const kind = KINDS[marked.charAt(0)] ?? "same";
      const line = kind === "gone" ? old : now;
      if (kind !== "new") old += 1;
      if (kind !== "gone") now += 1;
      return { kind, text: marked.slice(1), line };
    });
  });
}

/** A last line with and without its line break is the same line. */
function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

function all(text: string, kind: DiffLine["kind"]): readonly DiffLine[] {
  return text.split("\n").map((line, index) => ({ kind, text: line, line: index + 1 }));
}
