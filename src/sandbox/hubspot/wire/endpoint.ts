import type { LimitKind } from "./rate-limits.ts";
import type { Call, Reply, Route } from "../../route.ts";
import { VendorError, errorReply } from "./vendor-error.ts";
import type { HubspotState } from "../state.ts";
import type { Token } from "./token.ts";
import type { PathVersion } from "./versioned-paths.ts";
import { versionedPaths } from "./versioned-paths.ts";
import type { Writer } from "../contacts/write-contact.ts";

/** What opens an endpoint: a token, the key of the app's developer account (`hapikey`), or what is in the body. */
export type Auth = "token" | "developer-key" | "open";

/** In what form a body is taken; in any other it is refused, and not read. */
export type BodyForm = "json" | "form";

/** What an endpoint knows of the caller beside the request itself. */
export interface Caller {
  /** Which generation of the API was called; 2026-09 answers batches without 207. */
  readonly version: PathVersion;
  /** The app behind the token, as the writer of what it writes. */
  readonly writer: Writer;
  /** Null where the endpoint asks for none. */
  readonly token: Token | null;
}

/** One endpoint, named by its numbered path; the date-based ones are derived from it. */
export interface Endpoint {
  readonly method: Route["method"];
  /** With places: `/crm/v3/lists/{listId}`. */
  readonly path: string;
  /** One of each group is required. */
  readonly scopes: readonly (readonly string[])[];
  readonly mutating: boolean;
  readonly limit?: LimitKind;
  /** A token where nothing is said. */
  readonly auth?: Auth;
  /** The form of its body: JSON where nothing is said. */
  readonly takes?: BodyForm;
  handle(call: Call, caller: Caller): Reply;
}

/** A route that knows what it demands. */
export interface HubspotRoute extends Route {
  readonly scopes: Endpoint["scopes"];
  readonly limit: LimitKind;
  readonly auth: Auth;
  readonly takes: BodyForm;
}

/** The endpoints at all their paths. */
export function hubspotRoutes(state: HubspotState, endpoints: readonly Endpoint[]): readonly HubspotRoute[] {
  return endpoints.flatMap((endpoint) =>
    versionedPaths(endpoint.path).map(({ path, version }) => ({
      method: endpoint.method,
      path: path.replace(/\{(\w+)\}/g, ":$1"),
      operation: endpoint.path,
      mutating: endpoint.mutating,
      scopes: endpoint.scopes,
      limit: endpoint.limit ?? "burst",
      auth: endpoint.auth ?? "token",
      takes: endpoint.takes ?? "json",
      handle: (call: Call) => errorsAnswered(() => endpoint.handle(call, callerOf(state, call, version))),
    })),
  );
}

/** Runs what may refuse; a vendor error becomes the answer. */
export function errorsAnswered(handle: () => Reply): Reply {
  try {
    return handle();
  } catch (error) {
    if (error instanceof VendorError) return errorReply(error);
    throw error;
  }
}

/** The token of a request, or null. */
export function bearerOf(call: Call): string | null {
  return /^Bearer\s+(\S+)$/i.exec(call.headers["authorization"] ?? "")?.[1] ?? null;
}

function callerOf(state: HubspotState, call: Call, version: PathVersion): Caller {
  const token = state.tokens.get(bearerOf(call) ?? "") ?? null;
  const [id, label] = token === null ? ["unknown", null] : [token.appId, token.appName];
  const source = { type: "INTEGRATION", id, label, userId: null };
  return { version, writer: { actor: "api", source }, token };
}
