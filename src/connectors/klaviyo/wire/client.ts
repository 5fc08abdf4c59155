import type {
  RawAnswer,
  PageOptions,
  ProfilePageOptions,
  PutMutation,
  PutTogether,
  GroupKind,
} from "./put-together.ts";
import { PROFILES_PER_PAGE, pageCursor } from "./put-together.ts";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import {
  AccountsApi,
  ApiKeySession,
  ListsApi,
  ObjectSerializer,
  ProfilesApi,
  RetryWithExponentialBackoff,
  SegmentsApi,
} from "klaviyo-api";
import { PermitExpired } from "../../permit.ts";
import { consentEndpoints } from "./consent-endpoints.ts";
import { engagementEndpoints } from "../engagement/endpoints.ts";
import { promptAgent } from "../../http/prompt-agent.ts";
import { TookTooLong, withinTotalTime } from "../../http/total-time.ts";
import { failureFrom, headerOf, tooLate } from "../problems/failure.ts";
import type { OperationName } from "./operations.ts";
import { writeEndpoints } from "./write-endpoints.ts";

export interface ClientDeps {
  readonly key: string;
  /** `null` is Klaviyo's own host; otherwise that host or a loopback address, as in a rehearsal. */
  readonly baseUrl: string | null;
  readonly revision: string;
  readonly timeoutMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const KLAVIYO = "https://a.klaviyo.com";
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
const GROUPS_PER_PAGE = 10;
/** A page of a hundred profiles of 100 kB each is ten megabytes. */
const LONGEST_ANSWER = 32 * 1024 * 1024;

type RequestConfig = Parameters<ApiKeySession["requestWithRetry"]>[0];
type Response = Awaited<ReturnType<ApiKeySession["requestWithRetry"]>>;

/** As Node's own, which axios would take. */
const KEPT = { keepAlive: true, scheduling: "lifo", timeout: 5_000 } as const;
const AGENTS = { http: promptAgent(new HttpAgent(KEPT)), https: promptAgent(new HttpsAgent(KEPT)) };

/** What the SDK sends for us, made to one attempt, with an end to it, to one host. */
class KlaviyoSession extends ApiKeySession {
  readonly #deps: ClientDeps;
  readonly #signal: AbortSignal;

  constructor(deps: ClientDeps, signal: AbortSignal) {
    // Its own retries would repeat a create after a 504 that had done it.
    super(deps.key, new RetryWithExponentialBackoff({ numRetries: 0 }));
    this.#deps = deps;
    this.#signal = signal;
  }

  override applyToRequest(config: RequestConfig): void {
    super.applyToRequest(config);
    config.maxRedirects = 0;
    config.maxContentLength = LONGEST_ANSWER;
    config.httpAgent = AGENTS.http;
    config.httpsAgent = AGENTS.https;
    // axios knows a limit on silence only, and a body that trickles in is never silent.
    config.signal = this.#signal;
    // A rehearsal on this machine is not to be looked for behind a company's proxy.
    if (this.#deps.baseUrl !== null && this.#deps.baseUrl !== KLAVIYO) config.proxy = false;
    if (config.headers === undefined) return;
    config.headers["revision"] = this.#deps.revision;
    if (config.data !== undefined) config.headers["Content-Type"] = "application/vnd.api+json";
  }

  /** Keeps the body from the SDK's reading: that drops what it does not know, cuts times, and fails on wrong types. */
  override async requestWithRetry(config: RequestConfig): Promise<Response> {
    const response = await super.requestWithRetry(config);
    return Object.assign(response, { untouched: response.data as unknown, data: undefined });
  }
}

/**
 * klaviyo-api 23.0.0 takes `meta.patch_properties.unset` for a type it then does not find (an HTML-escaped name in its
 * table) and throws. This one type is let through as it is.
 */
const serializer = ObjectSerializer as unknown as {
  findCorrectType(this: void, data: unknown, type: string, serialising: boolean): string;
};
const originalFind = serializer.findCorrectType;
serializer.findCorrectType = (data, type, serialising) =>
  type === "ProfileMetaPatchPropertiesUnset" ? type : originalFind(data, type, serialising);

/** Klaviyo's endpoints, one function each. Nothing is paced, retried or understood here. */
export type Endpoints = ReturnType<typeof endpoints>;

/**
 * Klaviyo through its SDK. Throws RangeError for a base URL that is neither Klaviyo nor loopback.
 * There is no function here that suppresses, unsuppresses, merges or deletes.
 */
export function endpoints(deps: ClientDeps) {
  const origin = acceptedOrigin(deps.baseUrl);

  const call: PutTogether = (operation, Api, send) => ({
    operation,
    async send(signal) {
      signal?.throwIfAborted();
      try {
        return await withinTotalTime(deps.timeoutMs, signal, async (own) => {
          const api = new Api(new KlaviyoSession(deps, own));
          api.basePath = origin;
          const { response } = await send(api);
          return rawAnswer(response);
        });
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof PermitExpired) throw error;
        if (error instanceof TookTooLong) throw tooLate(operation);
        throw failureFrom(operation, error, deps.now());
      }
    },
  });

  // The signal ends the waiting for a turn, never a request under way.
  const mutation: PutMutation = (permit, operation, Api, send) => ({
    operation,
    mutate: () =>
      call(operation, Api, (api) => {
        permit.use();
        return send(api);
      }).send(null),
  });

  return {
    origin,
    ...engagementEndpoints(call),
    ...consentEndpoints(call, mutation),
    ...writeEndpoints(call, mutation),
    accounts: () => call("get_accounts", AccountsApi, (api) => api.getAccounts()),
    groups: (kind: GroupKind, cursor: string | null) =>
      kind === "list"
        ? call("get_lists", ListsApi, (api) =>
            api.getLists({ sort: "id", pageSize: GROUPS_PER_PAGE, ...pageCursor(cursor) }),
          )
        : call("get_segments", SegmentsApi, (api) =>
            api.getSegments({ sort: "id", pageSize: GROUPS_PER_PAGE, ...pageCursor(cursor) }),
          ),
    /** Is it there? Cheap, unlike the count. */
    list: (id: string) => call("get_list", ListsApi, (api) => api.getList(id)),
    listWithFlows: (id: string) =>
      call("get_list_flows", ListsApi, (api) =>
        api.getList(id, { include: ["flow-triggers"], fieldsFlow: ["name", "status", "archived"] }),
      ),
    count: (kind: GroupKind, id: string) =>
      kind === "list"
        ? call("get_list_count", ListsApi, (api) =>
            api.getList(id, { additionalFieldsList: ["profile_count"] }),
          )
        : call("get_segment_count", SegmentsApi, (api) =>
            api.getSegment(id, { additionalFieldsSegment: ["profile_count"] }),
          ),
    members: (kind: GroupKind, id: string, page: ProfilePageOptions) => {
      const options = { ...memberPage(page), additionalFieldsProfile: additional(page) };
      const name = priced(kind === "list" ? "get_profiles_for_list" : "get_profiles_for_segment", page);
      return kind === "list"
        ? call(name, ListsApi, (api) => api.getProfilesForList(id, options))
        : call(name, SegmentsApi, (api) => api.getProfilesForSegment(id, options));
    },
    memberIds: (kind: GroupKind, id: string, page: PageOptions) =>
      kind === "list"
        ? call("get_profile_ids_for_list", ListsApi, (api) => api.getProfileIdsForList(id, memberPage(page)))
        : call("get_profile_ids_for_segment", SegmentsApi, (api) =>
            api.getProfileIdsForSegment(id, memberPage(page)),
          ),
    profiles: (page: ProfilePageOptions & { readonly sort: "id" | "updated" | "-updated" }) =>
      call(priced("get_profiles", page), ProfilesApi, (api) =>
        api.getProfiles({
          sort: page.sort,
          pageSize: PROFILES_PER_PAGE,
          additionalFieldsProfile: additional(page),
          ...(page.filter === undefined ? {} : { filter: page.filter }),
          ...pageCursor(page.cursor),
        }),
      ),
  };
}

/** Klaviyo, or a rehearsal on this machine; the key goes nowhere else. */
function acceptedOrigin(baseUrl: string | null): string {
  if (baseUrl === null) return KLAVIYO;
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  const rehearsal = url !== null && url.protocol === "http:" && LOOPBACK.has(url.hostname);
  if (url === null || (url.origin !== KLAVIYO && !rehearsal)) {
    throw new RangeError(`Klaviyo is at ${KLAVIYO} or at a loopback address, not at ${baseUrl}`);
  }
  return url.origin;
}

const memberPage = ({ filter, cursor }: PageOptions) => ({
  pageSize: PROFILES_PER_PAGE,
  // In the order of joining, so that anybody who joins while the pages are read comes at their end.
  sort: "joined_group_at" as const,
  ...(filter === undefined ? {} : { filter }),
  ...pageCursor(cursor),
});

const additional = ({ predictions }: ProfilePageOptions): ("subscriptions" | "predictive_analytics")[] =>
  predictions ? ["subscriptions", "predictive_analytics"] : ["subscriptions"];

/** Klaviyo counts the dearer way of asking apart, so it is paced apart. */
const priced = (
  operation: "get_profiles" | "get_profiles_for_list" | "get_profiles_for_segment",
  { predictions }: ProfilePageOptions,
): OperationName => (predictions ? `${operation}_predictions` : operation);

function rawAnswer(response: unknown): RawAnswer {
  const { untouched, headers } = response as { untouched?: unknown; headers?: object };
  return { body: untouched, header: headerOf(headers) };
}
