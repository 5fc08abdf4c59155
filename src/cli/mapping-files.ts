import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The mapping files that a path names: itself, or in order of name every YAML file right in the folder that it is. */
export function mappingFiles(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  const files = readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/i.test(entry.name))
    // An example is there to be read; nobody runs it.
    .filter((entry) => !/\.example\.ya?ml$/i.test(entry.name))
    .map((entry) => join(path, entry.name))
    .sort();
  // An empty folder is told as what it is: no mapping file.
  return files.length === 0 ? [path] : files;
}
