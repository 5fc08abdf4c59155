import type { EventTemplate } from "../timeline/event-template.ts";

/** An app that portals may install. */
export interface OauthApp {
  readonly appId: string;
  readonly appName: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The `hapikey` of its developer account, for its timeline templates. */
  readonly developerKey: string;
  readonly redirectUris: readonly string[];
  /** What it may ask for; the person who installs it may grant less. */
  readonly scopes: readonly string[];
  /** Timeline v3 serves only apps that had templates when it was closed to new ones. */
  readonly timelineV3: boolean;
  /** App events need HubSpot's approval. */
  readonly appEvents: boolean;
  /** Timeline v3, by id. */
  readonly templates: Map<string, EventTemplate>;
  /** App events, by fully qualified name; they come with the app's project and cannot be made by a call. */
  readonly eventTypes: Map<string, EventTemplate>;
  /** Names of the app's projects, each with the developer's symbol for it: the answer of `types/projects`. */
  readonly projects: Map<string, string>;
}

/** Somebody let an app in: a code to exchange once, or a refresh token. */
export interface Grant {
  readonly appId: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  /** Milliseconds since 1970; null for a refresh token. */
  readonly expiresAt: number | null;
}

export interface OauthData {
  readonly apps: Map<string, OauthApp>;
  readonly codes: Map<string, Grant>;
  readonly refreshTokens: Map<string, Grant>;
}

export function noApps(): OauthData {
  return { apps: new Map(), codes: new Map(), refreshTokens: new Map() };
}
