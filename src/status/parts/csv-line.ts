import type { Sight } from "../../words/sight.ts";
import { WHOLE_SIGHT } from "../../words/sight.ts";

/** A text, or the address of somebody that Tandem knows. */
export type CsvCell = string | null | { readonly email: string };

/** With these a cell is a formula to some spreadsheet, which then may send away what stands beside it. */
const FORMULA = /^[\s\p{Cf}]*[=+\-@\t\r\n|%＝＋－＠]/u;

/** Cells as one line of RFC 4180; what would be a formula is text, by an apostrophe before it. */
export function csvLine(cells: readonly CsvCell[], sight: Sight = WHOLE_SIGHT): string {
  return `${cells.map((one) => cell(one, sight)).join(",")}\r\n`;
}

function cell(given: CsvCell, sight: Sight): string {
  if (given === null) return "";
  const value = typeof given === "string" ? sight.text(given) : sight.email(given.email);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
