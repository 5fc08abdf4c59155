/**
 * Lets a test set this process's wall clock, as an administrator or a time server would. Timers continue as they are. To be
 * imported before everything else, because other modules may keep `Date.now`.
 */
const RealDate = Date;
let shift = 0;

class ShiftedDate extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(RealDate.now() + shift);
    else super(...(given as [number]));
  }
  static override now(): number {
    return RealDate.now() + shift;
  }
}
globalThis.Date = ShiftedDate as DateConstructor;

export function shiftClock(ms: number): void {
  shift += ms;
}
