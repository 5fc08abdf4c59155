import { Session } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const SRC = fileURLToPath(new URL("../../src/", import.meta.url));

/**
 * The files of `src/` of which a function runs while this work is done, by V8's own count. Loading a file is not enough.
 * What the work has once loaded or cached should be loaded before, or it counts as well.
 *
 * @returns paths from `src/`, sorted; generated code left out
 */
export async function executedFiles(work: () => Promise<void>): Promise<readonly string[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    await session.post("Profiler.takePreciseCoverage");
    await work();
    const { result } = await session.post("Profiler.takePreciseCoverage");
    return result
      .filter(({ url }) => url.startsWith("file:") && fileURLToPath(url).startsWith(SRC))
      .filter(({ functions }) =>
        // The function that begins the file is the loading of it.
        functions.some(
          ({ ranges: [range] }) => range !== undefined && range.startOffset > 0 && range.count > 0,
        ),
      )
      .map(({ url }) => relative(SRC, fileURLToPath(url)))
      .filter((path) => !path.includes("generated/"))
      .sort();
  } finally {
    session.disconnect();
  }
}
