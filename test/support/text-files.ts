import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of the repository, as a test that holds a rule of the house reads it. */
export interface TextFile {
  /** From its folder. */
  readonly path: string;
  readonly text: string;
}

const ROOT = new URL("../..", import.meta.url).pathname;

/** Everything written in TypeScript below a folder, but what is generated. */
export function textFiles(folder: "src" | "test"): readonly TextFile[] {
  return globSync("**/*.ts", { cwd: join(ROOT, folder) })
    .filter((path) => !path.includes("generated/"))
    .map((path) => ({ path, text: readFileSync(join(ROOT, folder, path), "utf8") }));
}

export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(?<!:)\/\/.*$/gm, "");
}
