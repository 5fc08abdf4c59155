import { isSupportedCountry } from "libphonenumber-js/max";
import { z } from "zod";
import { canonicalDate, canonicalNumber } from "../model/value.ts";
import { patternProblem } from "./date-pattern.ts";
import { compareDecimals } from "./decimal.ts";
import * as words from "./schema-words.ts";

/** What people write for the United Kingdom; the list of countries has GB. */
const NOT_A_COUNTRY: { readonly [written: string]: string } = { UK: "GB", EN: "GB" };

const country = z.string().refine((code) => isSupportedCountry(code), {
  error: (issue) => {
    const code = String(issue.input).toUpperCase();
    const known = NOT_A_COUNTRY[code] ?? (isSupportedCountry(code) ? code : null);
    const help =
      known === null ? "two capital letters (ISO 3166-1), for example `EE`" : `did you mean \`${known}\`?`;
    return words.wrong(`cannot be \`${String(issue.input)}\``, help);
  },
});

const PATTERN_HELP =
  "for example `dd.MM.yyyy`: `yyyy`, `MM` or `M`, `dd` or `d`, each once; two-digit years could be any century";

const pattern = z.string().refine((text) => patternProblem(text) === null, {
  error: (issue) =>
    words.wrong(`is no notation of a day: ${patternProblem(String(issue.input)) ?? ""}`, PATTERN_HELP),
});

const edge = z.union([z.number(), z.string()], {
  error: words.wrong("must be a number or a day", "for example `below: 100` or `below: 2026-01-31`"),
});

const EDGE_HELP =
  "numbers, or days as `2026-01-31`; a count of days from today would change values that nobody edited";

const band = z.strictObject({
  below: edge
    .refine((written) => edgeKind(written) !== null, {
      error: (issue) => words.wrong(`cannot be \`${String(issue.input)}\``, EDGE_HELP),
    })
    .optional()
    .describe("Values below this number, or days before this day. The last band has none: all the rest."),
  name: z
    .string()
    .regex(/\S/, { error: words.wrong("must not be empty", "write what the other side is to show") })
    .describe("What the other side shows for them."),
});

type BandEntry = z.infer<typeof band>;

const BANDS_EXAMPLE =
  "for example `[{ below: 100, name: small }, { below: 1000, name: medium }, { name: large }]`";

const bands = z.array(band).refine((list) => bandsProblem(list) === null, {
  error: (issue) => words.wrong(bandsProblem(issue.input as readonly BandEntry[]) ?? "", BANDS_EXAMPLE),
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
export function canonicalEdge(written: string | number): string {
  const text = String(written);
  return canonicalDate(text) ?? canonicalNumber(text) ?? text;
}

const separator = z
  .string()
  .min(1, { error: words.wrong("must not be empty", 'for example `", "`, in quotes') })
  .max(10, { error: words.wrong("is longer than 10 characters", 'for example `", "`, in quotes') });

const affix = z
  .string()
  .regex(/\S/, { error: words.wrong("must not be empty", 'for example `"HS-"`') })
  .max(100, { error: words.wrong("is longer than 100 characters", 'for example `"HS-"`') });

const scalarWords = words.wrong("must be a text, a number, `true` or `false`", "put quotes around text");
const scalar = z.union([z.string().regex(/\S/, { error: scalarWords }), z.number(), z.boolean()], {
  error: scalarWords,
});

const on = z.literal(true);

const oneTransform = z
  .strictObject({
    phone_e164: z
      .strictObject({
        default_country: country.describe("Country of phone numbers written without one, e.g. EE."),
      })
      .optional()
      .describe(
        "Phone numbers in international format (E.164). What is none is a problem of that field alone. Needs no way back.",
      ),
    round: z
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe(
        "A number rounded to this many decimals, halves away from zero. Loses information: no way back.",
      ),
    digits: on
      .optional()
      .describe("The digits of a text or phone number and nothing else. Loses information: no way back."),
    lower: on.optional().describe("All letters small; of a list, in each item. Needs no way back."),
    upper: on.optional().describe("All letters capital; of a list, in each item. Needs no way back."),
    title: on
      .optional()
      .describe("Each word with a capital first letter and small others. Needs no way back."),
    trim: on.optional().describe("White space at both ends cut off. Needs no way back."),
    date_format: z
      .strictObject({
        from: pattern.describe("How the day is written on the side it comes from, e.g. dd.MM.yyyy."),
        to: pattern.describe("How the other side is to write it; yyyy-MM-dd is what date properties take."),
      })
      .optional()
      .describe("A day in another notation: yyyy, MM or M, dd or d. The way back is the opposite."),
    bucket: bands
      .optional()
      .describe(
        "The name of the band that a number or day falls into; bands in ascending order, the last without `below`. Loses information: no way back.",
      ),
    join: separator
      .optional()
      .describe('A list as one text with this between its items, e.g. ", ". The way back is `split`.'),
    split: separator
      .optional()
      .describe("A text cut into a list at this; items are trimmed. The way back is `join`."),
    default: scalar
      .optional()
      .describe(
        "What an empty source is taken for, at the first sync too. It stands where `on_empty` would say keep or clear. One way only.",
      ),
    constant: scalar
      .optional()
      .describe("This value, whatever the source holds, empty or not. Loses information: no way back."),
    prefix: affix.optional().describe("This text put before the value. The way back is `remove_prefix`."),
    remove_prefix: affix
      .optional()
      .describe(
        "This text taken off the beginning; a value without it is a problem. The way back is `prefix`.",
      ),
  })
  .refine((step) => Object.keys(step).length === 1, {
    error: (issue) => {
      const several = Object.keys(issue.input as object).length > 1;
      const help = "steps run left to right: `[{ trim: true }, { lower: true }]`";
      return several
        ? words.wrong("has several transforms in one step", help)
        : words.wrong("has no transform in it", "name one, or delete the step");
    },
  });

export const transforms = z.union([oneTransform, z.array(oneTransform).max(20)], {
  error: words.wrong(
    "must be a transform or a list of them",
    "for example `{ phone_e164: { default_country: EE } }`",
  ),
});

export type TransformEntry = z.infer<typeof oneTransform>;
