import { createHash, hkdfSync, randomBytes } from "node:crypto";
import secureSession from "@fastify/secure-session";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Statements } from "../../../store/database/database.ts";
import type { SessionEnd } from "../../../store/pages/web-sessions.ts";
import {
  beginSession,
  endSession,
  forgetSessions,
  readSession,
  touchSession,
} from "../../../store/pages/web-sessions.ts";
import type { Access } from "./access.ts";
import type { SignedIn } from "./credentials.ts";
import { credentials } from "./credentials.ts";
import type { OidcPending } from "./oidc.ts";
import type { Visitor } from "./role.ts";
import { isRole } from "./role.ts";

declare module "@fastify/secure-session" {
  interface SessionData {
    token: string;
    /** What the action before has done. */
    said: string;
    oidc: OidcPending;
  }
}

/**
 * Who is signed in, and for how long. The cookie is encrypted and holds a token; the database says whose it is, and the
 * settings of today what they may do.
 */
export interface Sessions {
  visitor(request: FastifyRequest): Promise<Visitor | null>;
  /** The session as it stands, for what asks without a person: it ends no later for it. `null` where there is none. */
  glance(request: FastifyRequest): Promise<SessionEnd | null>;
  begin(request: FastifyRequest, visitor: SignedIn): Promise<void>;
  end(request: FastifyRequest): Promise<void>;
}

/** Long enough to look something up in the vendor's system in between, short enough for a computer that nobody sits at. */
const IDLE_MS = 30 * 60_000;
/** A working day. */
const WHOLE_MS = 12 * 60 * 60_000;
export const SESSION_LIMITS = { idleMs: IDLE_MS, wholeMs: WHOLE_MS };
const KEPT_MS = 30 * 24 * 60 * 60_000;

/** Anybody who reaches a page that is open can do everything on this machine anyway. */
export const THIS_MACHINE: Visitor = { name: "this machine", role: "admin" };

const token = z.string().length(43);

/** Registers the encrypted cookie, and gives what is done with it. */
export async function sessions(
  app: FastifyInstance,
  access: Access,
  database: Statements,
  now: () => Date,
): Promise<Sessions> {
  const secure = access.publicUrl?.protocol === "https:";
  await app.register(secureSession, {
    key: cookieKey(access.secretKey),
    // A name that starts so is only taken over TLS, for this host and all of its paths.
    cookieName: secure ? "__Host-tandem" : "tandem",
    expiry: WHOLE_MS / 1_000,
    // Lax, not Strict: a link in a mail to a filtered page has to open for somebody who is signed in.
    cookie: { path: "/", httpOnly: true, sameSite: "lax", secure, maxAge: WHOLE_MS / 1_000 },
  });
  const known = credentials(access);
  const hashOf = (request: FastifyRequest): string | null => {
    const read = token.safeParse(request.session.get("token"));
    return read.success ? sha256(read.data) : null;
  };
  return {
    async visitor(request) {
      if (access.open) return THIS_MACHINE;
      const hash = hashOf(request);
      if (hash === null) return null;
      const seen = request.routeOptions.config.glance === true ? readSession : touchSession;
      const session = await seen(database, hash, SESSION_LIMITS, now());
      if (session === null) return null;
      const role = known.today(session);
      if (role === "ended") await endSession(database, hash, now());
      return isRole(role) ? { name: session.who, role, session: session.id } : null;
    },
    async glance(request) {
      const hash = hashOf(request);
      return hash === null ? null : readSession(database, hash, SESSION_LIMITS, now());
    },
    async begin(request, signedIn) {
      const before = hashOf(request);
      if (before !== null) await endSession(database, before, now());
      // All of the session before is dropped: nothing that was planted in it survives a sign-in.
      request.session.regenerate();
      const fresh = randomBytes(32).toString("base64url");
      request.session.set("token", fresh);
      await beginSession(
        database,
        sha256(fresh),
        { who: signedIn.name, role: signedIn.role, way: signedIn.way, proof: known.proofOf(signedIn) },
        now(),
      );
      await forgetSessions(database, new Date(now().getTime() - KEPT_MS));
    },
    async end(request) {
      const hash = hashOf(request);
      if (hash !== null) await endSession(database, hash, now());
      request.session.delete();
    },
  };
}

/** Several processes with one TANDEM_SECRET_KEY read each other's cookies. */
function cookieKey(secretKey: string | null): Buffer {
  if (secretKey === null) return randomBytes(32);
  return Buffer.from(hkdfSync("sha256", secretKey, "tandem", "session cookie", 32));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
