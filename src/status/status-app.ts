import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import helmet from "@fastify/helmet";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Fastify from "fastify";
import type { ContactUrls } from "./contact-link.ts";
import { errorsAddress } from "./errors-address.ts";
import { errorsPage } from "./errors-page.ts";
import { errorsQuery } from "./errors-query.ts";
import { healthOf } from "./health.ts";
import type { Safe } from "./html.ts";
import { render } from "./html.ts";
import type { Frame } from "./layout.ts";
import type { Message } from "./message-page.ts";
import { NOT_FOUND, brokenMessage, messagePage } from "./message-page.ts";
import { overviewDocument } from "./overview-document.ts";
import { overviewPage } from "./overview-page.ts";
import type { StatusReader } from "./status-reader.ts";
import { wantsJson } from "./wants-json.ts";

/** What the status pages need from outside. */
export interface StatusDeps {
  readonly read: StatusReader;
  readonly now: () => Date;
  /** How often contacts are looked at, by the schedule; for the health word. Default: a quarter of an hour. */
  readonly intervalMs?: () => number;
  /** Asked for each page: the accounts are known only after the first look. */
  readonly contactUrls?: () => ContactUrls;
  /** Faults go here with their reference; a pino logger fits. */
  readonly log?: StatusLog;
}

export interface StatusLog {
  error(details: object, message: string): void;
}

/** The names by which a browser on this machine calls it; under any other name a foreign site is asking (DNS rebinding). */
const OWN_NAMES = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;
/** The schedule's own default. */
const DEFAULT_INTERVAL_MS = 15 * 60 * 1_000;
/** Who asks whether we are ready asks again soon. */
const READY_WITHIN_MS = 2_000;

/** The pages without a port: every address, header and refusal. */
export async function statusApp(deps: StatusDeps): Promise<FastifyInstance> {
  const app = Fastify({ forceCloseConnections: true, trustProxy: false });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Served over plain HTTP on this machine; a proxy that adds TLS adds this too.
    strictTransportSecurity: false,
    xFrameOptions: { action: "deny" },
  });
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("cache-control", "no-store").header("vary", "accept");
    if (OWN_NAMES.test(request.headers.host ?? "")) return;
    const words = ["This page is served to this machine only, as http://127.0.0.1 with its port."];
    await sendMessage(request, reply, 421, { title: "Asked for under a foreign name", words }, null);
  });
  await pages(app, deps);
  await probes(app, deps);
  app.setNotFoundHandler((request, reply) => sendMessage(request, reply, 404, NOT_FOUND, null));
  app.setErrorHandler(async (fault, request, reply) => {
    const status = clientFault(fault);
    if (status !== null) {
      const words = ["The address could not be read."];
      return sendMessage(request, reply, status, { title: "There is a problem", words }, null);
    }
    const reference = randomUUID();
    deps.log?.error({ reference, err: fault }, "A status page could not be made");
    return sendMessage(request, reply, 500, brokenMessage(reference), null, { reference });
  });
  return app;
}

async function pages(app: FastifyInstance, deps: StatusDeps): Promise<void> {
  const sheets = ["page.css", "tables.css"].map((name) => readFile(new URL(name, import.meta.url), "utf8"));
  const style = (await Promise.all(sheets)).join("\n");
  app.get("/style.css", (_request, reply) => reply.type("text/css; charset=utf-8").send(style));

  app.get("/", async (request, reply) => {
    const frame = await readFrame(deps);
    if (wantsJson(request.headers.accept)) {
      return reply.send(overviewDocument(frame.overview, frame.health, frame.now));
    }
    return sendPage(reply, overviewPage(frame));
  });

  app.get("/errors", async (request, reply) => {
    const asked = errorsQuery(request.query);
    if (!asked.ok) {
      const message = { title: "There is a problem with this search", words: asked.wrong };
      return sendMessage(request, reply, 400, message, await readFrame(deps));
    }
    const { query } = asked;
    const [frame, found] = await Promise.all([readFrame(deps), deps.read.failing(query)]);
    if (found.page !== query.page) return reply.redirect(errorsAddress({ ...query, page: found.page }));
    if (wantsJson(request.headers.accept)) {
      const { name: connection, causes } = frame.overview;
      return reply.send({ connection, at: frame.now, query, ...found, causes });
    }
    const contactUrls = deps.contactUrls?.() ?? { hubspot: null, klaviyo: null };
    return sendPage(reply, errorsPage({ frame, query, found, contactUrls }));
  });
}

async function probes(app: FastifyInstance, { read }: StatusDeps): Promise<void> {
  app.get("/healthz", (_request, reply) => reply.type("text/plain; charset=utf-8").send("ok\n"));
  app.get("/readyz", async (_request, reply) => {
    const ready = await within(READY_WITHIN_MS, read.reach());
    const words = ready ? "ready\n" : "the database does not answer\n";
    return reply
      .code(ready ? 200 : 503)
      .type("text/plain; charset=utf-8")
      .send(words);
  });
}

async function within(milliseconds: number, work: Promise<void>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  const answered = work.then(
    () => true,
    () => false,
  );
  const ready = await Promise.race([answered, late]);
  clearTimeout(timer);
  return ready;
}

async function readFrame({ read, now, intervalMs = () => DEFAULT_INTERVAL_MS }: StatusDeps): Promise<Frame> {
  const overview = await read.overview();
  const at = now();
  return { overview, health: healthOf(overview, at, intervalMs()), now: at };
}

function sendPage(reply: FastifyReply, page: Safe): FastifyReply {
  return reply.type("text/html; charset=utf-8").send(render(page));
}

function sendMessage(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: Message,
  frame: Frame | null,
  more: Readonly<Record<string, string>> = {},
): FastifyReply {
  void reply.code(status);
  if (wantsJson(request.headers.accept)) {
    return reply.send({ error: { status, title: message.title, words: message.words, ...more } });
  }
  return sendPage(reply, messagePage(message, frame));
}

/** A request that Fastify itself could not read; such a fault carries the status to answer with. */
function clientFault(fault: unknown): number | null {
  if (!(fault instanceof Error) || !("statusCode" in fault)) return null;
  const { statusCode } = fault;
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500 ? statusCode : null;
}
