import type { HubSpotConnection, InstalledApp, SecretRef } from "../../model/mapping.ts";
import type { MappingFile } from "../schema/schema.ts";

const DEFAULT_API_VERSION = "2026-03";

type Written = MappingFile["connections"]["hubspot"];
type WrittenSecret = Written["token"];

/** How HubSpot is reached and signed in to. With OAuth the token is the refresh token of an installed app. */
export function hubspotConnection(written: Written): HubSpotConnection {
  const oauth = written.auth === "oauth";
  return {
    token: secretRef(oauth ? written.refresh_token : written.token),
    ...(oauth ? { oauth: installedApp(written) } : {}),
    portalId: written.portal_id === undefined ? null : String(written.portal_id),
    apiVersion: written.api_version ?? DEFAULT_API_VERSION,
    baseUrl: written.base_url === undefined ? null : new URL(written.base_url).origin,
  };
}

function installedApp({ client_id, client_secret, app_id, developer_key, app_event }: Written): InstalledApp {
  if (client_id === undefined) throw new Error("an app without a client id must have been refused before");
  return {
    clientId: client_id,
    clientSecret: secretRef(client_secret),
    appId: app_id === undefined ? null : String(app_id),
    developerKey: developer_key === undefined ? null : secretRef(developer_key),
    eventType: app_event ?? null,
  };
}

/** Where a secret is. */
export function secretRef(ref: WrittenSecret): SecretRef {
  if (ref?.file !== undefined) return { file: ref.file };
  if (ref?.env !== undefined) return { env: ref.env };
  throw new Error("a mapping without a secret reference cannot be built; it must have been refused before");
}
