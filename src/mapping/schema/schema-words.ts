import { z } from "zod";
import { DURATION } from "./duration.ts";
import { wrong } from "../../values/wrong.ts";

const durationWords = wrong(
  "must be a duration",
  "write a number and s, m, h or d, for example `30s` or `6h`",
);

export const duration = z.string({ error: durationWords }).regex(DURATION, { error: durationWords });

const PERCENT = /^(?:100|\d{1,2}(?:\.\d{1,2})?)%$/;

const percentWords = wrong("must be a percentage", "for example `60%`");

export const percent = z.string({ error: percentWords }).regex(PERCENT, { error: percentWords });

const countOrShare = wrong("must be a number of contacts or a percentage", "for example `500` or `5%`");

export const limit = z.union(
  [
    z.int({ error: countOrShare }).min(0, { error: countOrShare }).max(10_000_000, { error: countOrShare }),
    z.string().regex(PERCENT, { error: countOrShare }),
  ],
  { error: countOrShare },
);

/** Names that would reach into JavaScript's own objects wherever one is used as a key. */
const RESERVED: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** A name of a property, with nothing in it that could be another thing than a name. */
export const propertyName = z
  .string()
  .min(1, { error: wrong("must not be empty", "write the property's internal name") })
  .max(255, { error: wrong("is longer than any property name", "write the property's internal name") })
  .refine((name) => !name.split(".").some((part) => RESERVED.has(part)), {
    error: (issue) =>
      wrong(`cannot be \`${String(issue.input)}\``, "this name is reserved; rename the property"),
    params: { code: "M109" },
  })
  .refine((name) => name.trim() === name && !name.includes("\n"), {
    error: wrong("begins or ends with a space, or has several lines", "write the name alone"),
  });

export const identifier = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
    error: wrong("must be a short name", "letters, digits, `.`, `_` and `-`, at most 63"),
  })
  .refine((name) => !RESERVED.has(name), {
    error: (issue) => wrong(`cannot be \`${String(issue.input)}\``, "this name is reserved; use another"),
    params: { code: "M109" },
  });

const nameOrIdWords = wrong("must be a name or an id", "names need quotes if they contain `:` or `#`");

/** A list or segment. Plain numbers are ids of HubSpot lists. */
export const nameOrId = z.union(
  [
    z.string({ error: nameOrIdWords }).min(1, { error: nameOrIdWords }).max(255, { error: nameOrIdWords }),
    z.int({ error: nameOrIdWords }).positive({ error: nameOrIdWords }),
  ],
  { error: nameOrIdWords },
);

export const direction = z.enum(["both", "to_klaviyo", "to_hubspot"]);
export const winner = z.enum(["hubspot", "klaviyo", "newest"]);
export const tie = z.enum(["hubspot", "klaviyo"]);
export const onEmpty = z.enum(["keep", "clear"]);
export const onInvalid = z.enum(["skip_field", "error"]);
export const onTargetEdit = z.enum(["keep", "enforce"]);
