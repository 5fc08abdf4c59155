/** The two clocks of a run. */
export interface Clocks {
  readonly now: () => Date;
  readonly monotonic?: (() => number) | undefined;
}

/** A moment on both clocks. Milliseconds. */
export interface Mark {
  readonly wall: number;
  readonly monotonic: number;
}

export function markNow({ now, monotonic = () => performance.now() }: Clocks): Mark {
  return { wall: now().getTime(), monotonic: monotonic() };
}

/**
 * Milliseconds since a mark, by the clock that says more: the monotonic one stands still while a machine is suspended,
 * the other may be set back. Too old costs a reading, too young an edit.
 */
export function ageMs(mark: Mark, clocks: Clocks): number {
  const { wall, monotonic } = markNow(clocks);
  return Math.max(monotonic - mark.monotonic, wall - mark.wall);
}
