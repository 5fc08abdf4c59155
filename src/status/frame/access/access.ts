import { BadAccess } from "./bad-access.ts";
import { passwordProblem } from "./password-strength.ts";
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
  /** Accepts an email address of which the issuer does not say whether it is verified, as Entra ID does not. */
  readonly trustEmail: boolean;
}

/** How the page is reached and who is let in. */
export interface Access {
  /** Nobody is asked who they are. It stays as it was at start: a users file that is emptied opens nothing. */
  readonly open: boolean;
  readonly adminPassword: string | null;
  /** Whether TANDEM_USERS_FILE is set. */
  readonly named: boolean;
  readonly users: CurrentUsers;
  /** Why some of the users file, or all of it, cannot be used now. */
  readonly usersWrong: () => BadAccess | null;
  readonly oidc: OidcAccess | null;
  /** Where people reach it, behind a proxy with TLS; `null` where it is asked for directly. */
  readonly publicUrl: URL | null;
  /** Whose `X-Forwarded-For` counts; `null` where nobody's does. */
  readonly trustedProxy: TrustedProxy | null;
  /** Encrypts session cookies; without it they end with the process. */
  readonly secretKey: string | null;
}

/** Nobody is asked who they are: for a page that only this machine can reach. */
export const OPEN: Access = {
  open: true,
  adminPassword: null,
  named: false,
  users: () => [],
  usersWrong: () => null,
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
      `No one could sign in on the status page, though ${meant.sort().join(", ")} ${meant.length === 1 ? "is" : "are"} set.`,
      "Set TANDEM_ADMIN_PASSWORD, add a line to the users file with `tandem user NAME --role ROLE`, or complete the OIDC settings. For a page without sign-in, remove these settings; an empty value counts too.",
    );
  }
  return { ...access, open: true };
}

function readSettings(env: Readonly<Record<string, string | undefined>>): Access {
  const given = (name: string): string | null => env[name] || null;
  const adminPassword = given("TANDEM_ADMIN_PASSWORD");
  const weak = adminPassword === null ? null : passwordProblem(adminPassword);
  if (weak !== null) {
    const fix = "Choose another one. A few words in a row are easy to remember.";
    throw new BadAccess(`TANDEM_ADMIN_PASSWORD ${weak}.`, fix);
  }
  const path = given("TANDEM_USERS_FILE");
  const file = path === null ? null : usersFile(path);
  const publicUrl = readPublicUrl(given("TANDEM_PUBLIC_URL"));
  const proxy = given("TANDEM_TRUSTED_PROXY");
  return {
    open: false,
    adminPassword,
    named: path !== null,
    users: file?.users ?? (() => []),
    usersWrong: file?.wrong ?? (() => null),
    oidc: readOidc(given, Object.keys(env), publicUrl),
    publicUrl,
    trustedProxy: proxy === null ? null : trustedProxy(proxy),
    secretKey: readSecretKey(given("TANDEM_SECRET_KEY")),
  };
}

function readOidc(
  given: (name: string) => string | null,
  names: readonly string[],
  publicUrl: URL | null,
): OidcAccess | null {
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
  if (publicUrl === null) {
    throw new BadAccess(
      "TANDEM_OIDC_ISSUER is set, and TANDEM_PUBLIC_URL is not.",
      "Set TANDEM_PUBLIC_URL to the address at which people open the page. The issuer sends them back there.",
    );
  }
  return { issuer, clientId, clientSecret, people, trustEmail: readTrust(given, issuer) };
}

/** Issuers of Entra ID that many companies share: anybody can claim any email address there. */
const SHARED_ISSUER = /\/(?:common|organizations|consumers)(?:\/|$)/;

function readTrust(given: (name: string) => string | null, issuer: string): boolean {
  const trust = given("TANDEM_OIDC_TRUST_EMAIL") ?? "false";
  if (trust === "false" || (trust === "true" && !SHARED_ISSUER.test(issuer))) return trust === "true";
  throw new BadAccess(
    `TANDEM_OIDC_TRUST_EMAIL cannot be ${trust === "true" ? "true for an issuer that many companies share" : "anything but true or false"}.`,
    "Set it to true only for an issuer of your own company, such as one tenant of Entra ID.",
  );
}

const SHORTEST_KEY = 32;
/** 32 random characters never have fewer different ones. */
const FEWEST_DIFFERENT = 10;

function readSecretKey(given: string | null): string | null {
  if (given === null) return null;
  if (given.length >= SHORTEST_KEY && new Set(given).size >= FEWEST_DIFFERENT) return given;
  throw new BadAccess(
    `TANDEM_SECRET_KEY has fewer than ${SHORTEST_KEY} random characters.`,
    "Make one with `openssl rand -base64 32`.",
  );
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
