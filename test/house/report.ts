import type { Figures } from "./figures.ts";
import { GOALS } from "./figures.ts";

/** The figures as a page of text; a `!` stands before what is over its goal. */
export function reportText(figures: Figures): string {
  const { circles } = figures;
  return [
    "Rooms (files, lines)",
    ...figures.rooms.map(({ name, files, lines }) => row("", name, files, lines)),
    sum(figures),
    "",
    `Largest folders (goal: ${GOALS.folder} files)`,
    ...goals(figures.largestFolders, GOALS.folder),
    "",
    `Imports of a file: median ${figures.imports.median}, mean ${figures.imports.mean}`,
    "",
    `Files touched (goals: contact ${GOALS.contactFiles}, page ${GOALS.pageFiles})`,
    ...goals({ "one edited contact": figures.contactFiles }, GOALS.contactFiles),
    ...goals(figures.pageFiles, GOALS.pageFiles),
    "",
    `Circles of imports (goal: ${GOALS.circles})`,
    ...goals({ "at run time": circles.runTime.length, "by types": circles.types.length }, GOALS.circles),
    ...[...circles.runTime, ...circles.types].map((group) => `    ${group.join(", ")}`),
    "",
    `Words that must not come back (goal: ${GOALS.unwantedWords})`,
    ...goals(figures.unwantedWords, GOALS.unwantedWords),
    "",
  ].join("\n");
}

function sum({ rooms }: Figures): string {
  const files = rooms.reduce((all, room) => all + room.files, 0);
  const lines = rooms.reduce((all, room) => all + room.lines, 0);
  return row("", "src", files, lines);
}

function goals(numbers: Readonly<Record<string, number>>, goal: number): readonly string[] {
  return Object.entries(numbers).map(([name, number]) => row(number > goal ? "!" : "", name, number));
}

function row(mark: string, name: string, ...numbers: readonly number[]): string {
  const cells = numbers.map((number) => String(number).padStart(7)).join("");
  return `${mark.padStart(3)} ${name.padEnd(30)}${cells}`;
}
