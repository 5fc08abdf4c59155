import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Another rehearsal is running from the same folder. */
export class FolderInUse extends Error {
  constructor(folder: string, pid: number) {
    super(`A rehearsal is running from ${folder} already (process ${pid}).`);
    this.name = "FolderInUse";
  }
}

/**
 * Takes a folder for this process, made where it is not there, so that no two write the same snapshot. What a killed
 * process left behind does not count.
 *
 * @returns what gives it back
 * @throws FolderInUse
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "running.json");
  const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  if (!created(path, own)) {
    const holder = holderIn(path);
    if (holder !== null) throw new FolderInUse(folder, holder);
    rmSync(path, { force: true });
    if (!created(path, own)) throw new FolderInUse(folder, holderIn(path) ?? 0);
  }
  return () => rmSync(path, { force: true });
}

function created(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** The process that holds the folder; null where it is not there any more. */
function holderIn(path: string): number | null {
  let pid: unknown;
  let started: unknown;
  try {
    ({ pid, started } = JSON.parse(readFileSync(path, "utf8")) as { pid?: unknown; started?: unknown });
  } catch {
    return null;
  }
  if (typeof pid !== "number" || !isAlive(pid)) return null;
  // Numbers of processes come back: it has to be the one that wrote the file.
  return started === startOf(pid) ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** When a process started, in the kernel's ticks since it booted; null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The 22nd field; the second is the program's name, which may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
