import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { clip } from "../../model/clip.ts";
import type { AuditEntry } from "../../store/chains/audit.ts";
import type { Access } from "../frame/access/access.ts";
import { ADMIN } from "../frame/access/credentials.ts";
import type { SignedIn } from "../frame/access/credentials.ts";
import type { Devices } from "../frame/access/device-cookie.ts";
import { layout } from "../frame/layout/layout.ts";
import type { Shell } from "../frame/layout/layout.ts";
import type { Oidc } from "../frame/access/oidc.ts";
import { IssuerUnavailable } from "../frame/access/oidc.ts";
import { hashPassword, passwordFits } from "../frame/access/password.ts";
import { neededFor } from "../frame/access/permissions.ts";
import { ownAddress } from "../frame/layout/request-shell.ts";
import { send } from "../frame/send.ts";
import type { Sessions } from "../frame/access/sessions.ts";
import { signInContent } from "./sign-in-page.ts";
import type { SignInThrottle } from "./sign-in-throttle.ts";
import { TRIES_PER_MINUTE } from "./sign-in-throttle.ts";

/** What signing in needs. */
export interface SignInDeps {
  readonly access: Access;
  readonly sessions: Sessions;
  readonly throttle: SignInThrottle;
  readonly devices: Devices;
  readonly oidc: Oidc | null;
  readonly audit: (entry: AuditEntry) => Promise<void>;
  readonly shellOf: (request: FastifyRequest, reply: FastifyReply) => Shell;
}

const form = z.object({
  name: z.string().max(100),
  password: z.string().max(1_000),
  next: z.string().max(2_000).optional(),
});
const pending = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() });

const TOO_MANY = "Too many tries. Wait a minute, then try again.";
const ISSUER_AWAY = "Your company's sign-in does not answer. Try again in a minute.";
const WRONG = "The name or the password is not right.";
/** Of a name that was tried, so much is kept. */
const LONGEST_NAME = 100;

/** The addresses by which one signs in and out. */
export async function signInRoutes(app: FastifyInstance, deps: SignInDeps): Promise<void> {
  await app.register(rateLimit, { global: false });
  const check = await passwordCheck(deps.access);
  const config = (route: string) => ({ needed: neededFor(...split(route)) });

  app.get("/sign-in", { config: config("GET /sign-in") }, (request, reply) =>
    askWho(deps, request, reply, { status: 200, wrong: null }),
  );
  app.post(
    "/sign-in",
    {
      config: config("POST /sign-in"),
      preHandler: app.rateLimit({
        max: TRIES_PER_MINUTE,
        timeWindow: "1 minute",
        // A known browser has its own count, in the throttle.
        allowList: (request) => deviceOf(deps, request) !== null,
        errorResponseBuilder: () => new TooManyTries(),
      }),
    },
    async (request, reply) => {
      const read = form.safeParse(request.body);
      if (!read.success) return askWho(deps, request, reply, { status: 400, wrong: WRONG });
      const { name, password, next } = read.data;
      const device = deps.devices.known(request, name);
      // The ten tries before are in the audit. A row for each one more would let anybody fill the disk.
      if (!deps.throttle.mayTry(name, device))
        return askWho(deps, request, reply, { status: 429, wrong: TOO_MANY });
      const visitor = await check(name, password);
      if (visitor === null) {
        deps.throttle.failed(name, device);
        await refused(deps, request, name, "wrong name or password");
        return askWho(deps, request, reply, { status: 401, wrong: WRONG });
      }
      deps.devices.remember(request, reply, name);
      return letIn(deps, request, reply, visitor, next);
    },
  );
  app.post("/sign-out", { config: config("POST /sign-out") }, async (request, reply) => {
    const { name, role } = request.visitor ?? { name: "nobody", role: "" };
    await deps.sessions.end(request);
    await deps.audit({ who: name, role, action: "sign_out" });
    return reply.redirect("/sign-in", 303);
  });
  if (deps.oidc !== null) oidcRoutes(app, deps, deps.oidc);
}

/** The browser of a sign-in form, where the name in it signed in with it before. */
function deviceOf({ devices }: Pick<SignInDeps, "devices">, request: FastifyRequest): string | null {
  const read = form.safeParse(request.body);
  return read.success ? devices.known(request, read.data.name) : null;
}

function oidcRoutes(app: FastifyInstance, deps: SignInDeps, oidc: Oidc): void {
  app.get(
    "/sign-in/oidc",
    { config: { needed: neededFor("GET", "/sign-in/oidc") } },
    async (request, reply) => {
      const { next } = z.object({ next: z.string().optional().catch(undefined) }).parse(request.query);
      const back = `${originOf(deps.access)}/sign-in/oidc/back`;
      const begun = await oidc.begin(back, ownAddress(next)).catch(orUnavailable);
      if (begun === "unavailable") return askWho(deps, request, reply, { status: 503, wrong: ISSUER_AWAY });
      request.session.set("oidc", begun.pending);
      return reply.redirect(begun.to, 303);
    },
  );
  app.get(
    "/sign-in/oidc/back",
    { config: { needed: neededFor("GET", "/sign-in/oidc/back") } },
    async (request, reply) => {
      const begun = pending.safeParse(request.session.get("oidc"));
      request.session.set("oidc", undefined);
      if (!begun.success) {
        return askWho(deps, request, reply, {
          status: 401,
          wrong: "The sign-in took too long. Try again.",
        });
      }
      const visitor = await oidc
        .finish(new URL(request.url, originOf(deps.access)), begun.data)
        .catch((error: unknown) => (error instanceof IssuerUnavailable ? "unavailable" : null));
      if (visitor === "unavailable") return askWho(deps, request, reply, { status: 503, wrong: ISSUER_AWAY });
      if (visitor === null) {
        await refused(deps, request, null, "not let in by the company's sign-in");
        const wrong = "Your account is not one that may come in here. Ask an admin of Tandem.";
        return askWho(deps, request, reply, { status: 403, wrong });
      }
      return letIn(deps, request, reply, visitor, begun.data.next);
    },
  );
}

/** Who was tried and from where. The name is what was typed, cut short: nobody vouches that it is one. */
async function refused(
  { audit }: SignInDeps,
  { ip }: FastifyRequest,
  name: string | null,
  reason: string,
): Promise<void> {
  const about = { name: name === null ? null : clip(name, LONGEST_NAME), from: ip };
  await audit({ who: "nobody", role: "", action: "sign_in_refused", about, reason });
}

async function letIn(
  deps: SignInDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  visitor: SignedIn,
  next: string | undefined,
): Promise<FastifyReply> {
  await deps.sessions.begin(request, visitor);
  await deps.audit({ who: visitor.name, role: visitor.role, action: "sign_in" });
  return reply.redirect(ownAddress(next), 303);
}

/** The sign-in page, wherever somebody is asked who they are: after it they are where they wanted to go. */
export function askWho(
  { access, shellOf }: Pick<SignInDeps, "access" | "shellOf">,
  request: FastifyRequest,
  reply: FastifyReply,
  { status, wrong }: { readonly status: number; readonly wrong: string | null },
): FastifyReply {
  const wanted = z
    .object({ next: z.string(), name: z.string().max(100) })
    .partial()
    .catch({});
  const { next, name = "" } = wanted.parse(request.method === "POST" ? (request.body ?? {}) : request.query);
  const fresh = request.method === "GET" && !request.url.startsWith("/sign-in") ? request.url : "/";
  const title = wrong === null ? "Sign in" : "Error: Sign in";
  const document = { error: { status, title: "Sign in", words: wrong === null ? [] : [wrong] } };
  const page = () => {
    const shell = { ...shellOf(request, reply), visitor: null, signedIn: false };
    const view = { csrf: shell.csrf, next: ownAddress(next, fresh), name, wrong };
    return layout({ title, place: null, frame: null, shell, content: signInContent(access, view) });
  };
  return send(request, reply.code(status), page, document);
}

class TooManyTries extends Error {
  readonly statusCode = 429;
  constructor() {
    super(TOO_MANY);
    this.name = "TooManyTries";
  }
}

/** Whether a name is known must not be told by how long the answer takes: every try costs one comparison. */
async function passwordCheck(
  access: Access,
): Promise<(name: string, password: string) => Promise<SignedIn | null>> {
  const nobody = await hashPassword("nobody");
  const own = access.adminPassword === null ? null : await hashPassword(access.adminPassword);
  return async (name, password) => {
    const user = access.users()?.find((one) => one.name === name);
    const admin = name === ADMIN && user === undefined ? own : null;
    const fits = await passwordFits(password, user?.hash ?? admin ?? nobody);
    if (!fits || (user === undefined && admin === null)) return null;
    return user === undefined
      ? { name, role: "admin", way: "admin" }
      : { name, role: user.role, way: "users" };
  };
}

function orUnavailable(error: unknown): "unavailable" {
  if (error instanceof IssuerUnavailable) return "unavailable";
  throw error;
}

/** Never from the request: what it says of the host comes from the client. */
function originOf({ publicUrl }: Access): string {
  if (publicUrl === null) throw new Error("OIDC is read only with a public URL");
  return publicUrl.origin;
}

function split(route: string): [string, string] {
  const [method = "", address = ""] = route.split(" ");
  return [method, address];
}
