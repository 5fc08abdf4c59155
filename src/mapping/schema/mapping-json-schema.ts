import { z } from "zod";
import { mappingFile } from "./schema.ts";

/**
 * The format as JSON Schema (draft 7, which the YAML language server understands) for completion, hover and the first
 * mistakes in an editor. `tandem check` sees more.
 */
export function mappingJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(mappingFile, { target: "draft-7", io: "input" });
  // Zod has no word for it: keys beginning with `x-` at the top are free, as a place for anchors.
  return { $schema, title: "Tandem mapping", ...rest, patternProperties: { "^x-": {} } };
}
