import type { SearchIn } from "../../../store/people/search-people.ts";

/** What somebody may do: each role may also do what those before it may. */
export type Role = "viewer" | "operator" | "admin";

export const ROLES: readonly Role[] = ["viewer", "operator", "admin"];

/** May somebody of this role do what needs that one? */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** By what somebody of this role may find people. */
export function searchInOf(role: Role): SearchIn {
  return mayDo(role, "operator") ? "everything" : "names_and_ids";
}

export function isRole(word: string): word is Role {
  return ROLES.some((role) => role === word);
}

/** A person who asks for a page. */
export interface Visitor {
  readonly name: string;
  readonly role: Role;
  /** Of the session; none on a page where nobody signs in. */
  readonly session?: bigint;
}
