import { z } from "zod";
import { ISO_DAY, patternProblem, readDay, writeDay } from "../date-pattern.ts";
import { wrong } from "../wrong.ts";
import { failed, row } from "./row.ts";

const PATTERN_HELP =
  "for example `dd.MM.yyyy`: `yyyy`, `MM` or `M`, `dd` or `d`, each once; two-digit years could be any century";

const pattern = z.string().refine((text) => patternProblem(text) === null, {
  error: (issue) =>
    wrong(`is no notation of a day: ${patternProblem(String(issue.input)) ?? ""}`, PATTERN_HELP),
});

export const dateFormat = row<"date_format", z.ZodObject<{ from: typeof pattern; to: typeof pattern }>>({
  schema: z.strictObject({
    from: pattern.describe("How the day is written on the side it comes from, e.g. dd.MM.yyyy."),
    to: pattern.describe("How the other side is to write it; yyyy-MM-dd is what date properties take."),
  }),
  help: "A day in another notation: yyyy, MM or M, dd or d. The way back is the opposite.",
  read: (written) => ({ kind: "date_format", ...written }),
  takes: ({ from }) => (from === ISO_DAY ? ["date", "text"] : ["text"]),
  gives: ({ to }) => (to === ISO_DAY ? "date" : "text"),
  fixesType: true,
  back: ({ from, to }) => ({ kind: "date_format", from: to, to: from }),
  apply(value, { from, to }) {
    const day = readDay(from, String(value));
    return day === null ? failed(`is no date written \`${from}\``) : writeDay(to, day);
  },
  examples: [
    { kind: "date_format", from: "dd.MM.yyyy", to: ISO_DAY },
    { kind: "date_format", from: ISO_DAY, to: "dd.MM.yyyy" },
  ],
});
