import type { Diagnostic, Finding } from "../diagnostics/diagnostic.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import { lexicalExcess } from "./lexical-excess.ts";

/** Far above any real mapping (the full example has 9 KB), far below what takes a second to read. */
export const LARGEST_FILE = 256 * 1024;

/** Control characters but tab, line feed, carriage return and NEL, and halves of characters; YAML 1.2 § 5.1. */
const CONTROL = /(?![\t\n\r\u0085])\p{Cc}|\p{Cs}|[\ufffe\uffff]/u;

/** What must be refused before a parser may touch the text: its size, its depth, bytes that are no text. */
export function preScan(text: string, file: string): Diagnostic | null {
  const at = (offset: number, finding: Finding): Diagnostic => {
    const before = text.slice(0, offset);
    const line = before.split("\n").length;
    return diagnostic(file, [], { line, column: offset - before.lastIndexOf("\n"), length: 1 }, finding);
  };
  // Bytes, not characters: the limit is about the file. No text has more characters than bytes.
  const size = text.length > LARGEST_FILE ? text.length : Buffer.byteLength(text);
  if (size > LARGEST_FILE) {
    const message = `this file has more than ${LARGEST_FILE / 1024} KB; a mapping has a few`;
    return at(0, { code: "M005", message, help: "check that this is the mapping and not an export" });
  }
  if (text.charCodeAt(0) === 0xfeff) {
    const help = "save the file as UTF-8 without BOM";
    return at(0, { code: "M008", message: "the file begins with a byte order mark (BOM)", help });
  }
  const control = CONTROL.exec(text);
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    const message = `the file contains the control character U+${code}`;
    return at(control.index, { code: "M009", message, help: "delete it; a mapping is plain text" });
  }
  if (text.split("\n").every((line) => /^\s*(?:#|$)/.test(line))) {
    return at(0, {
      code: "M007",
      message: "the file is empty",
      help: "`tandem init` writes a first mapping",
    });
  }
  const excess = lexicalExcess(text);
  return excess === null ? null : at(excess.offset, excess.finding);
}
