import type { Transform, TransformKind } from "../../model/transform.ts";
import { prefix, removePrefix } from "./affixes.ts";
import { dateFormat } from "./days.ts";
import { lower, title, trim, upper } from "./letters.ts";
import { join, split } from "./lists.ts";
import { bucket, round } from "./numbers.ts";
import { digits, phoneE164 } from "./phone.ts";
import type { TransformRow } from "./row.ts";
import { constant, ifEmpty } from "./stand-ins.ts";

/** Every transform, one row each, by its name in the mapping file. A kind without a row does not compile. */
export const TRANSFORMS: { readonly [K in TransformKind]: TransformRow<K> } = {
  phone_e164: phoneE164,
  round,
  digits,
  lower,
  upper,
  title,
  trim,
  date_format: dateFormat,
  bucket,
  join,
  split,
  default: ifEmpty,
  constant,
  prefix,
  remove_prefix: removePrefix,
};

/** The row of a step. */
export function rowOf<T extends Transform>(step: T): TransformRow<T["kind"]> {
  return TRANSFORMS[step.kind] as unknown as TransformRow<T["kind"]>;
}

/** The examples of all rows. */
export const EXAMPLES: readonly Transform[] = Object.values(TRANSFORMS).flatMap(
  ({ examples }): readonly Transform[] => examples,
);
