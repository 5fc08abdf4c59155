import type { Diagnostic } from "../../src/mapping/diagnostics/diagnostic.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";

/** Most of these mappings have one rule, so a direction of their fields leads nowhere: `meaning-directions.test.ts`. */
const ONE_RULE = "M228";

function diagnosticsOf(text: string): readonly Diagnostic[] {
  return parseMapping(text, "test.yaml").diagnostics.filter(({ code }) => code !== ONE_RULE);
}

/** What is said about a mapping, short: `M101 39:5-13` is code, line, first column and the column after the last. */
export function told(text: string): readonly string[] {
  return diagnosticsOf(text).map(short);
}

export function short(each: Diagnostic): string {
  const mark = each.severity === "error" ? "" : ` ${each.severity}`;
  return `${each.code}${mark} ${each.line}:${each.column}-${each.column + each.length}`;
}

/** The words of the only diagnostic: message and help. Fails where there is none or more than one. */
export function words(text: string): { readonly message: string; readonly help: string | null } {
  const [only, ...more] = diagnosticsOf(text);
  if (only === undefined || more.length > 0) throw new Error(`not one diagnostic: ${told(text).join("; ")}`);
  return { message: only.message, help: only.help };
}
