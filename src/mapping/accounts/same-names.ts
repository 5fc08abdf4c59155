import type { Mapping } from "../../model/mapping.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { tellAt } from "../diagnostics/tell-at.ts";

interface NamedFile {
  readonly path: string;
  readonly text: string;
  readonly mapping: Mapping | null;
}

/** Files that call their connection as one before them does. */
export function sameNames(files: readonly NamedFile[]): readonly Diagnostic[] {
  const first = new Map<string, string>();
  return files.flatMap(({ path, text, mapping }) => {
    if (mapping === null) return [];
    const before = first.get(mapping.name);
    if (before === undefined) {
      first.set(mapping.name, path);
      return [];
    }
    const { tell, found } = tellAt({ file: path, text });
    const message = `two files are named \`${mapping.name}\`: this one and ${before}`;
    const help =
      "rename one: a connection is known by its name, and the two would share what is stored of it";
    tell(["name"], "value", { line: 1 }, { code: "M240", message, help });
    return found();
  });
}
