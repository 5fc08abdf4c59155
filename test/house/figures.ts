import type { TextFile } from "../support/text-files.ts";
import { textFiles } from "../support/text-files.ts";
import { circles } from "./circles.ts";
import { importGraph } from "./imports.ts";
import type { Room } from "./rooms.ts";
import { folderSizes, mean, median, rooms } from "./rooms.ts";
import type { Trips } from "./trips.ts";
import { unwantedWords } from "./unwanted-words.ts";

/** What the house is measured by. */
export interface Figures {
  readonly rooms: readonly Room[];
  /** Folders of `src/` and `test/` with most files directly in them. */
  readonly largestFolders: Readonly<Record<string, number>>;
  /** Imports of other files of `src/` by a file of it. */
  readonly imports: { readonly median: number; readonly mean: number };
  readonly contactFiles: number;
  readonly pageFiles: Readonly<Record<string, number>>;
  readonly circles: {
    /** Groups of files that import each other at run time. */
    readonly runTime: readonly (readonly string[])[];
    /** Groups that are circles only by their types. */
    readonly types: readonly (readonly string[])[];
  };
  readonly unwantedWords: Readonly<Record<string, number>>;
}

/** What each figure should be; `at most`, all of them. */
export const GOALS = {
  folder: 25,
  contactFiles: 110,
  pageFiles: 35,
  circles: 0,
  unwantedWords: 0,
} as const;

const SHOWN_FOLDERS = 12;

/** Reads the files of the repository. */
export function figures(trips: Trips): Figures {
  const [src, test] = [textFiles("src"), textFiles("test")];
  const all = [...inFolder("src", src), ...inFolder("test", test)];
  const graph = importGraph(src);
  const counts = [...graph.values()].map((imports) => imports.length);
  const runTime = circles(graph, "run");
  const known = new Set(runTime.map((group) => group.join()));
  return {
    rooms: rooms(src),
    largestFolders: Object.fromEntries(folderSizes(all.map(({ path }) => path)).slice(0, SHOWN_FOLDERS)),
    imports: { median: median(counts), mean: Math.round(mean(counts) * 10) / 10 },
    contactFiles: trips.contact.length,
    pageFiles: Object.fromEntries(Object.entries(trips.pages).map(([page, files]) => [page, files.length])),
    circles: { runTime, types: circles(graph, "all").filter((group) => !known.has(group.join())) },
    unwantedWords: wordCounts(all),
  };
}

function inFolder(folder: string, files: readonly TextFile[]): readonly TextFile[] {
  return files.map(({ path, text }) => ({ path: `${folder}/${path}`, text }));
}

/** The list itself names every word once. */
function wordCounts(files: readonly TextFile[]): Readonly<Record<string, number>> {
  const list = files.filter(({ path }) => !path.startsWith("test/house/"));
  return Object.fromEntries(
    [...unwantedWords(list)].map(([word, paths]) => [word, [...paths.values()].reduce((a, b) => a + b, 0)]),
  );
}
