import type { Diagnostic, Finding } from "./diagnostics/diagnostic.ts";
import { diagnostic } from "./diagnostics/diagnostic.ts";
import type { ParsedMapping } from "./parse-mapping.ts";
import { parseMapping } from "./parse-mapping.ts";
import { LARGEST_FILE } from "./yaml/pre-scan.ts";
import type { TextFile } from "./read-text.ts";
import { readText } from "./read-text.ts";

/** A mapping file as read, with its text for `formatDiagnostics`; `""` where it could not be read. */
export interface MappingOnDisk extends ParsedMapping {
  readonly text: string;
}

/** Reads and parses one mapping file. What keeps it from being read is a diagnostic like any other. */
export function readMapping(path: string): MappingOnDisk {
  const read = readText(path, LARGEST_FILE);
  if (read.kind === "text") return { ...parseMapping(read.text, path), text: read.text };
  const finding = FINDINGS[read.reason];
  const message = finding.message ?? `the mapping cannot be read: ${read.why}`;
  return { mapping: null, diagnostics: [unread(path, { ...finding, message })], text: "" };
}

type Reason = Extract<TextFile, { kind: "unreadable" }>["reason"];

const FINDINGS: { readonly [R in Reason]: Omit<Finding, "message"> & { readonly message?: string } } = {
  missing: {
    code: "M001",
    message: "there is no such file",
    help: "`tandem init` writes one, `--config PATH` names another",
  },
  folder: { code: "M002", message: "this is a folder, not a mapping file", help: "name a file in it" },
  not_a_file: { code: "M003", help: "name a regular file" },
  not_permitted: { code: "M003", help: "give the user that runs tandem the right to read it" },
  failed: { code: "M003", help: "check the disk and the path" },
  not_utf8: { code: "M004", message: "the file is not UTF-8 text", help: "save it as UTF-8" },
  too_large: {
    code: "M005",
    message: `this file has more than ${LARGEST_FILE / 1024} KB; a mapping has a few`,
    help: "check that this is the mapping and not an export",
  },
};

function unread(path: string, finding: Finding): Diagnostic {
  return diagnostic(path, [], { line: 1, column: 1, length: 1 }, finding);
}
