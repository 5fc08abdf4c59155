import type { Call, Reply, Route } from "./route.ts";
import fastify from "fastify";
import type { FastifyReply, FastifyRequest } from "fastify";
import { WrongInput } from "./checked-input.ts";
import { commonControl } from "./control.ts";
import type { FaultKind } from "./faults.ts";
import type { World } from "./world.ts";

/** Everything that makes a server one vendor and not the other. */
export interface Vendor {
  readonly name: "hubspot" | "klaviyo";
  readonly world: World;
  readonly routes: readonly Route[];
  /** Below /_sandbox: no auth, no limits, no faults, and not in `truth.calls`. */
  readonly control: readonly Route[];
  /** The content type of every JSON answer. */
  readonly contentType: string;
  /** Auth, revision and rate limits: the vendor error, or null to let the call in. */
  gate(call: Call, route: Route): Reply | null;
  /** The last touch on every answer, vendor errors included; rate headers go here. */
  finish?(call: Call, route: Route, reply: Reply): Reply;
  unknownRoute(call: Call): Reply;
  malformedJson(call: Call, message: string): Reply;
  /** The vendor's own body for a `status` fault that was given none. */
  failure?(call: Call, status: number): Reply;
}

/** A rehearsal server that is listening. */
export interface RunningVendor {
  /** `http://127.0.0.1:PORT`, no trailing slash. */
  readonly url: string;
  /** Ends every connection at once, hung calls too. */
  close(): Promise<void>;
}

const TEN_MEGABYTES = 10 * 1024 * 1024;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);
/** What `truth.calls` shows for a call that was never answered. */
const NO_ANSWER = 0;

/**
 * Serves a vendor over HTTP, on loopback only: it has no real authentication and must not be reachable from outside.
 * Port 0 takes any free one.
 */
export async function startVendor(
  vendor: Vendor,
  { port = 0, host = "127.0.0.1" }: { readonly port?: number; readonly host?: string } = {},
): Promise<RunningVendor> {
  if (!LOOPBACK.has(host))
    throw new RangeError(`a rehearsal server listens on loopback only, not on ${host}`);
  const app = fastify({
    bodyLimit: TEN_MEGABYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    // E-mail addresses and cursors travel as path segments; the default of 100 characters would cut them off.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2_000 },
  });
  // Bodies are taken as text whatever they claim to be, so that a malformed one is answered in the vendor's words.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => done(null, text));

  // Answers carry the vendor's time, as any server's do; a client that goes by it follows the sandbox's clock.
  app.addHook("onRequest", async (_request, reply) => {
    void reply.header("Date", new Date(vendor.world.clock.now()).toUTCString());
  });

  const slow = new Set<NodeJS.Timeout>();
  for (const route of vendor.routes) {
    app.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => serve(vendor, route, request, reply, slow),
    });
  }
  for (const route of [...commonControl(vendor.world), ...vendor.control]) {
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const { call, malformed } = read(request);
        const answer = malformed === null ? await told(route, call) : vendor.malformedJson(call, malformed);
        return send(reply, answer, "application/json");
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const { call } = read(request);
    const answer = vendor.unknownRoute(call);
    const { method, path } = call;
    const mutating = method !== "GET" && method !== "HEAD";
    vendor.world.truth.received({ method, path, operation: "unknown", status: answer.status, mutating });
    return send(reply, answer, vendor.contentType);
  });
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // A mistake in the rehearsal itself must be told from a vendor's vendor error at a glance.
    return send(
      reply,
      { status, body: { sandbox: "could not serve this call", message } },
      "application/json",
    );
  });

  const url = await app.listen({ port, host });
  return {
    url,
    async close() {
      for (const timer of slow) clearTimeout(timer);
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** Answer to a control call. Wrong input is an error in the same form for every vendor. */
async function told(route: Route, call: Call): Promise<Reply> {
  try {
    return await route.handle(call);
  } catch (error) {
    if (error instanceof WrongInput) return { status: 400, body: { message: error.message } };
    throw error;
  }
}

async function serve(
  vendor: Vendor,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  slow: Set<NodeJS.Timeout>,
): Promise<FastifyReply> {
  const { call, malformed } = read(request);
  const { truth, faults } = vendor.world;
  const { operation, mutating } = route;
  const received = (status: number): void =>
    truth.received({ method: call.method, path: call.path, operation, status, mutating });
  const finish = (answer: Reply): Reply => vendor.finish?.(call, route, answer) ?? answer;
  const respond = (answer: Reply): FastifyReply => {
    received(answer.status);
    return send(reply, answer, vendor.contentType);
  };

  // A call that is refused at the gate does not use up a fault: faults are aimed at what would have been done.
  const vendorError = vendor.gate(call, route);
  if (vendorError !== null) return respond(finish(vendorError));
  if (malformed !== null) return respond(finish(vendor.malformedJson(call, malformed)));

  const fault: FaultKind | null = faults.strike({ method: call.method, path: call.path, operation });
  const applied = fault === null || !("applied" in fault) || fault.applied === "after";
  const answer = applied ? finish(await route.handle(call)) : null;
  if (fault === null) return respond(answer as Reply);

  switch (fault.kind) {
    case "status": {
      const own = vendor.failure?.(call, fault.status) ?? { status: fault.status };
      const body = fault.body === undefined ? own.body : fault.body;
      return respond(finish({ ...own, body, headers: { ...own.headers, ...lowered(fault.headers) } }));
    }
    case "html":
      received(fault.status);
      return reply.status(fault.status).type("text/html; charset=UTF-8").send(errorPage(fault.status));
    case "truncated-json": {
      const whole = JSON.stringify(answer?.body ?? {});
      received(answer?.status ?? NO_ANSWER);
      return reply
        .status(answer?.status ?? 200)
        .type(vendor.contentType)
        .send(whole.slice(0, Math.ceil(whole.length / 2)));
    }
    case "reset":
      received(NO_ANSWER);
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return reply;
    case "hang":
      received(NO_ANSWER);
      return reply.hijack();
    case "slow":
      // Done on arrival, told late: a caller that gives up meanwhile has changed something without knowing it.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          slow.delete(timer);
          resolve();
        }, fault.milliseconds);
        slow.add(timer);
      });
  }
  return respond(answer as Reply);
}

/** One name is one header, however a vendor and a fault write it. */
function lowered(headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function read(request: FastifyRequest): { call: Call; malformed: string | null } {
  const path = request.raw.url ?? "/";
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const mark = path.indexOf("?");
  const { body, malformed } = bodyOf(request.body, headers["content-type"]);
  const params = request.params as Record<string, string>;
  const query = new URLSearchParams(mark < 0 ? "" : path.slice(mark + 1));
  return { call: { method: request.method, path, params, query, headers, body }, malformed };
}

function send(reply: FastifyReply, answer: Reply, contentType: string): FastifyReply {
  void reply.status(answer.status).headers(answer.headers ?? {});
  if (answer.html !== undefined) return reply.type("text/html; charset=utf-8").send(answer.html);
  if (answer.body === undefined) return reply.send();
  return reply.type(contentType).send(JSON.stringify(answer.body));
}

function errorPage(status: number): string {
  return `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>Error ${status}</h1></body></html>`;
}

/** What a request carried: parsed JSON, the fields of a form, or nothing; `malformed` says why JSON could not be read. */
function bodyOf(
  text: unknown,
  contentType: string | undefined,
): { readonly body: unknown; readonly malformed: string | null } {
  if (typeof text !== "string" || text.trim() === "") return { body: undefined, malformed: null };
  if (contentType?.startsWith("application/x-www-form-urlencoded")) {
    return { body: Object.fromEntries(new URLSearchParams(text)), malformed: null };
  }
  try {
    const body: unknown = JSON.parse(text);
    return { body, malformed: null };
  } catch (error) {
    return { body: undefined, malformed: error instanceof Error ? error.message : String(error) };
  }
}
