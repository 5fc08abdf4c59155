import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Access, OidcAccess } from "./access.ts";
import type { Role, Visitor } from "./role.ts";

/** How somebody signed in: with TANDEM_ADMIN_PASSWORD, as a user of the file, or with the company's account. */
export type Way = "admin" | "users" | "oidc";

/** Somebody who has just proved who they are. */
export interface SignedIn extends Visitor {
  readonly way: Way;
}

/** What a session keeps of how it began. */
export interface KeptCredential {
  readonly who: string;
  readonly way: Way;
  readonly proof: string;
}

/** What the settings of today say about people who signed in before. */
export interface Credentials {
  /** Keyed hash of what somebody signed in with. Another password, another issuer: another proof. */
  proofOf(signedIn: SignedIn): string;
  /** Their role today. `ended`: they may not come in any more. `unknown`: the users file cannot be read now. */
  today(credential: KeptCredential): Role | "ended" | "unknown";
}

/** The name of the one who holds TANDEM_ADMIN_PASSWORD. */
export const ADMIN = "admin";

/**
 * Reads roles from what is set today. Without a secret key the hashes are of this process alone, as its cookies are.
 */
export function credentials(access: Access): Credentials {
  const key =
    access.secretKey === null
      ? randomBytes(32)
      : Buffer.from(hkdfSync("sha256", access.secretKey, "tandem", "credential", 32));
  const hashOf = (...parts: readonly string[]): string =>
    createHmac("sha256", key).update(JSON.stringify(parts)).digest("hex");
  const currentProof = (way: Way, who: string): string | null => {
    const { adminPassword, oidc } = access;
    if (way === "admin") return adminPassword === null || who !== ADMIN ? null : hashOf(way, adminPassword);
    if (way === "oidc") return oidc === null ? null : hashOf(way, oidc.issuer, oidc.clientId);
    const user = access.users()?.find(({ name }) => name === who);
    return user === undefined ? null : hashOf(way, who, user.hash);
  };
  const currentRole = (way: Way, who: string): Role | null => {
    if (way === "admin") return "admin";
    if (way === "oidc") return access.oidc === null ? null : roleByAddress(access.oidc.people, who);
    return access.users()?.find(({ name }) => name === who)?.role ?? null;
  };
  return {
    proofOf: ({ way, name }) => currentProof(way, name) ?? hashOf("none"),
    today({ way, who, proof }) {
      if (way === "users" && access.users() === null) return "unknown";
      const role = currentProof(way, who) === proof ? currentRole(way, who) : null;
      return role ?? "ended";
    },
  };
}

/** The highest role of those that name the address or its domain; `null` where none does. */
export function roleByAddress(people: OidcAccess["people"], email: string): Role | null {
  const domain = email.slice(email.lastIndexOf("@"));
  return people.find(({ who }) => who === email || who === domain)?.role ?? null;
}
