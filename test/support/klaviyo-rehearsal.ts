import {
  AccountsApi,
  ApiKeySession,
  DataPrivacyApi,
  EventsApi,
  ListsApi,
  MetricsApi,
  ObjectSerializer,
  ProfilesApi,
  RetryWithExponentialBackoff,
  SegmentsApi,
  TagsApi,
  WebhooksApi,
} from "klaviyo-api";
import type { KlaviyoOptions } from "../../src/sandbox/klaviyo/klaviyo-sandbox.ts";
import type { KlaviyoSandbox } from "../../src/sandbox/klaviyo/control/operations.ts";
import { klaviyoSandbox, SANDBOX_KEY } from "../../src/sandbox/klaviyo/klaviyo-sandbox.ts";
import type { Vendor } from "../../src/sandbox/server.ts";
import { startVendor } from "../../src/sandbox/server.ts";
import type { World } from "../../src/sandbox/world.ts";
import { world } from "../../src/sandbox/world.ts";

/** A started rehearsal Klaviyo with the official SDK pointed at it. */
export interface KlaviyoRehearsal {
  readonly world: World;
  readonly sandbox: KlaviyoSandbox;
  readonly url: string;
  readonly accounts: AccountsApi;
  readonly lists: ListsApi;
  readonly segments: SegmentsApi;
  readonly profiles: ProfilesApi;
  readonly metrics: MetricsApi;
  readonly events: EventsApi;
  readonly tags: TagsApi;
  readonly webhooks: WebhooksApi;
  readonly privacy: DataPrivacyApi;
  /** A call without the SDK, key and revision given unless taken away. */
  raw(path: string, init?: RawCall): Promise<RawAnswer>;
  close(): Promise<void>;
}

export interface RawCall {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | null>>;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: RawBody | undefined;
}

/** As much of the shape of an answer as tests look into. */
export interface RawBody {
  readonly data?: unknown;
  readonly included?: unknown;
  readonly links?: { readonly self: string; readonly next: string | null; readonly prev: string | null };
  readonly errors?: readonly [Readonly<Record<string, unknown>>];
}

/** Starts one on a free port; limits are off unless a test is about them. */
export async function klaviyoRehearsal(
  options: KlaviyoOptions & { readonly seed?: number; readonly wrap?: (vendor: Vendor) => Vendor } = {},
): Promise<KlaviyoRehearsal> {
  const own = world(options.seed ?? 1);
  const sandbox = klaviyoSandbox(own, {
    ...options,
    settings: { limits: "off", ...options.settings },
  });
  const running = await startVendor(options.wrap?.(sandbox.vendor) ?? sandbox.vendor);
  const session = new ApiKeySession(SANDBOX_KEY, new RetryWithExponentialBackoff({ numRetries: 0 }));
  const api = <T extends { basePath: string }>(Api: new (session: ApiKeySession) => T): T => {
    const made = new Api(session);
    made.basePath = running.url;
    return made;
  };
  letUnsetThrough();
  return {
    world: own,
    sandbox,
    url: running.url,
    accounts: api(AccountsApi),
    lists: api(ListsApi),
    segments: api(SegmentsApi),
    profiles: api(ProfilesApi),
    metrics: api(MetricsApi),
    events: api(EventsApi),
    tags: api(TagsApi),
    webhooks: api(WebhooksApi),
    privacy: api(DataPrivacyApi),
    raw: (path, init) => raw(running.url, path, init),
    close: () => running.close(),
  };
}

/** The cursor of a `links.next`; the SDK's own reading of it only understands https. */
export function cursorOf(next: string | null | undefined): string | undefined {
  return next ? (new URL(next).searchParams.get("page[cursor]") ?? undefined) : undefined;
}

/** What an SDK call was refused with. */
export async function vendorErrorOf(
  call: Promise<unknown>,
): Promise<{ status: number; headers: Record<string, string>; error: Record<string, unknown> }> {
  try {
    await call;
  } catch (thrown) {
    const { response } = thrown as {
      response?: {
        status: number;
        headers: Record<string, string>;
        data: { errors: [Record<string, unknown>] };
      };
    };
    if (response === undefined) throw thrown;
    return { status: response.status, headers: response.headers, error: response.data.errors[0] };
  }
  throw new Error("the call was not refused");
}

/** The data of an answer that must have some. */
export function dataIn(answer: RawAnswer): unknown {
  if (answer.body?.data === undefined) throw new Error(`no data in ${answer.status} ${answer.text}`);
  return answer.body.data;
}

async function raw(url: string, path: string, init: RawCall = {}): Promise<RawAnswer> {
  const headers = new Headers({
    authorization: `Klaviyo-API-Key ${SANDBOX_KEY}`,
    revision: "2026-07-15",
    "content-type": "application/vnd.api+json",
  });
  for (const [name, value] of Object.entries(init.headers ?? {})) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  const body = init.body === undefined ? null : JSON.stringify(init.body);
  const answer = await fetch(new URL(path, url), { method: init.method ?? "GET", headers, body });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get("content-type") ?? "");
  const json = isJson ? (JSON.parse(text) as RawBody) : undefined;
  return { status: answer.status, headers: answer.headers, text, body: json };
}

/** klaviyo-api 23.0.0 throws on any `unset` before sending it; its own type names trip it. */
function letUnsetThrough(): void {
  const serializer = ObjectSerializer as unknown as {
    findCorrectType: ((data: unknown, type: string, serialize: boolean) => string) & { patched?: true };
  };
  const original = serializer.findCorrectType;
  if (original.patched) return;
  const patched: typeof original = (data, type, serialize) =>
    type === "ProfileMetaPatchPropertiesUnset"
      ? type
      : original.call(ObjectSerializer, data, type, serialize);
  patched.patched = true;
  serializer.findCorrectType = patched;
}
