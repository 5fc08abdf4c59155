import { randomUUID } from "node:crypto";
import accepts from "@fastify/accepts";
import csrfProtection from "@fastify/csrf-protection";
import formbody from "@fastify/formbody";
import helmet from "@fastify/helmet";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Fastify from "fastify";
import type { NextRun } from "../../model/next-run.ts";
import type { Access } from "./access/access.ts";
import { OPEN } from "./access/access.ts";
import { addPages } from "./add-pages.ts";
import { conflictUndoRoutes } from "../conflicts/conflict-undo-routes.ts";
import { contactEraseRoutes } from "../contacts/contact-erase-routes.ts";
import { contactExportRoutes } from "../contacts/contact-export-routes.ts";
import { contactReadRoutes } from "../contacts/contact-read-routes.ts";
import { contactRoutes } from "../contacts/contact-routes.ts";
import type { ContactSection } from "../contacts/contact-sections.ts";
import { devices } from "./access/device-cookie.ts";
import type { Erasing } from "../../lanes/erasing.ts";
import type { ExplainedPerson } from "../../lanes/explained-person.ts";
import type { ContactUrls } from "../contacts/contact-link.ts";
import { errorsRoutes } from "../errors/errors-routes.ts";
import type { PageTasks } from "../../service/page-tasks.ts";
import { files } from "./files.ts";
import { answerBroken, answerUnreadable } from "./framework-errors.ts";
import type { Refused } from "./access/guard.ts";
import { foreignForm, foreignName, passedOn, refusedRole } from "./access/guard.ts";
import { healthOf } from "../health.ts";
import type { Frame } from "./layout/layout.ts";
import type { Message } from "./layout/message-page.ts";
import { NOT_FOUND, STALE_FORM, brokenMessage, messagePage } from "./layout/message-page.ts";
import { oidc } from "./access/oidc.ts";
import { overviewRoutes } from "../overview/overview-routes.ts";
import type { ProbedHealth } from "./probes.ts";
import { probes } from "./probes.ts";
import type { ServedMetrics } from "./metrics-route.ts";
import { metricsRoute } from "./metrics-route.ts";
import { pulseRoute } from "./pulse.ts";
import type { MappingOnDisk } from "../../mapping/read-mapping.ts";
import { engagementRoutes } from "../engagement/engagement-routes.ts";
import { helpRoutes } from "../help/help-routes.ts";
import { alertRoutes } from "../settings/alert-routes.ts";
import { sessionRoutes } from "../settings/session-routes.ts";
import { settingsRoutes } from "../settings/settings-routes.ts";
import { consentRoutes } from "../consent/consent-routes.ts";
import { conflictsRoutes } from "../conflicts/conflicts-routes.ts";
import { mappingRoutes } from "../mapping/mapping-routes.ts";
import { runsRoutes } from "../runs/runs-routes.ts";
import { requestShell } from "./layout/request-shell.ts";
import { send } from "./send.ts";
import { WHOLE_SIGHT, maskedSight } from "../../words/sight.ts";
import { sessions } from "./access/sessions.ts";
import { askWho, signInRoutes } from "../sign-in/sign-in-routes.ts";
import { signInThrottle } from "../sign-in/sign-in-throttle.ts";
import { keysOf } from "../../store/database/database.ts";
import type { FilterRule } from "../../store/pages/failing-contacts.ts";
import type { StatusReader } from "../status-reader.ts";
import type { StatusActions } from "../status-actions.ts";
import { themeRoutes } from "./theme-routes.ts";

/** What the status pages need from outside. */
export interface StatusDeps {
  readonly read: StatusReader;
  /** What people can do, with its row in the audit. */
  readonly act: StatusActions;
  readonly now: () => Date;
  /** Default: nobody is asked who they are. */
  readonly access?: Access;
  /** What the next run does about one person, and why; from what is known. */
  readonly explain: (linkId: bigint) => Promise<ExplainedPerson | null>;
  /** The rules of the mapping in use, with what they name found. Default: none is known. */
  readonly rules?: () => Promise<readonly FilterRule[]>;
  /** What an admin erases somebody with. */
  readonly erasing: Erasing;
  /** Parts of a contact's page, in their order. */
  readonly contactSections?: readonly ContactSection[];
  /** How often contacts are looked at, by the schedule; for the health word. Default: a quarter of an hour. */
  readonly intervalMs?: () => number;
  /** The time zone of the mapping, in which pages show times. Default: UTC. */
  readonly zone?: () => string;
  /** Asked for each page: the accounts are known only after the first look. */
  readonly contactUrls?: () => ContactUrls;
  /** Where longer work is left; only where the daemon is in this process. */
  readonly tasks?: PageTasks;
  /** When each lane of this process runs next. */
  readonly nextRuns?: () => readonly NextRun[];
  /** The mapping file as it stands on the disk now; `null` where this process has none. */
  readonly mappingFile?: () => MappingOnDisk | null;
  /** What probes ask beside the database. Default: nothing. */
  readonly health?: ProbedHealth;
  /** Default: none are served. */
  readonly metrics?: ServedMetrics;
  /** Faults go here with their reference; a pino logger fits. */
  readonly log?: StatusLog;
}

export interface StatusLog {
  error(details: object, message: string): void;
}

/** The schedule's own default. */
const DEFAULT_INTERVAL_MS = 15 * 60 * 1_000;
/** The largest form is a hundred ticked contacts. */
const LARGEST_BODY = 64 * 1_024;
/** A client that sends a request slower than this only holds on to the connection. */
const SLOWEST_REQUEST_MS = 30_000;
const CHECKED_EVERY_MS = 1_000;
const A_YEAR_S = 365 * 24 * 60 * 60;

/** The pages without a port: every address, header and refusal. */
export async function statusApp(deps: StatusDeps): Promise<FastifyInstance> {
  const access = deps.access ?? OPEN;
  const overTls = access.publicUrl?.protocol === "https:";
  const app = Fastify({
    forceCloseConnections: true,
    trustProxy: access.trustedProxy ?? false,
    bodyLimit: LARGEST_BODY,
    requestTimeout: SLOWEST_REQUEST_MS,
    // Node looks for slow requests only as often as this, and by default each half minute.
    http: { headersTimeout: SLOWEST_REQUEST_MS, connectionsCheckingInterval: CHECKED_EVERY_MS },
    frameworkErrors: (fault, _request, reply) => answerUnreadable(reply, fault.statusCode ?? 400, overTls),
    clientErrorHandler: (fault, socket) => answerBroken(fault, socket, overTls),
  });
  const known = await protect(app, deps, access);
  const pages = [
    ...overviewRoutes(deps),
    ...errorsRoutes(deps),
    ...contactRoutes(deps),
    ...contactReadRoutes(deps),
    ...contactEraseRoutes(deps),
    ...contactExportRoutes(deps),
    ...conflictUndoRoutes(deps),
    ...runsRoutes(deps),
    ...mappingRoutes(deps),
    ...conflictsRoutes(deps),
    ...consentRoutes(deps),
    ...engagementRoutes(deps),
    ...settingsRoutes(deps),
    ...alertRoutes(deps),
    ...sessionRoutes(deps),
    ...helpRoutes(deps),
  ];
  const settings = { open: access.open, places: new Set(pages.map(({ place }) => place)) };
  const shellOf = (request: FastifyRequest, reply: FastifyReply) => requestShell(request, reply, settings);
  const tell = (
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    message: Message,
    more = {},
  ) => {
    const page = () => messagePage(message, null, shellOf(request, reply));
    return send(request, reply.code(status), page, { error: { status, ...message, ...more } });
  };
  const refuse = (request: FastifyRequest, reply: FastifyReply, refused: Refused) =>
    refused.kind === "told"
      ? tell(request, reply, refused.status, refused.message)
      : askWho({ access, shellOf }, request, reply, { status: 401, wrong: null });
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("cache-control", "no-store").header("vary", "accept, cookie");
    if (request.routeOptions.config.guardsItself === true) return undefined;
    const foreign = passedOn(request, access) ?? foreignName(request, access);
    if (foreign !== null) return refuse(request, reply, foreign);
    const needed = request.routeOptions.config.needed;
    if (needed !== "anybody") request.visitor = await known.visitor(request);
    const refused = refusedRole(request) ?? foreignForm(request);
    return refused === null ? undefined : refuse(request, reply, refused);
  });
  app.addHook("preHandler", (request, reply, done) =>
    request.method === "POST" ? app.csrfProtection(request, reply, done) : done(),
  );
  app.setNotFoundHandler((request, reply) => tell(request, reply, 404, NOT_FOUND));
  app.setErrorHandler(async (fault, request, reply) => {
    const status = clientFault(fault);
    if (status !== null) return tell(request, reply, status, faultMessage(status));
    const reference = randomUUID();
    deps.log?.error({ reference, err: fault }, "A status page could not be made");
    return tell(request, reply, 500, brokenMessage(reference), { reference });
  });
  const signIn = {
    access,
    sessions: known,
    throttle: signInThrottle(deps.now),
    devices: devices(access),
    shellOf,
    audit: deps.act.audit,
  };
  if (!access.open)
    await signInRoutes(app, { ...signIn, oidc: access.oidc === null ? null : oidc(access.oidc) });
  themeRoutes(app, access);
  await files(app);
  probes(app, deps.read, deps.health);
  metricsRoute(app, deps.metrics ?? null);
  pulseRoute(app, {
    zone: () => deps.zone?.() ?? "UTC",
    read: deps.read,
    readFrame: () => readFrame(deps),
    sessions: known,
  });
  addPages(app, pages, { shellOf, readFrame: () => readFrame(deps), tell });
  return app;
}

/** Headers, sessions and form tokens. */
async function protect(app: FastifyInstance, deps: StatusDeps, access: Access) {
  const secure = access.publicUrl?.protocol === "https:";
  await app.register(helmet, {
    enableCSPNonces: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        // The nonce is added to it: a script without it does not run, wherever it is from.
        scriptSrc: [],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        formAction: ["'self'", ...(access.oidc === null ? [] : [new URL(access.oidc.issuer).origin])],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Over plain HTTP on this machine a browser would not take it anyway.
    strictTransportSecurity: secure ? { maxAge: A_YEAR_S, includeSubDomains: false } : false,
    xFrameOptions: { action: "deny" },
    // Not "no-referrer": a browser then says that a form of our own comes from nowhere.
    referrerPolicy: { policy: "same-origin" },
  });
  app.decorateRequest("visitor", null);
  const masked = maskedSight(() => keysOf(deps.act.store.statements)().viewers);
  app.decorateRequest("sight", {
    getter() {
      const sight = this.visitor === null || this.visitor.role === "viewer" ? masked : WHOLE_SIGHT;
      return { ...sight, zone: deps.zone?.() ?? "UTC" };
    },
  });
  const known = await sessions(app, access, deps.act.store.statements, deps.now);
  await app.register(accepts);
  await app.register(formbody, { bodyLimit: LARGEST_BODY });
  await app.register(csrfProtection, { sessionPlugin: "@fastify/secure-session" });
  return known;
}

async function readFrame(deps: StatusDeps): Promise<Omit<Frame, "shell">> {
  const { read, now, intervalMs = () => DEFAULT_INTERVAL_MS } = deps;
  const overview = await read.overview();
  const at = now();
  return { overview, health: healthOf(overview, at, intervalMs()), now: at };
}

/** A request that Fastify or a plugin refused; such a fault carries the status to answer with. */
function clientFault(fault: unknown): number | null {
  if (!(fault instanceof Error) || !("statusCode" in fault)) return null;
  const { statusCode } = fault;
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500 ? statusCode : null;
}

function faultMessage(status: number): Message {
  if (status === 403) return STALE_FORM;
  if (status === 429) return { title: "Too many tries", words: ["Wait a minute, then try again."] };
  return { title: "There is a problem", words: ["The request could not be read."] };
}
