import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { PlantedChange } from "./plant.ts";
import { withBug } from "./plant.ts";

/** A copy of this checkout, where bugs may be planted. */
export interface Checkout {
  readonly root: string;
  /** Works while the source is changed so, and changes it back. */
  with<T>(changes: readonly PlantedChange[], work: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

const HERE = new URL("../..", import.meta.url).pathname;
const LEFT_OUT: ReadonlySet<string> = new Set([".git", ".tandem", "dist", "node_modules"]);

export async function copyOfCheckout(): Promise<Checkout> {
  const root = await mkdtemp(join(tmpdir(), "tandem-plants-"));
  await cp(HERE, root, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
  await symlink(await realpath(join(HERE, "node_modules")), join(root, "node_modules"));
  return {
    root,
    async with(changes, work) {
      const sound = new Map<string, string>();
      try {
        for (const change of changes) {
          const path = join(root, change.file);
          const source = await readFile(path, "utf8");
          sound.set(path, sound.get(path) ?? source);
          await writeFile(path, withBug(source, change));
        }
        return await work();
      } finally {
        for (const [path, source] of sound) await writeFile(path, source);
      }
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
