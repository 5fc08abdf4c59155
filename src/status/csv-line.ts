/** With these a cell is a formula to some spreadsheet, which then may send away what stands beside it. */
const FORMULA = /^[\s\p{Cf}]*[=+\-@\t\r\n|%＝＋－＠]/u;

/** Cells as one line of RFC 4180; what would be a formula is text, by an apostrophe before it (contract S7). */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | null): string {
  if (value === null) return "";
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
