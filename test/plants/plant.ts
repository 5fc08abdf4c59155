/** A bug that somebody could make, and the test that has to notice it. */
export interface Plant {
  readonly name: string;
  /** What goes wrong with it. */
  readonly bug: string;
  readonly changes: readonly PlantedChange[];
  readonly noticedBy: Notice;
}

/** A text of a source file that occurs once, and what stands there with the bug. */
export interface PlantedChange {
  readonly file: string;
  readonly text: string;
  readonly planted: string;
}

/** The narrowest test that fails: its file, and a part of its name. */
export interface Notice {
  readonly file: string;
  readonly test: string;
}

/**
 * The source with the bug in it.
 *
 * @throws where the text to replace is not there, or more than once: then the plant is out of date
 */
export function withBug(source: string, { file, text, planted }: PlantedChange): string {
  const [before, after, ...more] = source.split(text);
  if (before === undefined || after === undefined) throw new Error(`${file} has no longer: ${text}`);
  if (more.length > 0) throw new Error(`${file} has more than once: ${text}`);
  if (text === planted) throw new Error(`${file} stays as it is: ${text}`);
  return before + planted + after;
}
