import { z } from "zod";
import type { QuietTime } from "../../model/quiet-time.ts";
import { wrong } from "../../values/wrong.ts";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

const clockWords = wrong("must be a time of day in quotes", 'from `"00:00"` to `"23:59"`');
const clock = z.string({ error: clockWords }).regex(CLOCK, { error: clockWords });

/** `schedule.quiet` of the mapping file: when no run begins by itself. */
export const quiet = z
  .array(
    z.strictObject({
      days: z.array(z.enum(DAYS)).min(1).describe("Days of the week on which it begins."),
      from: clock.describe('Begin, "HH:MM", in `timezone`.'),
      to: clock.describe('End, "HH:MM", in `timezone`; before the begin: on the next day.'),
    }),
  )
  .describe("Times in which no run begins by itself; `tandem sync` runs whenever it is called.");

export function quietTime({ days, from, to }: z.infer<typeof quiet>[number]): QuietTime {
  return { days: days.map((day) => DAYS.indexOf(day)), from: minutes(from), to: minutes(to) };
}

function minutes(written: string): number {
  const [hours = 0, more = 0] = written.split(":").map(Number);
  return hours * 60 + more;
}
