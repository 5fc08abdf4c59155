import type { Meaning } from "./meaning-fields.ts";

/** The parts of `connections.hubspot` that say how Tandem signs in; each given or not. */
export interface HubSpotSignIn {
  readonly auth?: string | undefined;
  readonly token?: unknown;
  readonly client_id?: unknown;
  readonly client_secret?: unknown;
  readonly refresh_token?: unknown;
  readonly app_id?: unknown;
  readonly developer_key?: unknown;
  readonly app_event?: unknown;
}

const NEEDED = {
  client_id: "write the client id of the app's page in its developer account",
  client_secret: "write `{ file: /run/secrets/NAME }` or `{ env: NAME }`",
  refresh_token: "write `{ file: /run/secrets/NAME }` or `{ env: NAME }`; installing the app gives one",
} as const;

const OF_APPS = [
  "client_id",
  "client_secret",
  "refresh_token",
  "app_id",
  "developer_key",
  "app_event",
] as const;

const PLACE = ["connections", "hubspot"] as const;

/** What signing in as an app needs, and what means nothing without it. */
export function signInMeanings(hubspot: HubSpotSignIn | undefined): readonly Meaning[] {
  if (hubspot === undefined) return [];
  const given = (key: keyof HubSpotSignIn): boolean => hubspot[key] !== undefined;
  const misplaced = (key: string, auth: string): Meaning => ({
    path: [...PLACE, key],
    part: "key",
    finding: {
      code: "M260",
      message: `\`${key}\` belongs to \`auth: ${auth}\``,
      help: `delete it, or use \`auth: ${auth}\``,
    },
  });
  const needs = (key: string, help: string): Meaning => ({
    path: [...PLACE],
    part: "key",
    finding: { code: "M103", message: `\`connections.hubspot\` needs \`${key}\``, help },
  });
  if (hubspot.auth !== "oauth") {
    return OF_APPS.filter(given).map((key) => misplaced(key, "oauth"));
  }
  const missing = (["client_id", "client_secret", "refresh_token"] as const).filter((key) => !given(key));
  const found = missing.map((key) => needs(key, NEEDED[key]));
  if (given("token")) found.push(misplaced("token", "token"));
  if (given("app_id") !== given("developer_key")) {
    const [there, absent] = given("app_id") ? ["app_id", "developer_key"] : ["developer_key", "app_id"];
    found.push(needs(absent, `timeline templates need it beside \`${there}\``));
  }
  return found;
}
