import { z } from "zod";
import type { Transform } from "../../model/transform.ts";
import { wrong } from "../wrong.ts";
import { TRANSFORMS } from "./transforms.ts";

const shape = Object.fromEntries(
  Object.entries(TRANSFORMS).map(([kind, { schema, help }]) => [kind, schema.optional().describe(help)]),
);

const entry = z.strictObject(shape).refine((step) => Object.keys(step).length === 1, {
  error: (issue) => {
    const several = Object.keys(issue.input as object).length > 1;
    const help = "steps run left to right: `[{ trim: true }, { lower: true }]`";
    return several
      ? wrong("has several transforms in one step", help)
      : wrong("has no transform in it", "name one, or delete the step");
  },
});

/** `to_hubspot`, `to_klaviyo`: one transform, or a list of them. */
export const transforms = z.union([entry, z.array(entry).max(20)], {
  error: wrong(
    "must be a transform or a list of them",
    "for example `{ phone_e164: { default_country: EE } }`",
  ),
});

export type TransformEntry = z.infer<typeof entry>;

/**
 * The step that one entry of the file says; `null` where it says none, which its shape does not allow.
 *
 * @param exact what is joined must come back as the same list
 */
export function readTransform(written: TransformEntry, exact: boolean): Transform | null {
  for (const [kind, row] of Object.entries(TRANSFORMS)) {
    const argument = written[kind];
    if (argument !== undefined) return row.read(argument, exact);
  }
  return null;
}
