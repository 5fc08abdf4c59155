/** A key to the portal. Several may belong to one app and then share its burst limit. */
export interface Token {
  readonly token: string;
  /** How it was made; only `oauth` opens the timeline. */
  readonly kind: "private-app" | "service-key" | "oauth";
  /** Shows in property history as the source of what the app wrote. */
  readonly appId: string;
  readonly appName: string;
  readonly scopes: ReadonlySet<string>;
  /** For OAuth: milliseconds since 1970, after which it is answered with 401. */
  readonly expiresAt: number | null;
}
