import type { FastifyRequest } from "fastify";
import type { Access } from "./access.ts";
import type { Message } from "../layout/message-page.ts";
import { STALE_FORM, notAllowed } from "../layout/message-page.ts";
import type { Needed } from "./permissions.ts";
import { mayDo } from "./role.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** From `permissions.ts`. */
    needed?: Needed;
    /** Asked by an open page and not by a person: it keeps nobody signed in. */
    glance?: boolean;
    /** Decides for itself who may read it, whatever the page's sign-in. */
    guardsItself?: boolean;
  }
}

/** Why a request is not answered. */
export type Refused =
  | { readonly kind: "told"; readonly status: number; readonly message: Message }
  /** Nobody is signed in. */
  | { readonly kind: "sign_in" };

/** The names by which a browser on this machine calls it; under any other name a foreign site is asking (DNS rebinding). */
const OWN_NAMES = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** What a proxy adds to a request that it passes on. */
const FORWARDED = /^(?:forwarded|x-forwarded-.*|x-real-ip|via)$/;

/**
 * Has a proxy passed this request to an open page? Then it is no longer this machine alone that reaches the page, whatever
 * the host is called.
 */
export function passedOn(request: FastifyRequest, access: Access): Refused | null {
  if (!access.open || !Object.keys(request.headers).some((name) => FORWARDED.test(name))) return null;
  const words = [
    "This page has no sign-in, so it answers only on its own machine. A proxy passed this request on.",
    "Set TANDEM_ADMIN_PASSWORD, TANDEM_USERS_FILE or TANDEM_OIDC_ISSUER, and TANDEM_PUBLIC_URL. Then start Tandem again.",
  ];
  return { kind: "told", status: 421, message: { title: "This page is not served through a proxy", words } };
}

/**
 * Is this one of our names? An open page answers to this machine's only. With a sign-in a foreign name has no cookie, so
 * only a page with its own address insists on that.
 */
export function foreignName(request: FastifyRequest, access: Access): Refused | null {
  const host = request.headers.host ?? "";
  if (OWN_NAMES.test(host)) return null;
  if (!access.open && (access.publicUrl === null || host === access.publicUrl.host)) return null;
  const where = access.open ? "http://127.0.0.1 with its port" : (access.publicUrl?.origin ?? "");
  const words = [`This page is served as ${where}, and under no other name.`];
  return { kind: "told", status: 421, message: { title: "Requested under another host name", words } };
}

/** May this visitor have what is behind the route? A route without a need is for viewers: 404s too say nothing. */
export function refusedRole(request: FastifyRequest): Refused | null {
  const needed = request.routeOptions.config.needed ?? "viewer";
  if (needed === "anybody") return null;
  if (request.visitor === null) return { kind: "sign_in" };
  if (mayDo(request.visitor.role, needed)) return null;
  return { kind: "told", status: 403, message: notAllowed(needed) };
}

/** A form has to come from a page of ours; browsers say where from, and scripts of other sites cannot change that. */
export function foreignForm(request: FastifyRequest): Refused | null {
  if (request.method === "GET" || request.method === "HEAD") return null;
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const own = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
  if (own && (site === undefined || site === "same-origin")) return null;
  return { kind: "told", status: 403, message: STALE_FORM };
}
