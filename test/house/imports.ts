import { dirname, posix } from "node:path";
import { parseSync } from "oxc-parser";
import type { TextFile } from "../support/text-files.ts";

/** One import of another file of the same folder tree. */
export interface Import {
  /** From the same root as the importing file's path. */
  readonly path: string;
  /** Gone when Node runs the file. */
  readonly typeOnly: boolean;
}

/** Every file with the files that it imports. Packages are left out. */
export type ImportGraph = ReadonlyMap<string, readonly Import[]>;

/** @throws Error where a file does not parse */
export function importGraph(files: readonly TextFile[]): ImportGraph {
  const paths = new Set(files.map(({ path }) => path));
  return new Map(
    files.map(({ path, text }) => [path, importsOf(path, text).filter((one) => paths.has(one.path))]),
  );
}

function importsOf(path: string, text: string): readonly Import[] {
  const { module, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  const seen = new Map<string, boolean>();
  const add = (named: string, typeOnly: boolean): void => {
    const target = named.startsWith(".") ? posix.join(dirname(path), named) : named;
    seen.set(target, (seen.get(target) ?? true) && typeOnly);
  };
  for (const { start, moduleRequest } of module.staticImports)
    add(moduleRequest.value, /^import\s+type\b/.test(text.slice(start, start + 20)));
  for (const { start, entries } of module.staticExports)
    for (const { moduleRequest } of entries)
      if (moduleRequest !== null)
        add(moduleRequest.value, /^export\s+type\b/.test(text.slice(start, start + 20)));
  for (const { moduleRequest } of module.dynamicImports)
    add(text.slice(moduleRequest.start + 1, moduleRequest.end - 1), false);
  return [...seen].map(([target, typeOnly]) => ({ path: target, typeOnly }));
}
