import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Shell, Theme } from "./layout.ts";
import { THEMES } from "./layout.ts";
import type { Place } from "./places.ts";
import type { Visitor } from "../access/role.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set before every route; `null` for somebody who is not signed in. */
    visitor: Visitor | null;
  }
}

export const THEME_COOKIE = "tandem_theme";

const words = z.string().max(500);

/** What the frame shows of the one who asks. What the action before said is taken out of the session: it is said once. */
export function requestShell(
  request: FastifyRequest,
  reply: FastifyReply,
  settings: { readonly open: boolean; readonly places: ReadonlySet<Place> },
): Shell {
  const said = words.safeParse(request.session.get("said"));
  if (said.success) request.session.set("said", undefined);
  return {
    visitor: request.visitor,
    signedIn: request.visitor !== null && !settings.open,
    csrf: reply.generateCsrf(),
    nonce: reply.cspNonce.script,
    theme: themeOf(request.cookies[THEME_COOKIE]),
    said: said.success ? said.data : null,
    url: request.url,
    places: settings.places,
  };
}

function themeOf(cookie: string | undefined): Theme {
  return THEMES.find((theme) => theme === cookie) ?? "system";
}

/** Stands for the name this page is served under. */
const OWN = "http://own.invalid";
/** A page with all its filters and a search has some hundred characters. */
const LONGEST_ADDRESS = 2_000;
const OWN_PATH = /^\/(?![/\\])[^\\\p{Cc}]*$/u;

/**
 * An address of our own to go to, and nobody else's: `fallback` for anything else. It comes back as a header can carry
 * it: letters beyond ASCII are percent-encoded.
 */
export function ownAddress(given: unknown, fallback = "/"): string {
  if (typeof given !== "string" || given.length > LONGEST_ADDRESS || !OWN_PATH.test(given)) return fallback;
  const url = URL.parse(given, OWN);
  if (url?.origin !== OWN) return fallback;
  // Without its dots `/.//evil.example` is the address of another site.
  const address = `${url.pathname}${url.search}${url.hash}`;
  return OWN_PATH.test(address) ? address : fallback;
}
