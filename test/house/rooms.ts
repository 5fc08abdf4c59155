import type { TextFile } from "../support/text-files.ts";

export interface Room {
  readonly name: string;
  readonly files: number;
  readonly lines: number;
}

/** Files and lines by first folder. Files of the root are the room of their own name. */
export function rooms(files: readonly TextFile[]): readonly Room[] {
  const found = new Map<string, { files: number; lines: number }>();
  for (const { path, text } of files) {
    const [name = path] = path.split("/");
    const room = found.get(name) ?? { files: 0, lines: 0 };
    found.set(name, { files: room.files + 1, lines: room.lines + lines(text) });
  }
  return [...found].map(([name, room]) => ({ name, ...room })).sort((a, b) => b.lines - a.lines);
}

/** How many of these files stand directly in each folder, most first. */
export function folderSizes(paths: readonly string[]): readonly (readonly [string, number])[] {
  const sizes = new Map<string, number>();
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    sizes.set(folder, (sizes.get(folder) ?? 0) + 1);
  }
  return [...sizes].sort(([, a], [, b]) => b - a);
}

export function lines(text: string): number {
  return text.trimEnd().split("\n").length;
}

/** @returns 0 where there is none */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return (upper + lower) / 2;
}

/** @returns 0 where there is none */
export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / (numbers.length || 1);
}
