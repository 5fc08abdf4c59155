import { z } from "zod";
import type { Band } from "../../model/transform.ts";
import { canonicalDate, canonicalNumber, canonicalText } from "../../model/value.ts";
import { compareDecimals, roundDecimal } from "../decimal.ts";
import { wrong } from "../wrong.ts";
import { row } from "./row.ts";

const decimals = z.int().min(0).max(10);

export const round = row<"round", typeof decimals>({
  schema: decimals,
  help: "A number rounded to this many decimals, halves away from zero. Loses information: no way back.",
  read: (written) => ({ kind: "round", digits: written }),
  takes: () => ["number"],
  gives: (_step, type) => type,
  fixesType: true,
  back: () => ({ loses: "3.14159265359" }),
  apply: (value, step) => roundDecimal(String(value), step.digits),
  examples: [{ kind: "round", digits: 2 }],
});

const edge = z.union([z.number(), z.string()], {
  error: wrong("must be a number or a day", "for example `below: 100` or `below: 2026-01-31`"),
});

const EDGE_HELP =
  "numbers, or days as `2026-01-31`; a count of days from today would change values that nobody edited";

const band = z.strictObject({
  below: edge
    .refine((written) => edgeKind(written) !== null, {
      error: (issue) => wrong(`cannot be \`${String(issue.input)}\``, EDGE_HELP),
    })
    .optional()
    .describe("Values below this number, or days before this day. The last band has none: all the rest."),
  name: z
    .string()
    .regex(/\S/, { error: wrong("must not be empty", "write what the other side is to show") })
    .describe("What the other side shows for them."),
});

type BandEntry = z.infer<typeof band>;

const BANDS_EXAMPLE =
  "for example `[{ below: 100, name: small }, { below: 1000, name: medium }, { name: large }]`";

const bands = z.array(band).refine((list) => bandsProblem(list) === null, {
  error: (issue) => wrong(bandsProblem(issue.input as readonly BandEntry[]) ?? "", BANDS_EXAMPLE),
});

/** What keeps a list of bands from having one name for every value, or `null` where nothing does. */
function bandsProblem(list: readonly BandEntry[]): string | null {
  if (list.length < 2) return "needs two bands or more";
  const open = list.findIndex(({ below }) => below === undefined);
  if (open === -1) return "leaves out the largest values: the last band must have no `below`";
  if (open < list.length - 1) return "has a band without `below` before the last one";
  const edges = list.flatMap(({ below }) => (below === undefined ? [] : [below]));
  const kinds = new Set(edges.map(edgeKind));
  if (kinds.size > 1) return "has numbers and days as edges";
  const ascending = edges.every((written, at) => {
    const before = edges[at - 1];
    if (before === undefined) return true;
    return kinds.has("day")
      ? String(before) < String(written)
      : compareDecimals(canonicalEdge(before), canonicalEdge(written)) < 0;
  });
  return ascending ? null : "must have its edges in ascending order";
}

function edgeKind(written: string | number): "number" | "day" | null {
  const text = String(written);
  if (canonicalDate(text) !== undefined) return "day";
  return canonicalNumber(text) === undefined ? null : "number";
}

/** An edge as values are compared with it. */
function canonicalEdge(written: string | number): string {
  const text = String(written);
  return canonicalDate(text) ?? canonicalNumber(text) ?? text;
}

/** Days compare as texts do: their notation is fixed, and a time begins with its day. */
function bandOf(all: readonly Band[], text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}/.test(text);
  const found = all.find(
    ({ below }) => below === null || (day ? text < below : compareDecimals(text, below) < 0),
  );
  return found?.name ?? text;
}

function hasDays(all: readonly Band[]): boolean {
  return all.some(({ below }) => below !== null && /^\d{4}-\d{2}-\d{2}$/.test(below));
}

export const bucket = row<"bucket", typeof bands>({
  schema: bands,
  help: "The name of the band that a number or day falls into; bands in ascending order, the last without `below`. Loses information: no way back.",
  read: (written) => ({
    kind: "bucket",
    bands: written.map(({ below, name }) => ({
      below: below === undefined ? null : canonicalEdge(below),
      name: canonicalText(name) ?? name,
    })),
  }),
  takes: (step) => (hasDays(step.bands) ? ["date", "datetime"] : ["number"]),
  gives: () => "text",
  fixesType: true,
  back: (step) => ({ loses: step.bands[0]?.below ?? "0" }),
  apply: (value, step) => bandOf(step.bands, String(value)),
  examples: [
    {
      kind: "bucket",
      bands: [
        { below: "100", name: "small" },
        { below: null, name: "large" },
      ],
    },
    {
      kind: "bucket",
      bands: [
        { below: "2026-01-01", name: "old" },
        { below: null, name: "new" },
      ],
    },
  ],
});
