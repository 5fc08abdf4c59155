import { BadAccess } from "./bad-access.ts";
import type { Role } from "./role.ts";
import { ROLES } from "./role.ts";
import type { TrustedProxy } from "./trusted-proxy.ts";
import { trustedProxy } from "./trusted-proxy.ts";
import type { CurrentUsers } from "./users-file.ts";
import { usersFile } from "./users-file.ts";

/** Who may sign in through the company's own sign-in: an address, or `@` and a domain, by role. */
export interface OidcAccess {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly people: readonly { readonly who: string; readonly role: Role }[];
}

/** How the page is reached and who is let in. */
export interface Access {
  /** Nobody is asked who they are. It stays as it was at start: a users file that is emptied opens nothing. */
  readonly open: boolean;
  readonly adminPassword: string | null;
  /** Whether TANDEM_USERS_FILE is set. */
  readonly named: boolean;
  readonly users: CurrentUsers;
  readonly oidc: OidcAccess | null;
  /** Where people reach it, behind a proxy with TLS; `null` where it is asked for directly. */
  readonly publicUrl: URL | null;
  /** Whose `X-Forwarded-For` counts; `null` where nobody's does. */
  readonly trustedProxy: TrustedProxy | null;
  /** Encrypts session cookies; without it they end with the process. */
  readonly secretKey: string | null;
}

/** Shorter ones are found by trying. */
const SHORTEST_PASSWORD = 12;

/** Nobody is asked who they are: for a page that only this machine can reach. */
export const OPEN: Access = {
  open: true,
  adminPassword: null,
  named: false,
  users: () => [],
  oidc: null,
  publicUrl: null,
  trustedProxy: null,
  secretKey: null,
};

/** Settings that say that the page has a sign-in, even where they are empty. */
const MEANS_SIGN_IN = /^TANDEM_(?:ADMIN_PASSWORD|USERS_FILE|OIDC_.*|PUBLIC_URL|TRUSTED_PROXY)$/;

/**
 * Reads TANDEM_ADMIN_PASSWORD, TANDEM_USERS_FILE, TANDEM_OIDC_*, TANDEM_PUBLIC_URL, TANDEM_TRUSTED_PROXY and
 * TANDEM_SECRET_KEY. The page is open only where none of them is there: settings that let nobody in are a mistake, and never an open page.
 *
 * @throws BadAccess
 */
export function readAccess(env: Readonly<Record<string, string | undefined>>): Access {
  const access = readSettings(env);
  const somebody = access.adminPassword !== null || access.oidc !== null || access.users()?.length !== 0;
  if (somebody) return access;
  const meant = Object.keys(env).filter((name) => env[name] !== undefined && MEANS_SIGN_IN.test(name));
  if (meant.length > 0) {
    throw new BadAccess(
      `Nobody could sign in on the status page, though ${meant.sort().join(", ")} ${meant.length === 1 ? "is" : "are"} set.`,
      "Set TANDEM_ADMIN_PASSWORD, add a line to the users file with `tandem user NAME --role ROLE`, or complete the OIDC settings. For a page without sign-in, remove these settings; an empty value counts too.",
    );
  }
  return { ...access, open: true };
}

function readSettings(env: Readonly<Record<string, string | undefined>>): Access {
  const given = (name: string): string | null => env[name] || null;
  const adminPassword = given("TANDEM_ADMIN_PASSWORD");
  if (adminPassword !== null && adminPassword.length < SHORTEST_PASSWORD) {
    const why = `TANDEM_ADMIN_PASSWORD is shorter than ${SHORTEST_PASSWORD} characters.`;
    throw new BadAccess(why, "Choose a longer one; a few words in a row are easy to remember.");
  }
  const path = given("TANDEM_USERS_FILE");
  const proxy = given("TANDEM_TRUSTED_PROXY");
  return {
    open: false,
    adminPassword,
    named: path !== null,
    users: path === null ? () => [] : usersFile(path),
    oidc: readOidc(given, Object.keys(env)),
    publicUrl: readPublicUrl(given("TANDEM_PUBLIC_URL")),
    trustedProxy: proxy === null ? null : trustedProxy(proxy),
    secretKey: given("TANDEM_SECRET_KEY"),
  };
}

function readOidc(given: (name: string) => string | null, names: readonly string[]): OidcAccess | null {
  const issuer = given("TANDEM_OIDC_ISSUER");
  if (issuer === null) {
    const [other] = names.filter((name) => name.startsWith("TANDEM_OIDC_") && given(name) !== null);
    if (other === undefined) return null;
    throw new BadAccess(
      `${other} is set, and TANDEM_OIDC_ISSUER is not.`,
      "Set TANDEM_OIDC_ISSUER to the address of your identity provider, or remove the other OIDC settings.",
    );
  }
  const clientId = given("TANDEM_OIDC_CLIENT_ID");
  const clientSecret = given("TANDEM_OIDC_CLIENT_SECRET");
  const people = ROLES.toReversed().flatMap((role) =>
    (given(`TANDEM_OIDC_${role.toUpperCase()}S`) ?? "")
      .split(/[\s,]+/)
      .filter((who) => who.includes("@"))
      .map((who) => ({ who: who.toLowerCase(), role })),
  );
  if (!URL.canParse(issuer) || clientId === null || clientSecret === null || people.length === 0) {
    throw new BadAccess(
      "TANDEM_OIDC_ISSUER is set, and what it needs is not.",
      "Set TANDEM_OIDC_CLIENT_ID, TANDEM_OIDC_CLIENT_SECRET and who may come in: TANDEM_OIDC_VIEWERS, TANDEM_OIDC_OPERATORS, TANDEM_OIDC_ADMINS, each with addresses or @domains.",
    );
  }
  return { issuer, clientId, clientSecret, people };
}

function readPublicUrl(given: string | null): URL | null {
  if (given === null) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.pathname !== "/") {
    const fix = "Write it like https://tandem.example.com, without a path.";
    throw new BadAccess("TANDEM_PUBLIC_URL is no address of a page.", fix);
  }
  return url;
}
