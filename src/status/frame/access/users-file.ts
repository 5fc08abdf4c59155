import { readFileSync, statSync } from "node:fs";
import { BadAccess } from "./bad-access.ts";
import { isPasswordHash } from "./password.ts";
import type { Role } from "./role.ts";
import { ROLES, isRole } from "./role.ts";

/** Somebody who may sign in with a password. */
export interface User {
  readonly name: string;
  readonly role: Role;
  /** As `hashPassword` made it. */
  readonly hash: string;
}

/** The users as the file has them now; `null` while the file cannot be read. */
export type CurrentUsers = () => readonly User[] | null;

/** What a users file says now. A line that cannot be used lets nobody in. */
interface ReadUsers {
  readonly users: readonly User[] | null;
  readonly wrong: BadAccess | null;
}

/** A users file that may change at any time. */
export interface UsersFile {
  readonly users: CurrentUsers;
  /** Why some of it, or all, cannot be used now. */
  readonly wrong: () => BadAccess | null;
}

/**
 * The users of a file. It is looked at for each request, so a line that was removed ends what that user may do at once.
 *
 * @throws BadAccess where it cannot be read now, or has a line that is no user
 */
export function usersFile(path: string): UsersFile {
  const first = readUsers(path);
  if (first.wrong !== null) throw first.wrong;
  let known: ReadUsers & { readonly stamp: string | null } = { stamp: stampOf(path), ...first };
  const current = (): ReadUsers => {
    const stamp = stampOf(path);
    if (stamp !== known.stamp) known = { stamp, ...readUsers(path) };
    return known;
  };
  return {
    users: () => current().users,
    wrong: () => current().wrong ?? (current().users?.length === 0 ? noUsers(path) : null),
  };
}

function noUsers(path: string): BadAccess {
  return new BadAccess(`${path} has no user.`, "Add a line with `tandem user NAME --role ROLE`.");
}

/** A warning where others than its owner can read the users file: its hashes can then be tried at leisure. */
export function usersFileInTheOpen(env: Readonly<Record<string, string | undefined>>): string | null {
  const path = env["TANDEM_USERS_FILE"] || null;
  // Windows has no such bits.
  if (path === null || process.platform === "win32") return null;
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) === 0) return null;
  return `Warning: other users of this machine can read the users file ${path}.\n  fix: chmod 600 ${path}\n`;
}

function readUsers(path: string): ReadUsers {
  const text = textOf(path);
  if (text === null) {
    const why = `TANDEM_USERS_FILE names ${path}, which cannot be read.`;
    return { users: null, wrong: new BadAccess(why, "Create it with `tandem user NAME --role ROLE`.") };
  }
  let wrong: BadAccess | null = null;
  const users = text.split("\n").flatMap((line, index): readonly User[] => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const [name = "", role = "", hash = ""] = line.trim().split(/\s+/);
    if (isRole(role) && isPasswordHash(hash)) return [{ name, role, hash }];
    // The hash is not repeated: it is next to a password.
    wrong ??= new BadAccess(
      `${path}:${index + 1} is no user.`,
      `Each line is \`NAME ROLE HASH\`, with one of ${ROLES.join(", ")}; \`tandem user\` writes it.`,
    );
    return [];
  });
  const twice = (name: string) => users.filter((one) => one.name === name).length > 1;
  const double = users.find(({ name }) => twice(name));
  if (double !== undefined)
    wrong ??= new BadAccess(`${path} names ${double.name} twice.`, "Leave one of the two lines.");
  return { users: users.filter(({ name }) => !twice(name)), wrong };
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** Another one for every state of the file that could be told apart without reading it; `null` where there is none. */
function stampOf(path: string): string | null {
  const there = statSync(path, { throwIfNoEntry: false, bigint: true });
  return there === undefined ? null : `${there.ino} ${there.mtimeNs} ${there.ctimeNs} ${there.size}`;
}
