import * as client from "openid-client";
import type { OidcAccess } from "./access.ts";
import { roleByAddress } from "./credentials.ts";
import type { SignedIn } from "./credentials.ts";

/** What has to be remembered in the session until the person comes back. */
export interface OidcPending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly next: string;
}

/** The issuer did not answer, or not with what an issuer answers: nothing is said about the person. */
export class IssuerUnavailable extends Error {
  constructor(cause: unknown) {
    super("the OIDC issuer does not answer", { cause });
    this.name = "IssuerUnavailable";
  }
}

/** The company's own sign-in. */
export interface Oidc {
  /**
   * Where to send the person, and what to remember.
   *
   * @throws IssuerUnavailable
   */
  begin(redirectUri: string, next: string): Promise<{ readonly to: string; readonly pending: OidcPending }>;
  /**
   * Who came back; `null` where they are nobody whom the settings let in.
   *
   * @throws IssuerUnavailable, or another error where the answer does not check out
   */
  finish(address: URL, pending: OidcPending): Promise<SignedIn | null>;
}

/** Code flow with PKCE, state and nonce; the issuer is asked for its addresses when somebody first signs in. */
export function oidc({ issuer, clientId, clientSecret, people, trustEmail }: OidcAccess): Oidc {
  let discovered: Promise<client.Configuration> | null = null;
  const configuration = (): Promise<client.Configuration> => {
    discovered ??= client
      .discovery(new URL(issuer), clientId, clientSecret, undefined, discoveryOptions(new URL(issuer)))
      .catch((error: unknown) => {
        // An issuer that is out is asked again with the next sign-in.
        discovered = null;
        throw new IssuerUnavailable(error);
      });
    return discovered;
  };
  return {
    async begin(redirectUri, next) {
      const verifier = client.randomPKCECodeVerifier();
      const pending = { state: client.randomState(), nonce: client.randomNonce(), verifier, next };
      const to = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: "openid email",
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state: pending.state,
        nonce: pending.nonce,
      });
      return { to: to.href, pending };
    },
    async finish(address, { state, nonce, verifier }) {
      const checks = {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      };
      const tokens = await client
        .authorizationCodeGrant(await configuration(), address, checks)
        .catch((error: unknown) => {
          throw isUnanswered(error) ? new IssuerUnavailable(error) : error;
        });
      const claims = tokens.claims();
      const email = claims?.["email"];
      const verified = claims?.["email_verified"] ?? trustEmail;
      // An address that the issuer did not check is anybody's.
      if (typeof email !== "string" || verified !== true) return null;
      const name = email.toLowerCase();
      const role = roleByAddress(people, name);
      return role === null ? null : { name, role, way: "oidc" };
    },
  };
}

/** Did nobody answer, as against an answer that says no? `fetch` throws a TypeError; a timeout is a DOMException. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof TypeError || error.name === "TimeoutError" || error.name === "AbortError") return true;
  if (error.cause instanceof Response) return error.cause.status >= 500;
  return "status" in error && typeof error.status === "number"
    ? error.status >= 500
    : isUnanswered(error.cause);
}

/** The signature is checked though the token came directly. Plain HTTP only to an issuer on this very machine: for trying it out. */
function discoveryOptions({ hostname, protocol }: URL): client.DiscoveryRequestOptions {
  const here = protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  const checks = [client.enableNonRepudiationChecks];
  return { execute: here ? [...checks, client.allowInsecureRequests] : checks };
}
