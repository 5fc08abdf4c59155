import { knowOptions } from "../../values/know-options.ts";
import type { Mapping } from "../../model/mapping.ts";
import { syncedFields } from "../../model/mapping.ts";
import type { RunContext } from "../../pull/run-context.ts";
import { withoutClashes } from "./clashing-types.ts";
import type { Opened } from "../deps.ts";
import type { ReadyConnection } from "./prepare-run.ts";
import { markUnwritable } from "./unwritable-properties.ts";

/** What every step of a run stands on, once it is known what the accounts have. */
export function runContext(
  opened: Opened,
  mapping: Mapping,
  {
    schemas,
    scope,
    consent,
    shapes,
    candidates,
  }: Pick<ReadyConnection, "schemas" | "scope" | "consent" | "shapes" | "candidates">,
): RunContext {
  const fields = knowOptions(markUnwritable(withoutClashes(mapping.fields, schemas), schemas), schemas);
  return {
    ...opened,
    fields: syncedFields({ ...mapping, fields }),
    identity: mapping.identity,
    scope,
    consent,
    shapes,
    candidates,
    comparison: null,
  };
}
