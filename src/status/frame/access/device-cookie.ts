import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Access } from "./access.ts";

/**
 * Remembers browsers in which somebody signed in. Wrong passwords from elsewhere then never keep that person out of that
 * browser (OWASP, "Slow down online guessing attacks with device cookies").
 */
export interface Devices {
  /** Id of the browser, where this name signed in with it before; else `null`. */
  known(request: FastifyRequest, name: string): string | null;
  remember(request: FastifyRequest, reply: FastifyReply, name: string): void;
}

/** Half a year: somebody who signs in rarely is still known. */
const KEPT_S = 180 * 24 * 60 * 60;

/** The cookie holds an id and a keyed hash of it with the name; without a secret key it lasts as long as the process. */
export function devices({ secretKey, publicUrl }: Access): Devices {
  const secure = publicUrl?.protocol === "https:";
  const cookie = secure ? "__Host-tandem-device" : "tandem_device";
  const key =
    secretKey === null
      ? randomBytes(32)
      : Buffer.from(hkdfSync("sha256", secretKey, "tandem", "device cookie", 32));
  const markOf = (id: string, name: string): Buffer =>
    createHmac("sha256", key)
      .update(JSON.stringify([id, name]))
      .digest();
  const known = (request: FastifyRequest, name: string): string | null => {
    const [, id = "", mark = ""] = /^([\w-]{22})\.([\w-]{43})$/.exec(request.cookies[cookie] ?? "") ?? [];
    const given = Buffer.from(mark, "base64url");
    const expected = markOf(id, name);
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
  };
  return {
    known,
    remember(request, reply, name) {
      const id = known(request, name) ?? randomBytes(16).toString("base64url");
      void reply.setCookie(cookie, `${id}.${markOf(id, name).toString("base64url")}`, {
        path: "/",
        maxAge: KEPT_S,
        sameSite: "strict",
        httpOnly: true,
        secure,
      });
    },
  };
}
