import type { PerSide } from "../side.ts";

/** The keys that a mapping names, read. Of an app that signs in with OAuth, HubSpot's is the refresh token. */
export interface Secrets extends PerSide<string> {
  /** Only where HubSpot is signed in to as an app. */
  readonly app?: {
    readonly clientSecret: string;
    /** `null` where the mapping names none. */
    readonly developerKey: string | null;
  };
}
